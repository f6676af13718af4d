/**
 * Forks a simulation again and again and prints, as JSON, the least milliseconds that the parent waited
 * and that a child took to its first instructions of the guest, and the parent's wait for the start of
 * a background checkpoint.
 *
 *     mini-gem5 bench/scripts/forkPause.ts PROGRAM MIB ROUNDS
 */
import * as m5 from 'mini-gem5';
import { AddrRange } from 'mini-gem5/objects';
import { programOnKvm } from './programOnKvm';

const [binary = '', mebibytes = '64', rounds = '5'] = process.argv.slice(2);
const TOUCHED = Number(mebibytes) << 20;
const PAGE_BYTES = 4096;
/** The program lies at the bottom of memory. */
const OFFSET = 64 << 20;

const range = new AddrRange(`${String(Number(mebibytes) + 128)}MiB`);
const { system, root } = programOnKvm(binary, range);
m5.instantiate(root);
m5.simulate(1e9);

function touch(value: number): void {
  const block = system.simObject().physicalMemory.storeFor(0);
  if (block === undefined) throw new Error('there is no memory');
  for (let at = OFFSET; at < OFFSET + TOUCHED; at += PAGE_BYTES) block.bytes[at] = value;
}

async function main(): Promise<void> {
  let pause = Infinity;
  let first = Infinity;
  for (let round = 0; round < Number(rounds); round++) {
    touch(round + 1);
    const start = performance.now();
    const child = m5.forkEach([round], () => {
      m5.simulate(1); // as long as the shortest run of the guest
      return performance.now() - start;
    });
    pause = Math.min(pause, performance.now() - start);
    const [outcome] = await child;
    if (outcome?.status !== 'done') throw new Error(JSON.stringify(outcome));
    first = Math.min(first, outcome.result);
  }
  let checkpoint = Infinity;
  for (let round = 0; round < Number(rounds); round++) {
    touch(-round);
    const start = performance.now();
    const written = m5.checkpointInBackground('checkpoint');
    checkpoint = Math.min(checkpoint, performance.now() - start);
    await written;
  }
  console.log(JSON.stringify({ pause, first, checkpoint }));
}

void main();
