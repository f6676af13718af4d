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
    /** Options of a run, how often it switches at least; the same of a restore, and how often exactly. */
    const plans = [
      {
        plan: '--fast-forward 40us --cpu-type TimingSimpleCPU --fast-forward-cpu AtomicSimpleCPU',
        switches: 1,
        restore: '--restore-with-cpu AtomicSimpleCPU --cpu-type TimingSimpleCPU',
        restoredSwitches: 1,
      },
      {
        plan: '--fast-forward 1 --standard-switch 90000000 --cpu-type AtomicSimpleCPU',
        switches: 2,
        restore: '--cpu-type AtomicSimpleCPU',
        restoredSwitches: 0,
      },
      {
        plan: '--repeat-switch 10000000 --cpu-type TimingSimpleCPU --checkpoint-at-end',
        switches: 3,
        restore: '--standard-switch 9000000',
        restoredSwitches: 2,
      },
    ];
    const switchesOf = ({ stdout }: ProgramRun): number =>
      stdout.split('switching cpus').length - 1;
    for (const { plan, switches, restore, restoredSwitches } of plans) {
      inFolder(folder => {
        const run = se(folder, COMMANDS, ...plan.split(' '));
        expect(run.status, run.stderr).to.equal(0);
        expect(run.stdout).to.match(ENDED);
        expect(switchesOf(run), plan).to.be.at.least(switches);
        expect(run.stdout.lastIndexOf('switching cpus')).to.be.above(run.stdout.indexOf('Writing'));
        expect(checkpointsIn(folder), plan).to.have.length(plan.includes('at-end') ? 2 : 1);
        // Whatever CPU had the thread then.
        const restored = se(folder, COMMANDS, '-r', '1', ...restore.split(' '));
        expect(restored.stdout, restored.stderr).to.match(ENDED);
        expect(switchesOf(restored), restore).to.equal(restoredSwitches);
        // Nothing is lost with the CPUs that there are none of any more.
        expect(restored.stderr, restore).to.equal('');
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

  it('refuses ticks that are no numbers', () => {
    inFolder(folder => {
      for (const ticks of [',5000', '5000,', '1,0', '1,2,3']) {
        const run = se(folder, 'exit', '--take-checkpoints', ticks);
        expect(run.status).to.equal(2);
        expect(run.stderr).to.include('Give two numbers of ticks, such as 1000000,5000000.');
      }
    });
  });

  it('says what cannot be asked for together, and what to do instead', () => {
    const kvm = ['-I', '1000', '--cpu-type', 'X86KvmCPU'];
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ['--take-checkpoints', '1,1', '--repeat-switch', '1000'],
        /Can't specify both --take-checkpoints and --repeat-switch$/m,
      ],
      [['--restore-with-cpu', 'FastCPU'], /^fatal: CPU type FastCPU is unknown; there are /m],
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
