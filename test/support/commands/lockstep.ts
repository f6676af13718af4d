/**
 * `npm run lockstep -- PROGRAM [ARGUMENTS]`: a program on a software CPU and on the host's processor, block
 * by block, until they differ; then again, closer and closer, until it is one instruction.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecked, narrow } from '../checkedRun';
import type { Divergence } from '../checkedCPU';

const cmd = process.argv.slice(2);
if (cmd.length === 0) {
  console.error('usage: npm run lockstep -- PROGRAM [ARGUMENTS]');
  process.exit(1);
}

const show = ({ good, bad, place, lines }: Divergence): void => {
  console.log(
    `\nDifference after instruction ${String(bad)} (none after ${String(good)}), ${place}`,
  );
  console.log(lines.map(line => `  ${line}`).join('\n'));
};

const outdir = mkdtempSync(join(tmpdir(), 'mini-gem5-lockstep-'));
const program = { cmd, input: process.env['LOCKSTEP_INPUT'] ?? '/dev/null', outdir };
try {
  const { divergence, insts, blocks, cause, code } = runChecked(program);
  if (divergence === null) {
    console.log(`\n${String(insts)} instructions in ${String(blocks)} blocks: no difference`);
    console.log(`${cause}, code ${String(code)}`);
  } else {
    show(divergence);
    narrow(program, divergence, show);
    process.exitCode = 1;
  }
} finally {
  rmSync(outdir, { recursive: true });
}
