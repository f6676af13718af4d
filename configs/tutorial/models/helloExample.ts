/** The debug flag that the objects of the hello example share. */
import { debugFlag } from 'mini-gem5/model';

/** Traces the hello example. */
export const HelloExample = debugFlag('HelloExample', 'What the hello and goodbye objects do');
