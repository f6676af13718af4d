/**
 * Saves a system with so much memory, or restores it and prints, as JSON, when the guest has run its
 * first instructions, in milliseconds since the start of the process and since the restore began.
 *
 *     mini-gem5 bench/scripts/restoreStart.ts PROGRAM MIB save|restore DIRECTORY
 */
import * as m5 from 'mini-gem5';
import { AddrRange } from 'mini-gem5/objects';
import { programOnKvm } from './programOnKvm';

const [binary = '', mebibytes = '64', action = 'save', directory = ''] = process.argv.slice(2);
const bytes = Number(mebibytes) * 2 ** 20;
const range = new AddrRange(`${mebibytes}MiB`);
const { system, root } = programOnKvm(binary, range);
const start = performance.now();
m5.instantiate(root, action === 'restore' ? directory : undefined);
if (action === 'restore') {
  m5.simulate(1); // as long as the shortest run of the guest
  const now = performance.now();
  console.log(JSON.stringify({ sinceProcess: now, sinceRestore: now - start }));
} else {
  m5.simulate(1e9);
  const block = system.simObject().physicalMemory.storeFor(0);
  // The program lies at the bottom of memory; a quarter of it is filled.
  for (let at = bytes / 2; at < (bytes * 3) / 4; at += 8)
    if (block !== undefined) block.bytes[at] = 1;
  m5.checkpoint(directory);
}
