/** How much of the simulator V8 compiles into one piece. */
import { setFlagsFromString } from 'node:v8';

/**
 * Bytes of byte code that one compiled function may take in from others, by V8's default 920, and up to
 * which a function is taken in however seldom it is called, by default 27.
 */
export const inliningFlags = [
  '--max-inlined-bytecode-size-cumulative=3000',
  '--max-inlined-bytecode-size-small=200',
] as const;

/**
 * Has V8 compile more small methods into their callers, from now on. A packet passes through some dozens
 * of them on its way to memory and back, and so does what a call costs. See docs/decisions/0013.
 */
export function inlineMore(): void {
  for (const flag of inliningFlags) setFlagsFromString(flag);
}
