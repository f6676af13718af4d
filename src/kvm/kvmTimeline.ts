/** How a run of a guest is shown in the timeline. */
import type { Tick } from '../base/index';
import type { Timeline } from '../sim/index';
import { describeExit, type VcpuExit } from './exits';

/**
 * Records an entry into the guest that has just ended.
 * @param cpu - full name of the CPU
 * @param ticks - what it is worth in simulated time
 * @param hostNs - how long the guest ran, in nanoseconds of host time; 0 where KVM only finished what
 *   was pending
 */
export function recordKvmRun(
  timeline: Timeline,
  cpu: string,
  exit: VcpuExit,
  ticks: Tick,
  hostNs: number,
): void {
  const entry = hostNs === 0 ? 'KVM half entry' : 'KVM_RUN';
  timeline.slice({
    ...{ object: cpu, activity: 'KVM', name: `${entry}: ${exit.kind}` },
    ...{ ticks, hostNs, args: { exit: exit.kind, reason: describeExit(exit) } },
  });
}
