import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPath, inFolder, runCommand } from '../support/command';
import { packageJson, readText } from '../support/repository';

/** What an option that asks for information prints; it must need no script and write nothing. */
function answer(...options: string[]): string {
  return inFolder(folder => {
    const run = runCommand(options, { cwd: folder });
    expect([run.status, run.stderr]).to.deep.equal([0, '']);
    expect(readdirSync(folder)).to.deep.equal([]);
    return run.stdout;
  });
}

describe('The options that ask for information', () => {
  it('say what the command is made of', () => {
    const text = answer('-B');
    expect(text).to.include(`mini-gem5 ${packageJson().version}\nNode `);
    expect(text).to.match(/^koffi \d+\.\d+\.\d+\nLinux /m);
    expect(answer('--build-info')).to.equal(text);
  });

  it('end quietly when nobody reads the rest of what they print', () => {
    const pipeline = `"${process.execPath}" "${commandPath}" --list-sim-objects | true`;
    const { status, stderr } = spawnSync('sh', ['-c', pipeline], { encoding: 'utf8' });
    expect([status, stderr]).to.deep.equal([0, '']);
  });

  it('say where statistics can go', () => {
    const text = answer('--stats-help');
    for (const part of ['text://FILE', 'json://FILE', 'desc=False']) expect(text).to.include(part);
  });

  it('list the classes, with parameters, types, defaults and ports', () => {
    const text = answer('--list-sim-objects');
    const classes = Array.from(text.matchAll(/^(\w+)/gm), ([name]) => name);
    expect(classes).to.include.members(['KvmVM', 'Root', 'SimpleMemory', 'System', 'X86KvmCPU']);
    expect(classes).to.deep.equal([...classes].sort());
    const memory = text.slice(text.indexOf('\nSimpleMemory'));
    expect(memory).to.match(/^ {8}latency: Latency = '30ns'\n {12}\S/m);
    expect(memory).to.match(/^ {8}port: ResponsePort\b/m);
  });

  it('print help without what goes without saying', () => {
    const text = answer('--help');
    expect(text).to.match(/^ {2}-d, --outdir <directory> +output directory \(default: "m5out"\)$/m);
    expect(text).to.not.include('(default: false)');
    const groups = ['Options:', 'Statistics:', 'Debugging:', 'Information:', 'Exit status:'];
    for (const group of groups) expect(text).to.match(new RegExp(`^${group}$`, 'm'));
  });
});

describe('docs/command.md', () => {
  it('names options and exit statuses that there are', () => {
    const help = answer('--help');
    const page = readText('docs/command.md');
    const options = Array.from(page.matchAll(/`(--?[a-z][a-z-]*)/g), ([, option]) => option ?? '');
    expect(options.length).to.be.greaterThan(10);
    for (const option of options) expect(help).to.match(new RegExp(`^ .*${option}\\b`, 'm'));
    for (const status of ['1', '2', '134']) {
      expect(help).to.match(new RegExp(`^  ${status} `, 'm'));
      expect(page).to.match(new RegExp(`^\\| ${status} \\|`, 'm'));
    }
  });
});

describe('mini-gem5 --interactive', () => {
  const script = `
import * as m5 from 'mini-gem5';
import { Root, SrcClockDomain, VoltageDomain } from 'mini-gem5/objects';
export const clk = new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() });
m5.instantiate(new Root({ fullSystem: false, clk }));
m5.simulate(1000);
`;

  /** The lines that the prompt answers with. */
  function dialogue(input: readonly string[], ...args: string[]): string[] {
    return inFolder(folder => {
      writeFileSync(join(folder, 'script.ts'), script);
      const run = runCommand(['-i', ...args], { cwd: folder, input: input.join('\n') + '\n' });
      expect(run.status, run.stderr).to.equal(0);
      expect(existsSync(join(folder, 'm5out', 'stats.txt'))).to.equal(args.length > 0);
      const answers = run.stdout.split('mini-gem5> ').slice(1);
      return answers.map(text => text.trim()).filter(text => text !== '');
    });
  }

  it('goes on with the script’s simulation', () => {
    const input = ['m5.simulate(500).cause', 'm5.curTick()', 'clk.simObject().clockPeriod()'];
    expect(dialogue(input, 'script.ts')).to.deep.equal([
      "'simulate() limit reached'",
      '1500',
      '1000',
    ]);
  });

  it('reports mistakes in one line, and goes on', () => {
    const input = ["new SimpleMemory({ latncy: '1ns' })", 'm5.curTick()'];
    expect(dialogue(input)).to.deep.equal([
      "Uncaught fatal: SimpleMemory has no parameter 'latncy' (did you mean 'latency'?)",
      '0',
    ]);
  });
});

describe('mini-gem5 --debug-break', () => {
  it('stops in the debugger before the rest of the tick, and warns where there is none', () => {
    inFolder(folder => {
      writeFileSync(
        join(folder, 'script.ts'),
        `import * as m5 from 'mini-gem5';
         import { Root } from 'mini-gem5/objects';
         m5.instantiate(new Root({ fullSystem: false }));
         m5.simulate(100);`,
      );
      const run = (env: NodeJS.ProcessEnv): string =>
        runCommand(['--debug-break', '10,20', 'script.ts'], { cwd: folder, env }).stderr;
      const warnings = run(process.env).trimEnd().split('\n');
      expect(warnings).to.have.length(2);
      expect(warnings[1]).to.match(/^warn: breakpoint at tick 20: no debugger/);
      // With an inspector and nobody at it, the statement has nobody to stop for.
      const inspected = run({ ...process.env, NODE_OPTIONS: '--inspect=127.0.0.1:0' });
      expect(inspected).to.include('Debugger listening');
      expect(inspected).to.not.include('warn');
    });
  });
});
