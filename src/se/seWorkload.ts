/**
 * The operating system that programs believe to run on: it answers their system calls and faults.
 *
 * Source of the behaviour: gem5 `sim/se_workload.cc`, `arch/x86/linux/se_workload.cc`.
 */
import {
  type GuestSupervisor,
  PageFaultError,
  R10,
  R8,
  R9,
  RAX,
  RDI,
  RDX,
  RIP,
  RSI,
  Vector,
  type ExceptionTrap,
  type X86ThreadState,
} from '../arch/x86/index';
import { fatal, panic, warn, type Addr } from '../base/index';
import { Workload, workloadSchema } from '../mem/index';
import type { PhysicalMemory, System, SystemThreadContext } from '../mem/index';
import { defineSchema, EventFunctionWrapper, type ParamsOf, type Scalar } from '../sim/index';
import type { CheckpointIn, CheckpointOut, SectionFormat } from '../sim/index';
import { accessOf, outOfMemoryReason, pageFaultSignal } from './faultSignals';
import { raise } from './raise';
import { PAGE_SIZE, USER_END } from './layout';
import { PageAllocator } from './pageAllocator';
import type { ProcessEnd, ProcessState } from './processState';
import { executePseudoInst } from './pseudoInstruction';
import type { ProcessThread, ThreadSleep } from './processThread';
import { deliverSignals, forceSignal, sendSignal } from './signalDelivery';
import { SI_KERNEL, Signal, signalName } from './signals';
import { beginSleep, repeatCall } from './sleep';
import { BLOCKED, REGISTERS_SET, RESTART, SLEEP } from './syscallResult';
import { doSyscall } from './syscallTable';

export const seWorkloadSchema = defineSchema('SEWorkload', workloadSchema, {
  description: 'An operating system whose system calls are emulated',
  abstract: true,
});

/** Parameters of an `SEWorkload`. */
export type SEWorkloadParams = ParamsOf<typeof seWorkloadSchema>;

/** A thread context that runs a program. */
export interface ProcessContext extends SystemThreadContext {
  /** The registers of the thread, as the last trap left them. */
  readonly state: X86ThreadState;
  /** The same, brought up to date. */
  registers(): X86ThreadState;
  /** Whether nothing that the thread has stopped for is still to be served. */
  betweenInstructions(): boolean;
  /** Ends the thread. */
  halt(): void;
}

/** A program as its operating system sees it. */
export interface EmulatedProcess {
  readonly state: ProcessState;
  readonly supervisor: GuestSupervisor;
  readonly numSyscalls: Scalar;
}

interface RunningThread {
  readonly process: EmulatedProcess;
  readonly thread: ProcessThread;
  context: ProcessContext;
  /** Happens when a timer of the program expires. */
  readonly timerEvent: EventFunctionWrapper;
}

/** Emulates an operating system, and owns the memory that its programs use. */
export abstract class SEWorkload extends Workload {
  static override readonly schema = seWorkloadSchema;
  #allocator: PageAllocator | undefined;
  readonly #running: (RunningThread | undefined)[] = [];
  #ended: ProcessEnd | undefined;

