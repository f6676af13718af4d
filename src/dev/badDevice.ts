/** A device whose use ends the simulation. Source: gem5 `dev/baddev.cc`, `dev/BadDevice.py`. */
import { fatal } from '../base/index';
import type { Packet } from '../mem/index';
import { defineSchema, param } from '../sim/index';
import type { ParamsOf } from '../sim/index';
import { BasicPioDevice, basicPioDeviceSchema } from './pioDevice';

export const badDeviceSchema = defineSchema('BadDevice', basicPioDeviceSchema, {
  description: 'A device that is not there, and without which nothing can go on',
  params: {
    pioSize: param.Addr(0x10, 'bytes that the device answers for'),
    devicename: param.String('what the device would be, for the message'),
  },
});

/** Parameters of a `BadDevice`. */
export type BadDeviceParams = ParamsOf<typeof badDeviceSchema>;

/** Ends the simulation when it is accessed. */
export class BadDevice extends BasicPioDevice {
  static override readonly schema = badDeviceSchema;
  readonly #device: string;

  constructor(params: BadDeviceParams) {
    super(params, params.pioSize);
    this.#device = params.devicename;
  }

  override readonly mayStartFresh = true;

  /** @throws {FatalError} always */
  override read(pkt: Packet): never {
    return this.#refuse('reads', pkt);
  }

  /** @throws {FatalError} always */
  override write(pkt: Packet): never {
    return this.#refuse('writes', pkt);
  }

  #refuse(what: string, pkt: Packet): never {
    return fatal(
      `${this.name()}: the guest ${what} ${String(pkt.size)} bytes at ` +
        `0x${pkt.addr.toString(16)} of the device ${this.#device}, which is not implemented`,
    );
  }
}
