/**
 * A KVM CPU's entries into the guest: how long they are, what they are worth in simulated time, and
 * what they leave behind. When there is one is decided in `baseKvmCPU.ts`.
 *
 * Sources of the behaviour: gem5 `cpu/kvm/base.cc` (kvmRun, kvmRunDrain, flushCoalescedMMIO).
 */
import type { Addr, Tick } from '../base/index';
import { dprintf, MaxTick, warn } from '../base/index';
import type { BaseKvmCPUParams } from './baseKvmCPUSchema';
import { KvmTimer } from './debugFlags';
import { DeviceAccess } from './deviceAccess';
import type { VcpuExit } from './exits';
import { KvmCPUCore } from './kvmCpuCore';
import { KvmCPUStats } from './kvmCpuStats';
import { recordKvmRun } from './kvmTimeline';

const INTERRUPTED: VcpuExit = { kind: 'interrupted' };

/** Host time, in nanoseconds, after which a run of the guest counts as long. */
const LONG_RUN_NS = 1e6;

/** Longest simulated time, in seconds, between two looks at a vCPU that waits in the kernel. */
const MAX_POLL_SECONDS = 1e-3;

/** A CPU that can enter its guest. */
export abstract class KvmCPURun extends KvmCPUCore {
  readonly kvmStats: KvmCPUStats;
  readonly #devices: DeviceAccess;
  #exit: VcpuExit = INTERRUPTED;
  #wasHalfEntry = false;
  /** Whether the vCPU waited in the kernel when it was last looked at. */
  #waits = false;
  /** Instructions of all runs, where they are counted. */
  #instructions = 0;

  constructor(params: BaseKvmCPUParams) {
    super(params);
    this.kvmStats = new KvmCPUStats(this.stats);
    this.#devices = new DeviceAccess(this.getDataPort(), this.dataRequestorId);
  }

  override totalInsts(): number {
    return this.#instructions;
  }

  /** gem5 takes micro-operations for instructions here, and so do we: nobody counts the former. */
  override totalOps(): number {
    return this.#instructions;
  }

  override init(): void {
    super.init();
    if (this.params.usePerf || this.thread.instEvents.empty()) return;
    warn(
      `${this.name()}: instructions are not counted without usePerf, so nothing will happen at an ` +
        'instruction count',
    );
  }

  /** Whether the vCPU waits in the kernel for an interrupt or for another to start it. */
  protected abstract waitsInKernel(): boolean;

  /** What the last entry ended with; borrowed from the vCPU. */
  protected get exit(): VcpuExit {
    return this.#exit;
  }

  /** What {@link waitsInKernel} said when the vCPU was last entered. */
  protected get waitedInKernel(): boolean {
    return this.#waits;
  }

  /**
   * Ticks to the next event. With one at this very tick the guest only gets what it waits for, but not
   * twice in a row: it has to get on even where every tick has an event.
   */
  protected ticksToNextEvent(): Tick {
    const ticks = this.eventQueue().nextTick() - this.curTick();
    return ticks === 0 && this.#wasHalfEntry ? 1 : ticks;
  }

  /** Has the run end at the next event by instruction count, where they are counted. */
  #setupInstStop(): void {
    const { counters } = this.engine;
    if (counters === null) return;
    const next = this.thread.instEvents.nextTick();
    counters.stopAfter(next === MaxTick ? Infinity : Math.max(1, next - this.#instructions));
  }

  #countInstructions(): void {
    const { instructions } = this.engine.runner;
    if (instructions === 0) return;
    this.#instructions += instructions;
    for (const { numInsts, numOps } of this.commitStats) {
      numInsts.value += instructions;
      numOps.value += instructions;
    }
  }

  /** Lets happen what is due by the count of instructions. To be called after each entry. */
  protected serviceInstEvents(): void {
    if (this.params.usePerf) this.thread.instEvents.serviceEvents(this.#instructions);
  }

  /**
   * Runs the guest.
   * @param ticks - how long; 0 to finish pending operations and not run it
   * @returns about how many ticks it ran, more or fewer than asked
   */
  protected kvmRun(ticks: Tick): Tick {
    const { runner } = this.engine;
    this.#wasHalfEntry = ticks === 0;
    let executed: Tick;
    if (ticks === 0) {
      this.kvmStats.numVMHalfEntries.value++;
      this.#exit = runner.halfEntry();
      executed = this.clockPeriod();
    } else if (this.vm.othersRun(this)) {
      executed = this.#poll(ticks);
    } else {
      executed = this.#runGuest(ticks);
    }
    this.kvmStats.numVMExits.value++;
    const { timeline } = this.simulation;
    if (timeline !== null) {
      recordKvmRun(timeline, this.name(), this.#exit, executed, runner.hostNs);
    }
    return executed + this.#flushCoalescedMMIO();
  }

  #runGuest(ticks: Tick): Tick {
    const { runner, timer } = this.engine;
    const armed = Math.max(ticks, timer.resolution());
    if (KvmTimer.enabled) {
      const text = `Running for at most ${String(armed)} ticks`;
      dprintf(KvmTimer, this.curTick(), this.name(), text);
    }
    this.#setupInstStop();
    this.#exit = runner.run(armed);
    this.#countInstructions();
    const interrupted = this.#exit.kind === 'interrupted';
    // Whatever a signal or so much time has brought, the event loop should look at it now.
    if (interrupted || runner.hostNs > LONG_RUN_NS) this.wakeupEventQueue();
    this.#waits = interrupted && this.vm.hasSeveralCPUs && this.waitsInKernel();
    const cycles = timer.hostCyclesFromNs(runner.hostNs) * this.params.hostFactor;
    this.baseStats.numCycles.value += Math.floor(cycles);
    return timer.ticksFromHostNs(runner.hostNs);
  }

  /** Looks whether the vCPU waits still, while others have the host's time. */
  #poll(ticks: Tick): Tick {
    this.#exit = this.engine.runner.poll();
    this.#waits = this.waitsInKernel();
    if (!this.#waits) return this.clockPeriod();
    const longest = this.simulation.ticksPerSecond * MAX_POLL_SECONDS;
    return Math.max(Math.min(ticks, longest), this.engine.timer.resolution());
  }

  /** Runs until nothing is on its way into the guest any more. @returns ticks, as `kvmRun` */
  protected kvmRunDrain(): Tick {
    return this.kvmRun(0);
  }

  #flushCoalescedMMIO(): Tick {
    const { ring } = this.engine;
    if (ring === null) return 0;
    let ticks = 0;
    for (let store = ring.take(); store !== undefined; store = ring.take()) {
      this.kvmStats.numCoalescedMMIO.value++;
      ticks += this.doMMIOAccess(store.address, store.data, true);
    }
    return ticks;
  }

  /**
   * Reads from or writes to what is at a physical address.
   * @param data - what to write, or where to put what is read; aliases memory shared with the kernel
   * @returns ticks that the access takes
   */
  protected doMMIOAccess(address: Addr, data: Uint8Array, isWrite: boolean): Tick {
    const { contextId } = this.thread;
    return this.#devices.access(address, data, isWrite, contextId, this.system.isAtomicMode());
  }
}
