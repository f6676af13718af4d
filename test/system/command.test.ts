import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPath, configPath, inFolder, runCommand } from '../support/command';
import { guestPath, runProgram } from '../support/guests';
import { itWithKvm, noKvm } from '../support/kvm';
import { packageJson } from '../support/repository';

describe('mini-gem5 configs/hello.ts', () => {
  it('prints what gem5’s first example prints, around what the program prints', () => {
    inFolder(folder => {
      const run = runProgram(process.execPath, [commandPath, configPath('hello.ts')], {
        cwd: folder,
      });
      // Which CPU it is needs to be said only where it is not KVM's.
      const note = /^info: Running on AtomicSimpleCPU, since KVM cannot be used: \/dev\/kvm .*\n$/;
      expect(run.stderr).to.match(noKvm === null ? /^$/ : note);
      expect(run.status).to.equal(0);
      const lines = run.stdout.trimEnd().split('\n');
      expect(lines[0]).to.match(
        new RegExp(`^mini-gem5 ${packageJson().version.replaceAll('.', '\\.')}`),
      );
      const body = lines.slice(
        lines.indexOf('Global frequency set at 1000000000000 ticks per second'),
      );
      expect(body[1]).to.equal('Beginning simulation!');
      expect(body[2]).to.match(/^Hello, world!/);
      const exit = 'because exiting with last active thread context';
      expect(body.at(-1)).to.match(new RegExp(`^Exiting @ tick [1-9]\\d* ${exit}$`));
    });
  });

  it('writes configuration and statistics, and nothing else', () => {
    inFolder(folder => {
      runCommand([configPath('hello.ts')], { cwd: folder });
      expect(readdirSync(folder)).to.deep.equal(['m5out']);
      expect(readdirSync(join(folder, 'm5out'))).to.include.members([
        'config.ini',
        'config.json',
        'stats.txt',
      ]);
    });
  });

  it('writes statistics that gem5’s parsers read', () => {
    inFolder(folder => {
      runCommand([configPath('hello.ts')], { cwd: folder });
      const text = readFileSync(join(folder, 'm5out', 'stats.txt'), 'utf8');
      expect(text).to.match(/^\n-{10} Begin Simulation Statistics -{10}\nsimSeconds /);
      const value = (name: string): number =>
        Number(new RegExp(`^${name.replaceAll('.', '\\.')} +(\\S+) `, 'm').exec(text)?.[1]);
      expect(value('simTicks')).to.be.greaterThan(0);
      expect(value('finalTick')).to.equal(value('simTicks'));
      expect(value('simFreq')).to.equal(1e12);
      expect(value('hostMemory')).to.be.greaterThan(512 * 1024 * 1024);
      expect(value('hostSeconds')).to.be.greaterThan(0);
      const work = noKvm === null ? 'numVMExits' : 'commitStats0.numInsts';
      expect(value(`system.cpu.${work}`)).to.be.greaterThan(2);
      expect(value('system.cpu.numCycles')).to.be.greaterThan(0);
      expect(value('system.clk_domain.clock')).to.equal(1000);
    });
  });
});

