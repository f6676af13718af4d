/** Executing a program by the instruction, while somebody wants to see each: slower, and the same. */
import { RIP, type BaseCore, type CoreStop, type SoftwareCore } from '../arch/x86/index';
import type { Tick } from '../base/index';
import { ExeTracer, type TracedCPU } from './exeTracer';
import type { FunctionTrace } from './functionTrace';

/** The CPU whose instructions are traced. */
export interface SteppedCPU extends TracedCPU {
  readonly core: BaseCore;
  curTick(): Tick;
  clockPeriod(): Tick;
}

/** What is traced of one CPU. */
export class TracedExecution {
  /** Of the instructions of the present run, those that are done. */
  done = 0;
  /** Which functions it enters, or null. */
  functions: FunctionTrace | null = null;
  readonly #cpu: SteppedCPU;
  readonly #tracer: ExeTracer;

  constructor(cpu: SteppedCPU) {
    this.#cpu = cpu;
    this.#tracer = new ExeTracer(cpu);
  }

  get isOn(): boolean {
    return this.#tracer.isOn || this.functions !== null;
  }

  /** As `SoftwareCore.run`: one instruction each cycle from now on. */
  run(core: SoftwareCore, instructions: number): CoreStop {
    let stop: CoreStop = 'budget';
    const kinds = { loads: 0, stores: 0, branches: 0 };
    this.done = 0;
    while (this.done < instructions && stop === 'budget') {
      const tick = this.#cpu.curTick() + this.done * this.#cpu.clockPeriod();
      this.begin(tick);
      stop = core.run(1);
      if (core.executed === 1) this.completed(tick);
      this.done += core.executed;
      kinds.loads += core.loads;
      kinds.stores += core.stores;
      kinds.branches += core.branches;
    }
    Object.assign(core, kinds);
    core.executed = this.done;
    this.done = 0;
    return stop;
  }

  /** What the last instruction stopped for is about to be answered. */
  served(stop: CoreStop): void {
    if (!this.isOn) return;
    const { core } = this.#cpu;
    const isTrap = stop === 'exception' && core.exception.isTrap;
    if (isTrap) return;
    const tick = this.#cpu.curTick();
    this.begin(tick);
    if (this.#tracer.isOn) this.#tracer.stopped(tick, stop !== 'syscall');
  }

  /** The instruction at RIP is about to be executed. */
  begin(tick: Tick): void {
    const { core, thread } = this.#cpu;
    const rip = thread.state.gprNumber(RIP);
    this.functions?.note(rip, tick);
    if (this.#tracer.isOn) this.#tracer.begin(rip, core.codeBytes(rip));
  }

  /** It has been executed. */
  completed(tick: Tick): void {
    if (!this.#tracer.isOn) return;
    this.#cpu.core.settle();
    this.#tracer.executed(tick);
  }
}