  #system(): System {
    return this.system ?? panic(`${this.name()} belongs to no system`);
  }

  /** All memory of the system. */
  get physicalMemory(): PhysicalMemory {
    return this.#system().physicalMemory;
  }

  /**
   * Hands out the memory that firmware would report, without what m5ops take.
   * @throws {FatalError} when there is none, or it does not begin with a page
   */
  get pageAllocator(): PageAllocator {
    if (this.#allocator === undefined) {
      const { physicalMemory, m5opRange } = this.#system();
      const memories = physicalMemory.getConfAddrRanges();
      const askew = memories.find(({ start }) => start % PAGE_SIZE !== 0);
      if (askew !== undefined) {
        const pages = `multiple of ${String(PAGE_SIZE)}`;
        fatal(`programs need memory that begins at a ${pages}, and there is ${askew.toString()}`);
      }
      const ranges = memories.flatMap(range =>
        m5opRange.valid ? range.exclude([m5opRange]) : [range],
      );
      this.#allocator = new PageAllocator(physicalMemory, ranges);
    }
    return this.#allocator;
  }

  /** One past the last address of memory. */
  get physicalEnd(): Addr {
    return Math.max(...this.physicalMemory.getConfAddrRanges().map(range => range.end));
  }

  override get sectionFormat(): SectionFormat {
    return FORMAT;
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    const { next, freed, freedLarge, setAside } = this.pageAllocator.saveState();
    checkpoint.paramOut('nextPages', next);
    checkpoint.paramOut('freedPages', pageNumbers(freed));
    checkpoint.paramOut('freedLargePages', pageNumbers(freedLarge));
    checkpoint.paramOut('setAside', setAside);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.pageAllocator.loadState({
      next: checkpoint.numbers('nextPages'),
      freed: pageAddresses(checkpoint.bytes('freedPages')),
      freedLarge: pageAddresses(checkpoint.bytes('freedLargePages')),
      setAside: checkpoint.number('setAside'),
    });
  }

  /** There is no such place: each program has its own. @throws {PanicError} always */
  override getEntry(): bigint {
    return panic(`${this.name()} has no entry point; its programs have`);
  }

  /** A program's thread is ready to run. */
  addThread(process: EmulatedProcess, thread: ProcessThread, context: ProcessContext): void {
    const timerEvent = new EventFunctionWrapper(() => {
      this.#timeIsUp(running);
    }, `${process.state.name}.timer`);
    const running: RunningThread = { process, thread, context, timerEvent };
    this.#running[context.contextId] = running;
    // A restored program may have set one, or have signals that have not reached it.
    this.#arm(running);
    if (thread.pending.length > 0) this.reschedule(timerEvent, this.curTick(), true);
  }

  /** A restored program has ended already. */
  addEnded(end: ProcessEnd): void {
    this.#ended = end;
  }

  override startup(): void {
    super.startup();
    // Nothing would ever happen again.
    const nobodyRuns = this.#running.every(running => running === undefined);
    if (this.#ended === undefined || !nobodyRuns || this.simulation.requests.hasExit) return;
    this.#exit(this.#ended);
  }

  /** Another context runs the thread from now on. */
  replaceThread(context: ProcessContext): void {
    const running = this.#running[context.contextId];
    if (running === undefined) return;
    running.context = context;
    running.thread.registers = context.state;
  }

  /**
   * Answers what a thread stopped for: a system call or an exception. Called by the CPU after each
   * trap; the thread may then run on, unless it was suspended or halted.
   */
  override event(context: SystemThreadContext): void {
    const running = this.#running[context.contextId];
    if (running === undefined) {
      panic(`${this.name()}: context ${String(context.contextId)} runs no program`);
    }
    const { process, thread } = running;
    if (thread.sleep !== undefined) thread.endSleep();
    const trap = process.supervisor.takeTrap(thread.registers);
    if (trap.kind === 'syscall') {
      process.numSyscalls.value++;
      this.#syscall(thread);
    } else if (trap.kind === 'exception') {
      const isPseudoInst = trap.vector === Vector.UD && executePseudoInst(thread, context);
      if (!isPseudoInst) this.#exception(thread, trap);
    } else {
      // The program used the port that only the supervisor may use.
      raise(thread, { vector: Vector.GP, errorCode: 0, address: 0 });
    }
    this.#goOn(running);
  }

  #syscall(thread: ProcessThread): void {
    const { registers } = thread;
    let result = doSyscall(
      thread,
      registers.gprNumber(RAX),
      registers.gprNumber(RDI),
      registers.gprNumber(RSI),
      registers.gprNumber(RDX),
      registers.gprNumber(R10),
      registers.gprNumber(R8),
      registers.gprNumber(R9),
    );
    if (thread.process.end !== undefined || result === REGISTERS_SET) return;
    if (result === BLOCKED) {
      result = thread.sleepUntil(thread.nextTimer(), { result: RESTART, restartable: true });
    }
    if (result === RESTART) {
      repeatCall(thread);
    } else if (result === SLEEP) {
      beginSleep(thread);
    } else {
      registers.setGprNumber(RAX, result);
    }
  }

  /** Delivers signals; then the thread runs on, waits or ends. */
  #goOn(running: RunningThread): void {
    const { process, thread } = running;
    if (thread.pending.length > 0) deliverSignals(thread);
    if (process.state.end !== undefined) {
      this.#finish(running);
      return;
    }
    if (thread.sleep !== undefined) this.#sleep(running, thread.sleep);
    this.#arm(running);
  }

  #sleep({ thread, context }: RunningThread, { until }: ThreadSleep): void {
    const { threads } = this.#system();
    if (until <= this.curTick()) {
      thread.endSleep();
    } else if (Number.isFinite(until)) {
      threads.quiesceTick(context.contextId, until);
    } else {
      if (thread.nextTimer() === Infinity) {
        warn(`${thread.process.name}: the program waits for what can never happen`);
      }
      threads.quiesce(context.contextId);
    }
  }

  /** Makes the timer event happen when the next timer expires. */
  #arm({ thread, timerEvent }: RunningThread): void {
    const next = thread.nextTimer();
    if (next !== Infinity) this.reschedule(timerEvent, Math.max(next, this.curTick()), true);
    else if (timerEvent.scheduled) this.deschedule(timerEvent);
  }

  /** Timers have expired: their signals interrupt the program wherever it is. */
  #timeIsUp(running: RunningThread): void {
    const { process, thread, context, timerEvent } = running;
    for (const signal of process.state.timers.expire(thread.timerClock())) {
      const reason = `program killed by ${signalName(signal)}: a timer of its own expired`;
      sendSignal(thread, { signal, code: SI_KERNEL, address: 0, reason });
    }
    const asleep = context.status() === 'Suspended';
    if (!asleep && thread.sleep !== undefined) thread.endSleep();
    // A thread on its way to the host gets its signals there.
    if (process.supervisor.inSupervisor(context.registers())) {
      this.#arm(running);
      return;
    }
    // What it has stopped for is served with the registers that it has stopped with.
    if (!context.betweenInstructions()) {
      this.reschedule(timerEvent, process.state.clock.tickAfter(1), true);
      return;
    }
    const handled = deliverSignals(thread);
    if (process.state.end !== undefined) {
      this.#finish(running);
      return;
    }
    if (asleep && (handled || thread.hasAwaited())) {
      if (thread.sleep !== undefined) thread.endSleep();
      this.#system().threads.wake(context.contextId);
    }
    this.#arm(running);
  }

  #exception(thread: ProcessThread, trap: ExceptionTrap): void {
    if (trap.vector !== Vector.PF) {
      raise(thread, trap);
      return;
    }
    // Outside the user half a page-table KVM reports its own entries so; there nothing is mapped.
    const inUserHalf = trap.address >= 0 && trap.address < USER_END;
    if (inUserHalf && (trap.errorCode & PageFaultError.Reserved) !== 0) {
      panic(`${thread.process.name}: the page tables of the program are damaged`);
    }
    const { space } = thread.process;
    const outcome = space.handleFault(trap.address, accessOf(trap.errorCode));
    if (outcome === 'resolved') return;
    const errorCode = trap.errorCode & ~PageFaultError.Reserved;
    const fault = { ...trap, errorCode, rip: thread.registers.gprNumber(RIP) };
    if (outcome === 'out-of-memory') {
      const reason = outOfMemoryReason(fault, space.totalBytes);
      thread.process.end = { kind: 'signal', signal: Signal.SIGKILL, reason };
    } else {
      forceSignal(thread, pageFaultSignal(fault, outcome, space.maxStackSize));
    }
  }

  #finish({ process, context, timerEvent }: RunningThread): void {
    const { end } = process.state;
    if (end === undefined) return;
    if (timerEvent.scheduled) this.deschedule(timerEvent);
    this.#system().threads.endQuiesce(context.contextId);
    this.#running[context.contextId] = undefined;
    process.state.space.sharedPages.writeBackAll();
    process.state.files.closeAll();
    context.halt();
    const last = this.#system().threads.numRunning() === 0;
    // The last program's memory stays, for whoever wants to look at it.
    if (!last) process.state.space.release();
    if (end.kind === 'signal' || last) this.#exit(end);
  }

  #exit(end: ProcessEnd): void {
    if (end.kind === 'signal') this.simulation.exitSimLoop(end.reason, 128 + end.signal);
    else this.simulation.exitSimLoop('exiting with last active thread context', end.status & 0xff);
  }
}

/** Version 1 had no large pages. */
const FORMAT: SectionFormat = {
  version: 2,
  upgraders: [
    values => {
      values.set('freedLargePages', new Uint8Array());
      values.set('setAside', 0);
    },
  ],
};

/** A list of numbers would be larger than a checkpoint takes when a program has given back much. */
function pageNumbers(addresses: readonly Addr[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(addresses, address => address / PAGE_SIZE).buffer);
}

function pageAddresses(bytes: Uint8Array): Addr[] {
  const numbers = new Uint32Array(bytes.slice().buffer, 0, Math.floor(bytes.length / 4));
  return Array.from(numbers, number => number * PAGE_SIZE);
}

export const x86EmuLinuxSchema = defineSchema('X86EmuLinux', seWorkloadSchema, {
  description: 'Emulates the system calls of x86-64 Linux',
  modelName: 'X86ISA::EmuLinux',
});

/** Parameters of an `X86EmuLinux`. */
export type X86EmuLinuxParams = ParamsOf<typeof x86EmuLinuxSchema>;

/** x86-64 Linux for programs. */
export class X86EmuLinux extends SEWorkload {
  static override readonly schema = x86EmuLinuxSchema;
}
