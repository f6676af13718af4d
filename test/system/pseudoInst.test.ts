import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { configPath, inFolder, runCommand } from '../support/command';
import { guestPath, type ProgramRun } from '../support/guests';

/** Runs the guest `m5` with its commands, on a real virtual CPU. */
function m5(
  folder: string,
  commands: string,
  options: readonly string[] = [],
  input?: string,
): ProgramRun {
  const args = [configPath('se.ts'), '-c', guestPath('m5'), '-o', commands, ...options];
  return runCommand(args, { cwd: folder, ...(input !== undefined && { input }) });
}

/** What the guest has printed, and why the run ended. */
function said(commands: string, ...options: readonly string[]): string[] {
  const { stdout, stderr } = inFolder(folder => m5(folder, commands, options));
  expect(stderr).to.equal('');
  const lines = stdout.trimEnd().split('\n');
  return lines
    .slice(lines.indexOf('**** REAL SIMULATION ****') + 1)
    .map(line => line.replace(/^Exiting @ tick \d+ because /, 'because '));
}

const TO_ITS_END = 'because exiting with last active thread context';

describe('A program in syscall emulation executes pseudo-instructions', () => {
  it('with results: sum, initParam, the time', () => {
    expect(said('sum 1 2 3 4 5 6 then rpns then initparam', '--init-param', '42')).to.deep.equal([
      ...['sum 21', 'time passes: yes', '42', TO_ITS_END],
    ]);
  });

  it('by gem5’s instruction as well, which is none to the processor', () => {
    expect(said('sum-by-instruction 40 2')).to.deep.equal(['sum 42, pause 0', TO_ITS_END]);
    inFolder(folder => {
      const { stdout, stderr, status } = m5(folder, 'bad-instruction');
      expect(stderr).to.equal('warn: unknown m5 op 0xff\n');
      expect(stdout).to.match(/because program killed by SIGILL/);
      expect(status).to.equal(128 + 4);
    });
  });

  it('that end the run at once, or later, or not before the program ends', () => {
    expect(said('exit then sum 1')).to.deep.equal(['because m5_exit instruction encountered']);
    expect(said('exit 1000000 then quiesce 5000000')).to.deep.equal([
      'because m5_exit instruction encountered',
    ]);
    expect(said('exit 60000000000 then sum 1')).to.deep.equal(['sum 1', TO_ITS_END]);
    expect(said('switchcpu then sum 1')).to.deep.equal(['because switchcpu']);
  });

  it('that end the run with a code, which becomes the exit status', () => {
    inFolder(folder => {
      const run = m5(folder, 'fail 7 then sum 1');
      expect(run.status).to.equal(7);
      expect(run.stdout).to.match(
        /because m5_fail instruction encountered\nSimulated exit code not 0! Exit code is 7\n$/,
      );
      expect(m5(folder, 'fail 256').status).to.equal(1);
    });
  });

  it('that let it wait in simulated time, by nanoseconds or cycles', () => {
    const commands = 'quiesce 3000000 then quiesce-cycles 2000 then sum 1';
    expect(said(commands)).to.deep.equal([
      'paused 3000000 ns, as long or longer by the clock',
      ...['paused 1000 ns', 'sum 1', TO_ITS_END],
    ]);
    expect(said('quiesce-forever')).to.deep.equal(['because simulate() limit reached']);
  });

  it('that dump and reset statistics', () => {
    inFolder(folder => {
      m5(folder, 'dumpstats then quiesce 10 then dumpresetstats then quiesce 10 then sum 1');
      const text = readFileSync(join(folder, 'm5out', 'stats.txt'), 'utf8');
      const ticks = [...text.matchAll(/^simTicks +(\d+) /gm)].map(([, value]) => Number(value));
      expect(ticks).to.have.length(3);
      expect(ticks[1]).to.be.greaterThan(ticks[0]!);
      const finals = [...text.matchAll(/^finalTick +(\d+) /gm)].map(([, value]) => Number(value));
      expect(ticks[2]).to.equal(finals[2]! - finals[1]!);
    });
  });

  it('that mark work, which is timed and can end the run', () => {
    inFolder(folder => {
      m5(folder, 'workbegin 3 then quiesce 1000 then workend 3');
      const text = readFileSync(join(folder, 'm5out', 'stats.txt'), 'utf8');
      expect(text).to.match(/^system\.work_item_type3::samples +1 /m);
      expect(text).to.match(/^system\.cpu\.numWorkItemsStarted +1 /m);
      expect(Number(/^system\.work_item_type3::mean +(\S+) /m.exec(text)?.[1])).to.be.at.least(1e6);
    });
    expect(said('workbegin 3', '--exit-on-work-items')).to.deep.equal([
      ...['because workbegin', 'Work id 3'],
    ]);
    expect(said('workbegin 1 then workend 1', '--work-end-exit-count', '1')).to.deep.equal([
      'because work items exit count reached',
    ]);
  });

  it('that read the file the user names', () => {
    inFolder(folder => {
      const text = Array.from({ length: 3000 }, (_, i) => `line ${String(i)}\n`).join('');
      writeFileSync(join(folder, 'input'), text);
      const run = m5(folder, 'readfile', ['--script', 'input']);
      expect(run.stdout).to.contain(text);
      const missing = m5(folder, 'readfile', ['--script', 'nowhere']);
      expect(missing.status).to.equal(1);
      expect(missing.stderr).to.match(/^fatal: system\.readfile: nowhere does not exist.*\n$/);
    });
  });

  it('that write files, in the output directory and nowhere else', () => {
    inFolder(folder => {
      const text = 'x'.repeat(10_000);
      expect(m5(folder, 'writefile out.txt', [], text).stdout).to.contain('written 10000 bytes');
      expect(readFileSync(join(folder, 'm5out', 'out.txt'), 'utf8')).to.equal(text);
      const outside = m5(folder, 'writefile ../outside', [], text);
      expect(outside.stdout).to.contain('written 0 of 4096 bytes');
      expect(outside.stderr).to.match(/^warn: .*may not write .*outside.*\n$/);
      expect(existsSync(join(folder, 'outside'))).to.equal(false);
    });
  });

  it('and goes on after those that it gets wrong', () => {
    inFolder(folder => {
      const commands = 'bad-address then unknown then workload then loadsymbol then wakecpu 9';
      const run = m5(folder, `${commands} then sum 1`);
      expect(run.status).to.equal(0);
      expect(run.stdout).to.match(/written 0 bytes\nread 0 bytes\nresult 0\nsum 1\n/);
      expect(run.stderr.trimEnd().split('\n')).to.have.length(6);
    });
  });

  it('and stops the simulator where it asks for that, with the registers', () => {
    inFolder(folder => {
      const run = m5(folder, 'panic');
      expect(run.status).to.equal(134);
      expect(run.stderr).to.match(/^panic: M5 panic instruction called at 0x4\w+ .*\n +rax /);
    });
  });

  /** Runs one where the m5ops are at an address that is given. */
  const withBase = (base: string, ...args: readonly string[]): ProgramRun =>
    inFolder(folder => {
      const script = readFileSync(configPath('se.ts'), 'utf8')
        .replace(/m5opsBase: .*/, `m5opsBase: ${base},`)
        .replaceAll("'./common/", `'${configPath('common')}/`);
      writeFileSync(join(folder, 'script.ts'), script);
      const words = ['script.ts', '-c', guestPath('m5'), '-o', 'sum 1', ...args];
      return runCommand(words, { cwd: folder });
    });

  it('unless they are nowhere, or where they cannot be', () => {
    const none = withBase('0').stdout;
    expect(none).to.contain('program killed by SIGSEGV: read of 0xffffc90000002300');
    expect(withBase('0xffff0800').stderr).to.match(
      /^fatal: .*0xffff0800 is not a multiple of 4096/,
    );
  });

  it('unless memory is where they are, which nobody would leave to them', () => {
    for (const args of [[], ['--cpu-type', 'AtomicSimpleCPU']]) {
      const { stderr } = withBase('0x100000', ...args);
      expect(stderr).to.match(/^(?:info: .*\n)?fatal: .*hides the m5ops .*set m5opsBase/);
    }
  });
});
