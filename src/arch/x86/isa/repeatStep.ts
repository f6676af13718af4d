/**
 * A repeated string instruction of a program that steps itself: a trap follows each of its steps, with RIP
 * still at the instruction until the last. Source: SDM volume 3, 17.3.1.4.
 */
import { RFlags } from '../flags';
import { RCX, RFLAGS } from '../registers';
import type { X86ThreadState } from '../threadState';
import type { Form } from './form';

const COUNT_32 = 0xffff_ffffn;
const comparisons: ReadonlySet<string> = new Set(['cmps', 'scas']);
const strings: ReadonlySet<string> = new Set(['movs', 'stos', 'lods', ...comparisons]);

/** Has the instruction at hand do one step. */
export class RepeatStep {
  #count = 0n;
  #form: Form | null = null;

  /** To be called before it is executed: other instructions are left alone. */
  begin(form: Form, state: X86ThreadState): void {
    this.#form = null;
    if (form.repeat === 0 || !strings.has(form.definition.name)) return;
    const count = form.address32 ? state.gpr(RCX) & COUNT_32 : state.gpr(RCX);
    if (count < 2n) return;
    this.#form = form;
    this.#count = count;
    state.setGpr(RCX, 1n);
  }

  /** To be called when it is done. @returns whether there are more steps to be done */
  end(state: X86ThreadState): boolean {
    const form = this.#form;
    if (form === null) return false;
    this.#form = null;
    state.setGpr(RCX, this.#count - 1n);
    if (!comparisons.has(form.definition.name)) return true;
    const same = (state.gprUint32(RFLAGS) & RFlags.ZF) !== 0;
    return same === (form.repeat === 0xf3);
  }

  /** To be called when it has raised an exception instead: nothing is done. */
  cancel(state: X86ThreadState): void {
    if (this.#form !== null) state.setGpr(RCX, this.#count);
    this.#form = null;
  }
}
