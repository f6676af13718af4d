/** A warning of what keeps data from the system calls that are emulated. */
import { warnOnce } from '../base/index';
import {
  AbstractMemory,
  Bridge,
  CoherentXBar,
  NoncoherentXBar,
  type RequestPort,
} from '../mem/index';

/** Warns where what a CPU's port leads to may keep data. */
export function warnOfCache(cpuName: string, port: RequestPort): void {
  const { owner } = port.peer;
  const keepsNothing =
    owner instanceof AbstractMemory ||
    owner instanceof CoherentXBar ||
    owner instanceof NoncoherentXBar ||
    owner instanceof Bridge;
  if (keepsNothing) return;
  warnOnce(
    `${cpuName} ${owner.name()}`,
    `${cpuName} accesses memory through ${owner.name()}, which emulated system calls do ` +
      'not: if that keeps data, the program sees what was there before',
  );
}
