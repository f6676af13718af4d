/** The last words of a run. */
import * as m5 from 'mini-gem5';

/** Exits whose code is the number of a piece of work. */
const WORK_ITEM = /^work(?:begin|end)$/;
/** Exits whose code is no failure of the guest. */
const NO_FAILURE: readonly string[] = ['isa-debug-exit', 'user interrupt received'];

/**
 * Says why a run has ended.
 * @returns the exit status: the guest's, cut to 8 bits, but never 0 for a code that is not
 */
export function reportExit({ cause, code }: m5.ExitEvent): number {
  console.log(`Exiting @ tick ${String(m5.curTick())} because ${cause}`);
  if (WORK_ITEM.test(cause)) console.log(`Work id ${String(code)}`);
  if (code === 0 || WORK_ITEM.test(cause)) return 0;
  if (!NO_FAILURE.includes(cause)) {
    console.log(`Simulated exit code not 0! Exit code is ${String(code)}`);
  }
  return (code & 0xff) === 0 ? 1 : code & 0xff;
}
