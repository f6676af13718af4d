/**
 * Pseudo-instructions that let threads wait and run on. Source: gem5 `sim/pseudo_inst.cc`.
 */
import { warn, type Tick } from '../../base/index';
import { Workload } from '../../mem/index';
import type { Caller } from './caller';

function recordQuiesce(caller: Caller): void {
  caller.system.workload.recordQuiesce();
}

/** Counts a monitor that a thread has armed. */
export function arm({ system: { workload } }: Caller): void {
  if (workload instanceof Workload) workload.recordArm();
}

/** Waits until somebody wakes the thread. */
export function quiesce(caller: Caller): void {
  caller.system.threads.quiesce(caller.context.contextId);
  recordQuiesce(caller);
}

function quiesceUntil(caller: Caller, when: Tick | undefined): void {
  if (when === undefined) {
    quiesce(caller);
    return;
  }
  caller.system.threads.quiesceTick(caller.context.contextId, when);
  recordQuiesce(caller);
}

/** Waits for some nanoseconds, or until somebody wakes the thread. */
export function quiesceNs(caller: Caller, ns: bigint): void {
  quiesceUntil(caller, caller.tickAfter(ns, 'the end of a pause'));
}

/** Waits for some cycles of the CPU, or until somebody wakes the thread. */
export function quiesceCycles(caller: Caller, cycles: bigint): void {
  const { cpu } = caller;
  const when = cpu.clockEdge(0) + Number(cycles) * cpu.clockPeriod();
  quiesceUntil(caller, caller.within(when, 'the end of a pause'));
}

/** Nanoseconds that the thread has waited the last time. */
export function quiesceTime({ context, ticksPerNs }: Caller): bigint {
  return BigInt(Math.max(Math.floor((context.lastActivate - context.lastSuspend) / ticksPerNs), 0));
}

/** Wakes a thread that waits. @param id - number of its context */
export function wakeCpu({ system: { threads } }: Caller, id: bigint): void {
  if (id >= BigInt(threads.size)) {
    warn(`m5_wake_cpu(${String(id)}): there are ${String(threads.size)} thread contexts`);
    return;
  }
  if (threads.get(Number(id)).status() === 'Suspended') threads.wake(Number(id));
}
