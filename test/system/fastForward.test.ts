/** Runs of configs/se.ts that change CPUs: checkpoints on the way, and what cannot be asked for. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { configPath, inFolder, runCommand } from '../support/command';
import { guestPath, type ProgramRun } from '../support/guests';

/** Runs the guest `m5` with its commands. */
function se(folder: string, commands: string, ...options: readonly string[]): ProgramRun {
  const args = [configPath('se.ts'), '-c', guestPath('m5'), '-o', commands, ...options];
  return runCommand(args, { cwd: folder });
}

const checkpointsIn = (folder: string): string[] =>
  readdirSync(join(folder, 'm5out')).filter(name => name.startsWith('cpt.'));

/** It asks for a checkpoint early, and does the rest only after it has waited for long. */
const COMMANDS = 'checkpoint then sum 1 2 then quiesce 100000 then sum 20 22 then exit';
const ENDED = /sum 3\n[^]*sum 42\n[^]*because m5_exit instruction encountered/;

describe('configs/se.ts with several CPUs', () => {
  it('makes the checkpoints that the guest asks for, in every stage, and goes on', () => {
    const plans: readonly (readonly [plan: string, switched: number])[] = [
      ['--fast-forward 40us --cpu-type TimingSimpleCPU --fast-forward-cpu AtomicSimpleCPU', 1],
      ['--fast-forward 1 --standard-switch 90000000 --cpu-type AtomicSimpleCPU', 2],
      ['--repeat-switch 10000000 --cpu-type TimingSimpleCPU --checkpoint-at-end', 3],
    ];
    for (const [plan, switched] of plans) {
      inFolder(folder => {
        const run = se(folder, COMMANDS, ...plan.split(' '));
        expect(run.status, run.stderr).to.equal(0);
        expect(run.stdout).to.match(ENDED);
        const count = run.stdout.split('switching cpus').length - 1;
        expect(count, plan).to.be.at.least(switched);
        expect(run.stdout.lastIndexOf('switching cpus')).to.be.above(run.stdout.indexOf('Writing'));
        expect(checkpointsIn(folder), plan).to.have.length(plan.includes('at-end') ? 2 : 1);
        // Only a CPU of the same name finds its state there.
        if (!plan.includes('40us')) return;
        const restored = se(folder, COMMANDS, '-r', '1', '--cpu-type', 'AtomicSimpleCPU');
        expect(restored.stdout, restored.stderr).to.match(ENDED);
      });
    }
  });

  it('makes one at the end also when that comes early', () => {
    inFolder(folder => {
      const run = se(folder, 'exit', '--fast-forward', '1000000', '--checkpoint-at-end');
      expect(run.stdout).to.include('because m5_exit');
      expect(checkpointsIn(folder)).to.have.length(1);
    });
  });

  it('says what cannot be asked for together, and what to do instead', () => {
    const kvm = ['-I', '1000', '--cpu-type', 'X86KvmCPU'];
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ['--take-checkpoints', '1,1', '--repeat-switch', '1000'],
        /Can't specify both --take-checkpoints and --repeat-switch$/m,
      ],
      [kvm, /^fatal: X86KvmCPU does not stop .* take AtomicSimpleCPU, which does$/m],
    ];
    for (const [options, message] of cases) {
      inFolder(folder => {
        const run = se(folder, 'exit', ...options);
        expect(run.status).to.equal(1);
        expect(run.stderr).to.match(message);
      });
    }
  });
});