describe('mini-gem5 configs/se.ts', () => {
  it('splits the words of -o as a shell does', () => {
    inFolder(folder => {
      const words = `0 one 'two words' "it's" three\\ four`;
      const args = [configPath('se.ts'), '-c', guestPath('args'), '-o', words];
      const run = runCommand(args, { cwd: folder });
      for (const word of ['one', 'two words', "it's", 'three four']) {
        expect(run.stdout).to.match(new RegExp(`argv\\[\\d\\] = <${word}>`));
      }
    });
  });

  it('gives the program another argv[0]', () => {
    inFolder(folder => {
      const args = [configPath('se.ts'), '-c', guestPath('hello'), '--argv0', 'renamed'];
      expect(runCommand(args, { cwd: folder }).stdout).to.match(/^argv\[0\] = renamed$/m);
    });
  });

  it('adds environment lines, given or in a file', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'lines'), 'FROM_FILE=1\nAND=two words\n');
      const env = ['--env', 'FROM_LINE=yes', '--env', 'lines'];
      const run = runCommand([configPath('se.ts'), '-c', guestPath('args'), ...env], {
        cwd: folder,
      });
      for (const line of ['FROM_LINE=yes', 'FROM_FILE=1', 'AND=two words']) {
        expect(run.stdout).to.include(line);
      }
    });
  });

  it('connects the program to the terminal’s standard input and output', () => {
    inFolder(folder => {
      const args = [configPath('se.ts'), '-c', guestPath('cat')];
      const run = runCommand(args, { cwd: folder, input: 'line one\nline two\n' });
      expect(run.stdout).to.include('line one\nline two\n');
      expect(run.status).to.equal(0);
    });
  });

  it('ends with the program’s exit code', () => {
    inFolder(folder => {
      const run = runCommand([configPath('se.ts'), '-c', guestPath('args'), '-o', '42'], {
        cwd: folder,
      });
      expect(run.status).to.equal(42);
    });
  });

  it('names signal, address and instruction of a program that faults, and writes statistics', () => {
    inFolder(folder => {
      const args = [configPath('se.ts'), '-c', guestPath('faults'), '-o', 'null-read'];
      const run = runCommand(args, { cwd: folder });
      expect(run.status).to.equal(128 + 11);
      expect(run.stdout + run.stderr).to.match(/SIGSEGV.*0x8\b.*rip 0x[0-9a-f]+/i);
      expect(readFileSync(join(folder, 'm5out', 'stats.txt'), 'utf8')).to.match(/^simTicks/m);
    });
  });

  it('stops at the tick of --abs-max-tick', () => {
    inFolder(folder => {
      const args = ['-m', '50000000000', '-c', guestPath('spin')];
      const run = runCommand([configPath('se.ts'), ...args], { cwd: folder });
      expect(run.stdout).to.match(/Exiting @ tick 50000000000 because simulate\(\) limit reached/);
    });
  });

  it('ends by Ctrl-C, writing statistics, when the program never does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-test-'));
    const command = [commandPath, '--quiet', '--outdir', folder, configPath('se.ts')];
    const child = spawn(process.execPath, [...command, '-c', guestPath('spin')]);
    let stdout = '';
    let interrupted = false;
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      // The program itself says when it has begun.
      if (!stdout.includes('spinning') || interrupted) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    const status = await new Promise(resolve => child.on('exit', resolve));
    expect(stdout).to.match(/because user interrupt received/);
    expect(status).to.equal(130);
    const stats = readFileSync(join(folder, 'stats.txt'), 'utf8');
    rmSync(folder, { recursive: true });
    expect(stats).to.match(/^simTicks/m);
  });
});

describe('mini-gem5 --redirect-stdout', () => {
  it('puts what script, program and simulator print into files, in order', () => {
    inFolder(folder => {
      const args = ['-r', '-e', configPath('se.ts'), '-c', guestPath('cat')];
      const run = runCommand(args, { cwd: folder, input: 'copied\n' });
      expect(run.stdout).to.match(
        /^Redirecting stdout to .*m5out\/simout\.txt\nRedirecting stderr/,
      );
      expect(run.stdout).to.not.include('copied');
      const written = (name: string): string => readFileSync(join(folder, 'm5out', name), 'utf8');
      expect(written('simout.txt')).to.match(/REAL SIMULATION.*\ncopied\nExiting @ tick/);
      expect(written('simerr.txt')).to.match(/^(?:info: Running on .*\n)?cat: 7 bytes\n$/);
    });
  });

  it('puts both into one file when only output is redirected, silently when asked', () => {
    inFolder(folder => {
      const options = ['--silent-redirect', '--redirect-stdout', '--stdout-file', 'all.txt'];
      const args = [...options, configPath('se.ts'), '-c', guestPath('cat')];
      const run = runCommand(args, { cwd: folder, input: 'copied\n' });
      expect([run.stdout, run.stderr]).to.deep.equal(['', '']);
      const all = readFileSync(join(folder, 'm5out', 'all.txt'), 'utf8');
      expect(all).to.match(/copied\ncat: 7 bytes\nExiting @ tick/);
    });
  });
});

describe('mini-gem5 doctor', () => {
  itWithKvm('says that KVM can be used here, and what kind it is', () => {
    inFolder(folder => {
      const run = runCommand(['doctor'], { cwd: folder });
      expect(run.stdout).to.match(/^KVM can be used\.$/m);
      expect(run.stdout).to.match(/^KVM module +kvm/m);
      expect(run.stdout).to.match(/^Node +v\d+/m);
      expect(run.stdout).to.match(/^koffi +\d+\.\d+/m);
      expect(run.status).to.equal(0);
    });
  });
});

describe('mini-gem5 --help', () => {
  it('lists options, examples and exit statuses', () => {
    inFolder(folder => {
      const run = runCommand(['--help'], { cwd: folder });
      expect(run.status).to.equal(0);
      for (const part of ['--outdir', '--debug-flags', 'Examples:', 'Exit status:', 'doctor']) {
        expect(run.stdout).to.include(part);
      }
    });
  });
});
