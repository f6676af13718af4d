/** How much of the simulator V8 compiles into one piece. */
import { setFlagsFromString } from 'node:v8';

/** Bytes of byte code that one compiled function may take in from others; V8's default is 920. */
const INLINED_BYTES = 3000;

/**
 * Has V8 compile more small methods into their callers, from now on. A packet passes through some dozens
 * of them on its way to memory and back, and so does what a call costs. See docs/decisions/0013.
 */
export function inlineMore(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${String(INLINED_BYTES)}`);
}
