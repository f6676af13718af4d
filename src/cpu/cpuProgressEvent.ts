import { inform } from '../base/index';
import type { Tick } from '../base/index';
import { Event, EventPriority } from '../sim/index';
import type { BaseCPU } from './baseCPU';

/** Says at regular intervals how far a CPU is. Source: gem5 `cpu/base.cc`, `CPUProgressEvent`. */
export class CPUProgressEvent extends Event {
  readonly #cpu: BaseCPU;
  readonly #interval: Tick;
  #lastOps = 0;

  /** @param interval Ticks between two messages, more than 0. */
  constructor(cpu: BaseCPU, interval: Tick) {
    super(EventPriority.Progress_Event_Pri);
    this.#cpu = cpu;
    this.#interval = interval;
    cpu.schedule(this, cpu.curTick() + interval);
  }

  process(): void {
    const cpu = this.#cpu;
    cpu.schedule(this, cpu.curTick() + this.#interval);
    if (cpu.switchedOut()) return;
    const total = cpu.totalOps();
    const done = total - this.#lastOps;
    this.#lastOps = total;
    const ipc = done / (this.#interval / cpu.clockPeriod());
    inform(
      `${cpu.name()} progress event, total committed:${String(total)}, ` +
        `progress insts committed: ${String(done)}, IPC: ${ipc.toFixed(8)}`,
    );
  }

  override description(): string {
    return 'CPU Progress';
  }
}
