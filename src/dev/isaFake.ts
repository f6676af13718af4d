/** A device that answers, and does nothing else. Source: gem5 `dev/isa_fake.cc`, `dev/Device.py`. */
import { debugFlag, dprintf, warn } from '../base/index';
import type { Tick } from '../base/index';
import type { Packet } from '../mem/index';
import { defineSchema, param } from '../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../sim/index';
import { BasicPioDevice, basicPioDeviceSchema } from './pioDevice';
import { uint64Param } from './uint64Param';

/** Traces accesses to devices that only pretend to be there. */
export const IsaFakeFlag = debugFlag('IsaFake', 'Accesses to devices that only pretend');

export const isaFakeSchema = defineSchema('IsaFake', basicPioDeviceSchema, {
  description: 'A device that answers every read with the same data',
  params: {
    pioSize: param.Addr(0x8, 'bytes that the device answers for'),
    retData8: param.UInt8(0xff, 'what a read of 1 byte returns', { outputName: 'ret_data8' }),
    retData16: param.UInt16(0xffff, 'what a read of 2 bytes returns', {
      outputName: 'ret_data16',
    }),
    retData32: param.UInt32(0xffffffff, 'what a read of 4 bytes returns', {
      outputName: 'ret_data32',
    }),
    retData64: {
      ...uint64Param(0xffff_ffff_ffff_ffffn, 'what a read of 8 bytes returns'),
      outputName: 'ret_data64',
    },
    retBadAddr: param.Bool(false, 'whether to answer that there is nothing at the address'),
    updateData: param.Bool(false, 'whether reads return what was last written in that size'),
    warnAccess: param.String('', 'warn at every access, unless this is empty'),
    fakeMem: param.Bool(false, 'whether reads of other sizes return zeros'),
  },
});

export const badAddrSchema = defineSchema('BadAddr', isaFakeSchema, {
  description: 'Answers that there is nothing at the address; for the default port of a crossbar',
  outputType: 'IsaFake',
  defaults: { pioAddr: 0, retBadAddr: true },
});

/** Parameters of an `IsaFake`. */
export type IsaFakeParams = ParamsOf<typeof isaFakeSchema>;

/** Pretends to be a device: reads return set data, writes are ignored or returned later. */
export class IsaFake extends BasicPioDevice {
  static override readonly schema = isaFakeSchema;
  declare readonly params: IsaFakeParams;

  /** What reads return, by size in bytes. */
  readonly #data: Map<number, bigint>;

  constructor(params: IsaFakeParams) {
    // Behind a crossbar's default port, it answers for what nobody else does.
    super(params, params.retBadAddr ? 0 : params.pioSize);
    this.#data = new Map([
      [1, BigInt(params.retData8)],
      [2, BigInt(params.retData16)],
      [4, BigInt(params.retData32)],
      [8, params.retData64],
    ]);
  }

  override read(pkt: Packet): Tick {
    this.#report(pkt, 'read');
    pkt.makeAtomicResponse();
    if (this.params.retBadAddr) pkt.setBadAddress();
    else pkt.setBigUint(this.#answer(pkt));
    return this.pioDelay;
  }

  override write(pkt: Packet): Tick {
    this.#report(pkt, 'write');
    pkt.makeAtomicResponse();
    if (this.params.retBadAddr) pkt.setBadAddress();
    else if (this.params.updateData && this.#data.has(pkt.size)) {
      this.#data.set(pkt.size, pkt.getBigUint());
    }
    return this.pioDelay;
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    for (const [size, data] of this.#data) checkpoint.paramOut(`retData${String(size * 8)}`, data);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    for (const size of this.#data.keys()) {
      this.#data.set(size, checkpoint.bigint(`retData${String(size * 8)}`));
    }
  }

  #answer(pkt: Packet): bigint {
    const data = this.#data.get(pkt.size);
    if (data !== undefined) return data;
    if (this.params.fakeMem) return 0n;
    // A guest's access that crosses a page arrives in pieces of odd sizes.
    const byte = this.#data.get(1) ?? 0n;
    return Array.from({ length: pkt.size }).reduce<bigint>(all => (all << 8n) | byte, 0n);
  }

  #report(pkt: Packet, what: 'read' | 'write'): void {
    const { warnAccess } = this.params;
    if (warnAccess === '' && !IsaFakeFlag.enabled) return;
    const data = what === 'write' && this.#data.has(pkt.size) ? pkt.getBigUint() : null;
    const text =
      `${what} of ${String(pkt.size)} bytes at 0x${pkt.addr.toString(16)}` +
      (data === null ? '' : `, data 0x${data.toString(16)}`);
    if (IsaFakeFlag.enabled) dprintf(IsaFakeFlag, this.curTick(), this.name(), text);
    if (warnAccess !== '') warn(`${this.name()}: ${warnAccess}: ${text}`);
  }
}
