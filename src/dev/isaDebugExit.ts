/** A port through which a guest ends the run. Source of the behaviour: QEMU's `isa-debug-exit`. */
import { x86IOAddress } from '../arch/x86/index';
import type { Tick } from '../base/index';
import type { Packet } from '../mem/index';
import { defineSchema, param } from '../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../sim/index';
import { BasicPioDevice, basicPioDeviceSchema } from './pioDevice';

export const isaDebugExitSchema = defineSchema('IsaDebugExit', basicPioDeviceSchema, {
  description: 'A port through which a guest ends the run',
  params: { pioSize: param.Addr(0x4, 'bytes that the device answers for') },
  defaults: { pioAddr: x86IOAddress(0xf4) },
});

/** Parameters of an `IsaDebugExit`. */
export type IsaDebugExitParams = ParamsOf<typeof isaDebugExitSchema>;

/** The cause of the exit event. */
export const DEBUG_EXIT_CAUSE = 'isa-debug-exit';

/**
 * Ends the run when it is written to. The exit code is twice the value plus one, so never 0, cut to
 * the eight bits that a process can exit with; the value as written is in {@link value}.
 */
export class IsaDebugExit extends BasicPioDevice {
  static override readonly schema = isaDebugExitSchema;
  #value: number | null = null;

  constructor(params: IsaDebugExitParams) {
    super(params, params.pioSize);
  }

  /** What was last written, or null before the guest has done so. */
  get value(): number | null {
    return this.#value;
  }

  override read(pkt: Packet): Tick {
    pkt.setUint(0);
    pkt.makeAtomicResponse();
    return this.pioDelay;
  }

  override write(pkt: Packet): Tick {
    const value = pkt.getUint();
    this.#value = value;
    pkt.makeAtomicResponse();
    this.simulation.exitSimLoop(DEBUG_EXIT_CAUSE, ((value << 1) | 1) & 0xff);
    return this.pioDelay;
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    if (this.#value !== null) checkpoint.paramOut('value', this.#value);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#value = checkpoint.has('value') ? checkpoint.number('value') : null;
  }
}
