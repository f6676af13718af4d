/** A port through which a guest ends the run. Source of the behaviour: QEMU's `isa-debug-exit`. */
import { x86IOAddress } from '../arch/x86/index';
import { warnOnce } from '../base/index';
import type { Tick } from '../base/index';
import { pseudoInst, ThreadContext } from '../cpu/index';
import type { Packet } from '../mem/index';
import { defineSchema, param } from '../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../sim/index';
import { BasicPioDevice, basicPioDeviceSchema } from './pioDevice';

export const isaDebugExitSchema = defineSchema('IsaDebugExit', basicPioDeviceSchema, {
  description: 'A port through which a guest ends the run',
  params: {
    pioSize: param.Addr(0x4, 'bytes that end the run'),
    m5ops: param.Bool(false, 'whether four more bytes behind them execute m5 pseudo-instructions'),
  },
  defaults: { pioAddr: x86IOAddress(0xf4) },
});

/** Parameters of an `IsaDebugExit`. */
export type IsaDebugExitParams = ParamsOf<typeof isaDebugExitSchema>;

/** The cause of the exit event. */
export const DEBUG_EXIT_CAUSE = 'isa-debug-exit';

/** Bytes by which pseudo-instructions are executed. */
const M5OP_BYTES = 4;

/**
 * Ends the run when it is written to. The exit code is twice the value plus one, so never 0, cut to
 * the eight bits that a process can exit with; the value as written is in {@link value}.
 *
 * With `m5ops`, the low byte of what is written behind that is the number of a pseudo-instruction,
 * for code that cannot reach the memory-mapped ones (16 bits). Arguments and result are in registers.
 */
export class IsaDebugExit extends BasicPioDevice {
  static override readonly schema = isaDebugExitSchema;
  declare readonly params: IsaDebugExitParams;
  #value: number | null = null;

  constructor(params: IsaDebugExitParams) {
    super(params, params.pioSize + (params.m5ops ? M5OP_BYTES : 0));
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
    if (this.offsetOf(pkt) >= this.params.pioSize) return this.#executeM5op(pkt);
    const value = pkt.getUint();
    this.#value = value;
    pkt.makeAtomicResponse();
    this.simulation.exitSimLoop(DEBUG_EXIT_CAUSE, ((value << 1) | 1) & 0xff);
    return this.pioDelay;
  }

  #executeM5op(pkt: Packet): Tick {
    const func = pkt.getUint() & 0xff;
    const { contextId } = pkt.req;
    pkt.makeAtomicResponse();
    const { threads } = this.system;
    const context = contextId >= 0 && contextId < threads.size ? threads.get(contextId) : null;
    if (context instanceof ThreadContext) pseudoInst(context, func);
    else warnOnce(this.name(), `${this.name()}: only a CPU's thread can execute m5 operations`);
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
