/**
 * Writing `stats.txt` with 100,000 lines, against a C program that formats the very same lines with
 * fprintf. Both write a file; the files are compared.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  div,
  Formula,
  Scalar,
  StatFlag,
  StatGroup,
  TextWriter,
  unit,
  Vector,
} from '../src/sim/stats/index';
import { ratioResult } from './result';
import type { BenchOptions, BenchResult } from './result';

const SCALARS = 60;
const ELEMENTS = 38;
/** Scalars, one formula, the elements of one vector and their total. */
const LINES_PER_GROUP = SCALARS + 1 + ELEMENTS + 1;

/**
 * 0.5 s for 100,000 lines is what is asked for; the C program needs about 0.06 s on the machine that
 * this was written on. The first dump of a process, which runs code that is not compiled yet, has to
 * keep well below that, and later ones to be near the C program.
 */
const FIRST_DUMP_LIMIT = 5;
const LATER_DUMP_LIMIT = 2;

class CoreStats extends StatGroup {
  constructor(parent: StatGroup, index: number) {
    super(parent, `cpu${String(index).padStart(3, '0')}`);
    const counters = Array.from({ length: SCALARS }, (_, i) => {
      const name = `counter${i}`;
      const counter = new Scalar(this, name, unit.Count, 'number of things that happened');
      counter.value = index * 1000 + i;
      return counter;
    });
    const rate = new Formula(this, 'rate', unit.rate(unit.Count, unit.Cycle), 'things per cycle');
    rate.set(div(counters[3] ?? 0, counters[7] ?? 0));
    const sizes = new Vector(this, 'sizes', unit.Byte, 'bytes by kind of packet').init(ELEMENTS);
    sizes.flags(StatFlag.total | StatFlag.pdf);
    for (let i = 0; i < ELEMENTS; i++) sizes.set(i, index * i);
  }
}

function aTree(groups: number): StatGroup {
  const root = new StatGroup();
  const system = new StatGroup(root, 'system');
  for (let index = 0; index < groups; index++) new CoreStats(system, index);
  root.enable();
  return root;
}

/** Seconds for one dump into a file. */
function dumpSeconds(root: StatGroup, path: string): number {
  const start = performance.now();
  const file = openSync(path, 'w');
  const writer = new TextWriter(chunk => writeSync(file, chunk));
  writer.begin();
  root.visit(writer);
  writer.end();
  closeSync(file);
  return (performance.now() - start) / 1000;
}

/** Seconds of each round of the C program. */
function referenceSeconds(program: string, groups: number, rounds: number, path: string): number[] {
  const output = execFileSync(program, [String(groups), String(rounds), path], {
    encoding: 'utf8',
  });
  return output.trim().split('\n').map(Number);
}

/** Runs the bench. */
export function run({ smoke }: BenchOptions): readonly BenchResult[] {
  const groups = smoke ? 10 : 1000;
  const rounds = smoke ? 2 : 10;
  const directory = mkdtempSync(join(tmpdir(), 'stats-dump-'));
  try {
    const program = join(directory, 'statsDump');
    execFileSync('cc', ['-O2', '-o', program, join(__dirname, 'statsDump.c')]);
    const ours = join(directory, 'ours.txt');
    const theirs = join(directory, 'theirs.txt');
    const root = aTree(groups);

    // Interleaved, so that both see the same load of the machine.
    const first = dumpSeconds(root, ours);
    const later: number[] = [];
    const reference: number[] = [];
    for (let round = 0; round < rounds; round++) {
      reference.push(...referenceSeconds(program, groups, 2, theirs));
      later.push(dumpSeconds(root, ours));
    }
    if (!readFileSync(ours).equals(readFileSync(theirs))) {
      throw new Error('the C program wrote other lines: the comparison means nothing');
    }

    const lines = groups * LINES_PER_GROUP;
    const common = {
      unit: 's',
      reference: Math.min(...reference),
      referenceName: 'the same lines with fprintf in C',
      detail: { lines, rounds },
    };
    const what = `stats.txt, ${lines} lines`;
    return [
      ratioResult({
        ...common,
        name: `${what}, first dump`,
        measured: first,
        limit: FIRST_DUMP_LIMIT,
      }),
      ratioResult({
        ...common,
        name: `${what}, later dumps`,
        measured: Math.min(...later),
        limit: LATER_DUMP_LIMIT,
      }),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
