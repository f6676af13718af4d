/**
 * `npm run lockstep -- [--count INSTRUCTIONS] PROGRAM [ARGUMENTS]`: a program on a software CPU and on the
 * host's processor, block by block, until they differ; then again, closer and closer, until it is one
 * instruction.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecked, narrow } from '../checkedRun';
import type { Divergence } from '../checkedCPU';

const usage = 'usage: npm run lockstep -- [--count INSTRUCTIONS] PROGRAM [ARGUMENTS]';

function stop(problem: string): never {
  console.error(`${problem}${usage}`);
  process.exit(1);
}

const words = process.argv.slice(2);
let count: number | undefined;
if (words[0] === '--count') {
  count = Number(words[1]);
  if (!Number.isSafeInteger(count) || count < 1) stop(`--count takes a number such as 1e6\n`);
  words.splice(0, 2);
}
const cmd = words;
if (cmd.length === 0) stop('');

let told = performance.now();
/** A line that overwrites itself, every second. */
const onProgress = (insts: number): void => {
  const now = performance.now();
  if (!process.stderr.isTTY || now - told < 1000) return;
  told = now;
  process.stderr.write(`\r${insts.toExponential(2)} instructions compared `);
};

const show = ({ good, bad, place, lines }: Divergence): void => {
  console.log(
    `\nDifference after instruction ${String(bad)} (none after ${String(good)}), ${place}`,
  );
  console.log(lines.map(line => `  ${line}`).join('\n'));
};

const outdir = mkdtempSync(join(tmpdir(), 'mini-gem5-lockstep-'));
const program = { cmd, input: process.env['LOCKSTEP_INPUT'] ?? '/dev/null', outdir, onProgress };
const limited = count === undefined ? program : { ...program, count };
try {
  const { divergence, insts, blocks, cause, code } = runChecked(limited);
  if (divergence === null) {
    console.log(`\n${String(insts)} instructions in ${String(blocks)} blocks: no difference`);
    console.log(`${cause}, code ${String(code)}`);
  } else {
    show(divergence);
    narrow(limited, divergence, show);
    process.exitCode = 1;
  }
} finally {
  rmSync(outdir, { recursive: true });
}
