/**
 * Software CPUs in a system with so much memory that what they work with, which lies behind it, has
 * addresses that are negative as signed numbers.
 */
import { expect } from 'chai';
import { configPath, inFolder, runCommand } from '../support/command';
import { guestPath, type ProgramRun } from '../support/guests';

const MODELS = ['AtomicSimpleCPU', 'TimingSimpleCPU'];
/** Calls helpers, has handlers called and jumped to, faults, and writes to its own code and across pages. */
const PROGRAMS = [['hello'], ['traps'], ['kernels', 'rewrite', '1']] as const;

function run(model: string, [name, ...args]: readonly string[], size: string): ProgramRun {
  const options = ['--cpu-type', model, '--mem-size', size, '-c', guestPath(name ?? '')];
  const words = [configPath('se.ts'), ...options, '--argv0', 'program', '--', ...args];
  return inFolder(cwd => runCommand(words, { cwd }));
}

describe('More than 2 GiB of memory', () => {
  for (const model of MODELS) {
    it(`change nothing for programs on ${model}`, () => {
      const few = model === 'TimingSimpleCPU' ? PROGRAMS.slice(0, 2) : PROGRAMS;
      for (const program of few) {
        const expected = run(model, program, '64MiB');
        expect(expected.status, expected.stderr).to.equal(0);
        expect(run(model, program, '2304MiB')).to.deep.equal(expected);
      }
    });
  }

  it('may be as much as generated code can address', () => {
    const { status, stdout, stderr } = run('AtomicSimpleCPU', ['hello'], '4032MiB');
    expect(status, stderr).to.equal(0);
    expect(stdout).to.include('Hello, world!\n');
  });
});
