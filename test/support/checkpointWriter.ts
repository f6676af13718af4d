/**
 * Writes checkpoints; a program of its own: `checkpointWriter DIRECTORY [PAGES [fork]]`. It writes one,
 * says so, and goes on for ever; with `fork` it has a child do that for each byte that it reads from its
 * standard input, and prints the child's process number.
 */
import { adoptChild, forkProcess } from '../../src/host/index';
import { writeTestCheckpoint } from './checkpoints';

const [, , directory = '', pages = '64', fork] = process.argv;
let round = 1;

function write(): void {
  const byte = (round % 200) + 1;
  writeTestCheckpoint(directory, {
    pages: new Array<number>(Number(pages)).fill(byte),
    values: { byte },
    tick: round++,
  });
}

function writeForEver(): never {
  for (;;) write();
}

write();
process.stdout.write('ready\n');
if (fork === undefined) writeForEver();
process.stdin.on('data', () => {
  const child = forkProcess();
  if (child === 0) writeForEver();
  adoptChild(child, 'kill');
  process.stdout.write(`${String(child)}\n`);
});
