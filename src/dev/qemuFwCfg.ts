/**
 * QEMU's firmware configuration device: a guest without firmware asks it about the machine. Sources:
 * QEMU `docs/specs/fw_cfg.rst`; gem5 `dev/qemu/fw_cfg.{hh,cc}`, `dev/qemu/QemuFwCfg.py`.
 */
import { AddrRange, debugFlag, dprintf, panic, warnOnce } from '../base/index';
import type { Addr, Tick } from '../base/index';
import { x86IOAddress } from '../arch/x86/index';
import type { Packet } from '../mem/index';
import { defineSchema, param } from '../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../sim/index';
import { PioDevice, pioDeviceSchema } from './pioDevice';

/** Traces what guests ask the firmware configuration device. */
export const QemuFwCfg = debugFlag('QemuFwCfg', 'What guests ask the firmware configuration');

export const qemuFwCfgIoSchema = defineSchema('QemuFwCfgIo', pioDeviceSchema, {
  description: "QEMU's firmware configuration device, behind two I/O ports",
  params: {
    selectorAddr: param.Addr(x86IOAddress(0x510), 'address of the selector; data is one further'),
    pioLatency: param.Latency('100ns', 'time that an access takes'),
    commandLine: param.String('', 'command line of the kernel'),
  },
});

/** Parameters of a `QemuFwCfgIo`. */
export type QemuFwCfgIoParams = ParamsOf<typeof qemuFwCfgIoSchema>;

/** Numbers of the items that are here; the others read as zeros, as in QEMU. */
export const FwCfgItem = {
  Signature: 0x00,
  /** Which interfaces there are: 1 for the ports alone. */
  Id: 0x01,
  /** Bytes, 8 of them. */
  RamSize: 0x03,
  /** Processors that run, 2 bytes. */
  NumCpus: 0x05,
  /** Processors that could be there, 2 bytes. */
  MaxCpus: 0x0f,
  CommandLineSize: 0x14,
  CommandLineData: 0x15,
  /** Named items: their number, 4 bytes, the highest first. */
  FileDirectory: 0x19,
} as const;

const NOTHING = new Uint8Array(0);
/** A number that no item has. */
const NO_ITEM = 0xffff;

/** Selects an item by a 16-bit write, and returns its bytes one read after the other. */
export class QemuFwCfgIo extends PioDevice {
  static override readonly schema = qemuFwCfgIoSchema;
  declare readonly params: QemuFwCfgIoParams;

  readonly #selector: Addr;
  readonly #ranges: readonly AddrRange[];
  #key: number = NO_ITEM;
  #item: Uint8Array = NOTHING;
  #position = 0;

  constructor(params: QemuFwCfgIoParams) {
    super(params);
    this.#selector = params.selectorAddr;
    this.#ranges = [AddrRange.rangeSize(params.selectorAddr, 2)];
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#ranges;
  }

  override read(pkt: Packet): Tick {
    let value = 0;
    if (pkt.addr === this.#selector + 1 && pkt.size === 1) value = this.#next();
    else this.#refuse(pkt);
    pkt.setUint(value);
    pkt.makeAtomicResponse();
    return this.params.pioLatency;
  }

  override write(pkt: Packet): Tick {
    if (pkt.addr === this.#selector && pkt.size === 2) this.#select(pkt.getUint());
    else this.#refuse(pkt);
    pkt.makeAtomicResponse();
    return this.params.pioLatency;
  }

  #refuse(pkt: Packet): void {
    const text = `${this.name()} ignores ${pkt.toString()}: select by 2 bytes, read by 1`;
    warnOnce(this.name(), text);
  }

  #next(): number {
    return this.#item[this.#position++] ?? 0;
  }

  #select(key: number): void {
    this.#key = key;
    this.#item = this.#bytesOf(key);
    this.#position = 0;
    if (QemuFwCfg.enabled) {
      const text = `item 0x${key.toString(16)}, ${String(this.#item.length)} bytes`;
      dprintf(QemuFwCfg, this.curTick(), this.name(), text);
    }
  }

  /** An item, little-endian; computed when it is asked for, when all processors are known. */
  #bytesOf(key: number): Uint8Array {
    switch (key) {
      case FwCfgItem.Signature:
        return bytesOfText('QEMU');
      case FwCfgItem.Id:
        return bytesOfNumber(1, 4);
      case FwCfgItem.RamSize:
        return bytesOfNumber(this.system.memSize(), 8);
      case FwCfgItem.NumCpus:
      case FwCfgItem.MaxCpus:
        return bytesOfNumber(this.system.threads.size, 2);
      case FwCfgItem.CommandLineSize:
        return bytesOfNumber(this.#commandLine().length, 4);
      case FwCfgItem.CommandLineData:
        return this.#commandLine();
      case FwCfgItem.FileDirectory:
        return bytesOfNumber(0, 4);
      default:
        return NOTHING;
    }
  }

  /** With its final 0. */
  #commandLine(): Uint8Array {
    return bytesOfText(`${this.params.commandLine}\0`);
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('key', this.#key);
    checkpoint.paramOut('position', this.#position);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#select(checkpoint.number('key'));
    this.#position = checkpoint.number('position');
  }
}

function bytesOfText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function bytesOfNumber(value: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = value;
  for (let i = 0; i < size; i++) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  if (rest !== 0) panic(`${String(value)} does not fit into ${String(size)} bytes`);
  return bytes;
}
