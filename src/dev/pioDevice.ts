/** Devices that a CPU reads and writes. Source: gem5 `dev/io_device.{hh,cc}`, `dev/Device.py`. */
import { AddrRange, panic } from '../base/index';
import type { Addr, Tick } from '../base/index';
import type { Packet, System } from '../mem/index';
import { ClockedObject, clockedObjectSchema, defineSchema, param, Parent } from '../sim/index';
import { responsePort } from '../sim/index';
import type { ParamsOf, Port } from '../sim/index';
import { PioPort } from './pioPort';

/** What every device declares. */
export const pioDeviceSchema = defineSchema('PioDevice', clockedObjectSchema, {
  description: 'Base class of devices that a CPU reads and writes',
  abstract: true,
  params: {
    system: param.SimObject<System>('System', Parent.any, 'system that the device is part of'),
  },
  ports: { pio: responsePort('programmed I/O') },
});

/** Parameters of every device. */
export type PioDeviceParams = ParamsOf<typeof pioDeviceSchema>;

/** A device with a port. */
export abstract class PioDevice extends ClockedObject {
  static override readonly schema = pioDeviceSchema;

  protected readonly system: System;
  readonly #pio: PioPort;

  constructor(params: PioDeviceParams) {
    super(params);
    this.system = params.system;
    this.#pio = new PioPort(this);
  }

  override getPort(name: string, index: number): Port {
    return name === 'pio' ? this.#pio : super.getPort(name, index);
  }

  override init(): void {
    super.init();
    this.#pio.sendRangeChange();
  }

  /** The addresses that the device answers for. They must not overlap. */
  abstract getAddrRanges(): readonly AddrRange[];

  /**
   * A CPU reads. Fills the packet and turns it around.
   *
   * @returns ticks that the access takes
   */
  abstract read(pkt: Packet): Tick;

  /**
   * A CPU writes. Takes what the packet brings and turns it around.
   *
   * @returns ticks that the access takes
   */
  abstract write(pkt: Packet): Tick;
}

/** What every device at a fixed place declares. */
export const basicPioDeviceSchema = defineSchema('BasicPioDevice', pioDeviceSchema, {
  description: 'Base class of devices with one range of addresses and one latency',
  abstract: true,
  params: {
    pioAddr: param.Addr('first address; x86IOAddress(port) for a port of an x86 machine'),
    pioLatency: param.Latency('100ns', 'time that an access takes'),
  },
});

/** Parameters of every device with one range of addresses. */
export type BasicPioDeviceParams = ParamsOf<typeof basicPioDeviceSchema>;

/** A device with one range of addresses and one latency. */
export abstract class BasicPioDevice extends PioDevice {
  static override readonly schema = basicPioDeviceSchema;

  protected readonly pioAddr: Addr;
  /** Bytes. */
  protected readonly pioSize: number;
  /** Ticks. */
  protected readonly pioDelay: Tick;
  readonly #ranges: readonly AddrRange[];

  /** @param pioSize - bytes that the device answers for */
  constructor(params: BasicPioDeviceParams, pioSize: number) {
    super(params);
    this.pioAddr = params.pioAddr;
    this.pioSize = pioSize;
    this.pioDelay = params.pioLatency;
    this.#ranges = pioSize === 0 ? [] : [AddrRange.rangeSize(params.pioAddr, pioSize)];
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#ranges;
  }

  /**
   * Where in the device an access begins, in bytes.
   *
   * @throws {PanicError} when it is not all within the device
   */
  protected offsetOf(pkt: Packet): number {
    const offset = pkt.addr - this.pioAddr;
    if (offset < 0 || offset + pkt.size > this.pioSize) {
      panic(`${this.name()} does not answer for all of ${pkt.toString()}`);
    }
    return offset;
  }
}
