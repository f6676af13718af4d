/**
 * What system call handlers return besides results (0 and above) and negated error numbers (-1 to
 * -133): instructions to whoever called them.
 */

/** The user interrupted a wait: the program makes the call again when the simulation goes on. */
export const RESTART = -512;
/** The thread waits as its `sleep` says. */
export const SLEEP = -513;
/** The handler has set the thread's registers itself. */
export const REGISTERS_SET = -514;
/** The program has ended: there is nothing to return to. */
export const ENDED = -515;
/** Nothing but a signal can end the wait: the program makes the call again after one. */
export const BLOCKED = -516;
