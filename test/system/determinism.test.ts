/** Two runs of one program on a software CPU are the same, byte for byte. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { configPath, inFolder, runCommand } from '../support/command';
import { guestPath } from '../support/guests';

/** Statistics of the host, which is another each time. */
const OF_HOST = /^(?:host\w+|\S*\.host\w+) .*\n/gm;

describe('Two runs on AtomicSimpleCPU', () => {
  for (const program of ['args', 'hello']) {
    it(`of ${program} give the same output, statistics and trace`, () => {
      inFolder(folder => {
        const run = (): Record<string, unknown> => {
          rmSync(join(folder, 'm5out'), { recursive: true, force: true });
          const flags = ['--debug-flags', 'Exec,-ExecSymbol', '--debug-file', 'trace.txt'];
          const script = [configPath('se.ts'), '--cpu-type', 'AtomicSimpleCPU'];
          const ended = runCommand([...flags, ...script, '-c', guestPath(program)], {
            cwd: folder,
          });
          const read = (file: string): string => readFileSync(join(folder, 'm5out', file), 'utf8');
          // A difference in megabytes of trace is told by its digest.
          const trace = read('trace.txt');
          expect(trace.length).to.be.greaterThan(10_000);
          const digest = createHash('sha256').update(trace).digest('hex');
          return { ...ended, stats: read('stats.txt').replace(OF_HOST, ''), digest };
        };
        const first = run();
        expect(first['stats']).to.match(/numInsts/);
        expect(run()).to.deep.equal(first);
      });
    });
  }
});
