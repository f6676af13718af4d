/**
 * Pseudo-instructions that mark where a piece of work begins and ends. Parameters of the system say
 * whether, and which of them, end the run. Source: gem5 `sim/pseudo_inst.cc`.
 */
import type { SystemParams } from '../../mem/index';
import type { Caller } from './caller';

/** Whether the system looks at work of this kind. */
function isSelected({ workItemId }: SystemParams, workId: bigint): boolean {
  return workItemId === -1 || BigInt(workItemId) === workId;
}

/** A thread begins a piece of work. @param threadId - a number that the program has chosen */
export function workBegin(caller: Caller, workId: bigint, threadId: bigint): void {
  const { system, simulation, cpu } = caller;
  const { params, workItems } = system;
  if (params.exitOnWorkItems) {
    simulation.exitSimLoop('workbegin', Number(BigInt.asIntN(32, workId)));
    return;
  }
  cpu.baseStats.numWorkItemsStarted.value++;
  workItems.begin(Number(threadId), Number(workId));
  if (!isSelected(params, workId)) return;
  const count = workItems.countBegin();
  endForCpus(caller);
  if (count === params.workBeginCkptCount) simulation.exitSimLoop('checkpoint');
  if (count === params.workBeginExitCount) simulation.exitSimLoop('work started count reach');
  if (cpu.cpuId() === params.workBeginCpuIdExit) {
    simulation.exitSimLoop('work started on specific cpu');
  }
}

/** A thread ends a piece of work. */
export function workEnd(caller: Caller, workId: bigint, threadId: bigint): void {
  const { system, simulation, cpu } = caller;
  const { params, workItems } = system;
  if (params.exitOnWorkItems) {
    simulation.exitSimLoop('workend', Number(BigInt.asIntN(32, workId)));
    return;
  }
  cpu.baseStats.numWorkItemsCompleted.value++;
  workItems.end(Number(threadId), Number(workId));
  if (!isSelected(params, workId)) return;
  const count = workItems.countEnd();
  endForCpus(caller);
  if (count === params.workEndCkptCount) simulation.exitSimLoop('checkpoint');
  if (count === params.workEndExitCount) simulation.exitSimLoop('work items exit count reached');
}

function endForCpus({ system: { params, workItems }, simulation, cpu }: Caller): void {
  const { workCpusCkptCount } = params;
  if (workCpusCkptCount === 0) return;
  if (workItems.markCpu(cpu.cpuId()) >= workCpusCkptCount) simulation.exitSimLoop('checkpoint');
}
