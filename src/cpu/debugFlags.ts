import { debugFlag } from '../base/index';

/** Traces threads that become active, wait or end. */
export const Context = debugFlag('Context', 'Threads that become active, wait or end');
