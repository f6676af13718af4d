/**
 * Pseudo-instructions that end the run, or dump and reset statistics.
 *
 * Source: gem5 `sim/pseudo_inst.cc`.
 */
import type { StatAction } from '../../sim/index';
import type { Caller } from './caller';

function exitAfter(caller: Caller, cause: string, ns: bigint, code = 0, periodNs = 0n): void {
  const when = caller.tickAfter(ns, cause);
  if (when === undefined) return;
  caller.simulation.exitSimLoop(cause, code, when, caller.ticksFromNs(periodNs));
}

/** Ends the run. @param ns - delay */
export function exit(caller: Caller, ns: bigint): void {
  exitAfter(caller, 'm5_exit instruction encountered', ns);
}

/** Ends the run with a code. @param ns - delay */
export function fail(caller: Caller, ns: bigint, code: bigint): void {
  exitAfter(caller, 'm5_fail instruction encountered', ns, Number(BigInt.asIntN(32, code)));
}

/** Asks the script for a checkpoint. @param ns - delay @param periodNs - 0 for once */
export function checkpoint(caller: Caller, ns: bigint, periodNs: bigint): void {
  if (!caller.cpu.params.doCheckpointInsts) return;
  exitAfter(caller, 'checkpoint', ns, 0, periodNs);
}

/** Asks the script for another CPU model. */
export function switchCpu(caller: Caller): void {
  caller.simulation.exitSimLoop('switchcpu');
}

/** Dumps statistics, resets them, or both. @param ns - delay @param periodNs - 0 for once */
export function statistics(caller: Caller, what: StatAction, ns: bigint, periodNs: bigint): void {
  if (!caller.cpu.params.doStatisticsInsts) return;
  const when = caller.tickAfter(ns, 'a dump or reset of statistics');
  if (when === undefined) return;
  caller.simulation.requests.statistics(what, when, caller.ticksFromNs(periodNs));
}
