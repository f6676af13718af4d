/** What differs between two checkpoints: which objects' values, which pages of memory. */
import type { CheckpointValue, PageRun } from '../sim/index';
import { FileImage } from './fileImage';
import { openCheckpoint, type OpenCheckpoint } from './readCheckpoint';
import type { SavedSection } from './sections';

/** A value that differs; undefined where a checkpoint does not have it. */
export interface ChangedValue {
  readonly section: string;
  readonly key: string;
  readonly a: CheckpointValue | undefined;
  readonly b: CheckpointValue | undefined;
}

/** Pages of a memory that differ. */
export interface ChangedMemory {
  /** Name of the image. */
  readonly image: string;
  /** How many pages differ. */
  readonly pages: number;
  /** Where they are, in ascending order. */
  readonly runs: readonly PageRun[];
}

/** The difference between two checkpoints. */
export interface CheckpointDifference {
  readonly ticks: readonly [a: number, b: number];
  readonly values: readonly ChangedValue[];
  readonly memory: readonly ChangedMemory[];
}

/** Compares two checkpoints. @throws {CheckpointError} when one of them is damaged */
export function diffCheckpoints(a: string, b: string): CheckpointDifference {
  const [first, second] = [openCheckpoint(a), openCheckpoint(b)];
  return {
    ticks: [tickOf(first), tickOf(second)],
    values: changedValues(first.sections.sections, second.sections.sections),
    memory: changedMemory(first, second),
  };
}

const tickOf = ({ chain }: OpenCheckpoint): number => chain[0]?.content.tick ?? 0;

type Sections = ReadonlyMap<string, SavedSection>;

function changedValues(a: Sections, b: Sections): ChangedValue[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap(section => {
    const [mine, theirs] = [a.get(section)?.values, b.get(section)?.values];
    const keys = new Set([...(mine?.keys() ?? []), ...(theirs?.keys() ?? [])]);
    return [...keys]
      .map(key => ({ section, key, a: mine?.get(key), b: theirs?.get(key) }))
      .filter(change => !isSame(change.a, change.b));
  });
}

function isSame(a: CheckpointValue | undefined, b: CheckpointValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  const [mine, theirs]: readonly (readonly unknown[])[] = [[...a], [...b]];
  return (
    mine?.length === theirs?.length &&
    mine?.every((element, i) => Object.is(element, theirs?.[i])) === true
  );
}

function changedMemory(a: OpenCheckpoint, b: OpenCheckpoint): ChangedMemory[] {
  const names = (checkpoint: OpenCheckpoint): string[] =>
    (checkpoint.chain[0]?.content.images ?? []).map(({ file }) => file);
  const shared = names(a).filter(name => names(b).includes(name));
  return shared.flatMap(image => {
    const mine = new FileImage(a.sections.memoryImage(image));
    try {
      const runs: { first: number; count: number }[] = [];
      let pages = 0;
      for (const { first } of mine.changedPages(b.sections.memoryImage(image))) {
        pages++;
        const last = runs.at(-1);
        if (last !== undefined && last.first + last.count === first) last.count++;
        else runs.push({ first, count: 1 });
      }
      return pages === 0 ? [] : [{ image, pages, runs }];
    } finally {
      mine.close();
    }
  });
}
