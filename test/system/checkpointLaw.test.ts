import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkpointScript, type ScriptResult } from '../support/checkpointScript';
import { inFolder, runCommand } from '../support/command';
import { usualCpu } from '../support/guestCpu';
import { guestPath, type ProgramRun } from '../support/guests';

interface Run extends ScriptResult {
  readonly stdout: string;
}

/** Runs the script to its end, in a process of its own. */
function run(folder: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const done = attempt(folder, words, env);
  expect(done.status, done.stderr).to.equal(0);
  const last = done.stderr.trimEnd().split('\n').at(-1) ?? '';
  return { ...(JSON.parse(last) as ScriptResult), stdout: programOutput(done.stdout) };
}

function attempt(
  folder: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ProgramRun {
  writeFileSync(join(folder, 'script.ts'), checkpointScript);
  return runCommand(['script.ts', ...words], { cwd: folder, env: { ...process.env, ...env } });
}

/** What the program has written, without what the simulator says. */
function programOutput(text: string): string {
  return text
    .split('\n')
    .filter(line => !/^(Global frequency|Writing checkpoint)/.test(line))
    .join('\n');
}

const file = (directory: string, name: string): Buffer => readFileSync(join(directory, name));
const IMAGE = 'system.physmem.store0.img';

describe('A program that is saved and restored', () => {
  const programs: readonly (readonly [name: string, ...args: string[]])[] = [
    ['compute', '300'],
    ['malloc', '24'],
    ['syscallLoop', '20000'],
    ['files', '.'],
    ['args', '0', 'one', 'two words'],
  ];

  for (const [name, ...args] of programs) {
    it(`at any point ends as if nothing had happened: ${name}`, () => {
      inFolder(folder => {
        const env = { WRITABLE: folder };
        const program = guestPath(name);
        const whole = run(folder, [program, '-', '-', '-', ...args], env);
        const point = fc.integer({ min: 0, max: Math.floor(whole.tick * 0.9) });
        fc.assert(
          fc.property(point, fc.nat(1_000_000), (a, b) => {
            const first = join(folder, 'first');
            const second = join(folder, 'second');
            const begun = run(folder, [program, '-', String(a), first, ...args], env);
            // How far a program gets in so many ticks depends on the host.
            fc.pre(begun.cause === 'simulate() limit reached');
            const more = run(folder, [program, first, String(b), second, ...args], env);
            fc.pre(more.cause === 'simulate() limit reached');
            const rest = run(folder, [program, second, '-', '-', ...args], env);
            expect(begun.stdout + more.stdout + rest.stdout).to.equal(whole.stdout);
            expect([rest.cause, rest.code]).to.deep.equal([whole.cause, whole.code]);
            expect(begun.calls + more.calls + rest.calls).to.equal(whole.calls);
            // What stat(2) says of files of the host changes from run to run.
            if (name !== 'files') expect(rest.memory).to.equal(whole.memory);
            expect(rest.registers).to.deep.equal(whole.registers);
          }),
          { numRuns: 3, endOnFailure: true },
        );
      });
    });
  }

  it('at any point ends at the same tick with the same statistics on a CPU without KVM', () => {
    inFolder(folder => {
      const env = { CPU: 'atomic', RESTORE_STATS: '1' };
      const words = [guestPath('syscallLoop'), '-', '-', '-', '400'];
      const whole = run(folder, words, env);
      const [program = '', , , , ...args] = words;
      fc.assert(
        fc.property(fc.nat(whole.tick - 1), a => {
          const directory = join(folder, 'cpt');
          const begun = run(folder, [program, '-', String(a), directory, ...args], env);
          const rest = run(folder, [program, directory, '-', '-', ...args], env);
          expect(begun.stdout + rest.stdout).to.equal(whole.stdout);
          const { stdout: _rest, ...end } = rest;
          const { stdout: _whole, ...expected } = whole;
          expect(end).to.deep.equal(expected);
        }),
        { numRuns: 3, endOnFailure: true },
      );
    });
  });

  it('is saved as the same bytes twice, and again when it is restored and saved', () => {
    inFolder(folder => {
      const program = guestPath('malloc');
      const [a, b, c] = ['a', 'b', 'c'].map(name => join(folder, name));
      run(folder, [program, '-', '2000000000', `${a ?? ''},${b ?? ''}`, '24']);
      run(folder, [program, a ?? '', '-1', c ?? '', '24']);
      for (const name of ['m5.cpt.pb', IMAGE]) {
        const bytes = file(a ?? '', name);
        expect(file(b ?? '', name).equals(bytes), `${name}, saved twice`).to.equal(true);
        expect(file(c ?? '', name).equals(bytes), `${name}, restored and saved`).to.equal(true);
      }
    });
  });

  it('can be moved elsewhere, and needs nothing but its directory', () => {
    inFolder(folder => {
      const program = guestPath('compute');
      const [old, moved] = ['old', 'moved'].map(name => join(folder, name));
      run(folder, [program, '-', '100000000', old ?? '', '100']);
      cpSync(old ?? '', moved ?? '', { recursive: true });
      rmSync(old ?? '', { recursive: true });
      expect(run(folder, [program, moved ?? '', '-', '-', '100']).stdout).to.match(/^rounds 100 /m);
    });
  });
});

describe('A restore into another system', () => {
  it('is a clear error that names what does not fit', () => {
    inFolder(folder => {
      const program = guestPath('compute');
      const directory = join(folder, 'cpt');
      run(folder, [program, '-', '100000000', directory, '100']);
      const restore = (env: NodeJS.ProcessEnv, other = program): ProgramRun =>
        attempt(folder, [other, directory, '-', '-', '100'], env);
      const cases: readonly (readonly [ProgramRun, RegExp])[] = [
        [
          restore({ MEM_SIZE: '256MiB' }),
          /system\.physmem\.store0': the memory had 536870912 bytes/,
        ],
        [
          restore({ CPU_NAME: 'cpu2' }),
          new RegExp(`no state of system\\.cpu2 .*it has state of system\\.cpu \\(${usualCpu}\\)`),
        ],
        [
          restore({}, guestPath('malloc')),
          /malloc is not the program of the checkpoint, which was .*compute$/m,
        ],
      ];
      for (const [done, message] of cases) {
        expect(done.status, done.stderr).to.equal(1);
        expect(done.stderr).to.match(message);
        expect(done.stderr).not.to.include('    at ');
      }
    });
  });

  it('is a clear error when there is no checkpoint', () => {
    inFolder(folder => {
      const done = attempt(folder, [guestPath('hello'), join(folder, 'nothing'), '-', '-']);
      expect(done.status).to.equal(1);
      expect(done.stderr).to.match(/nothing\/m5\.cpt\.pb: opening it failed: no such file/);
    });
  });
});
