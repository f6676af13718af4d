/** Exceptions of the x87 that are not masked: the next of its instructions that waits raises them. */
import { Vector } from '../../flags';
import { isNonZero } from '../builder/condition';
import { and, i32 } from '../builder/value';
import type { Definition, Family } from '../definition';
import type { Semantics } from '../semantics';
import { Status } from '../x87/x87Registers';
import { threadStateLayout, xsaveLayout } from '../../threadStateLayout';

const fsw = threadStateLayout.xsave.offset + xsaveLayout.fsw;

/** Raises what is pending. */
export function raisePending(c: Semantics): void {
  const isPending = isNonZero(and(c.word('u16', fsw), i32(Status.ErrorSummary)));
  c.when(isPending, () => c.raise(Vector.MF));
}

/** The same instructions, that before all else raise what is pending. Source: SDM volume 1, 8.3.11. */
export function waiting(family: Family): Family {
  const known = new Map<Definition, Definition>();
  const waits = (definition: Definition): Definition => {
    const found = known.get(definition) ?? {
      ...definition,
      semantics: c => {
        raisePending(c);
        definition.semantics(c);
      },
    };
    known.set(definition, found);
    return found;
  };
  return family.map(encoding => ({ ...encoding, definition: waits(encoding.definition) }));
}
