import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPath, configPath, inFolder, runCommand, runScriptText } from '../support/command';
import { anElf, PT_INTERP, USUAL_SEGMENTS } from '../support/elf';
import { cpuParams, usualCpu } from '../support/guestCpu';
import { guestPath, type ProgramRun } from '../support/guests';

/** Expects one line that matches, a status that is not 0, and no JavaScript stack. */
function expectOneLine(run: ProgramRun, status: number, line: RegExp): void {
  expect(run.stderr.trimEnd().split('\n'), run.stderr).to.have.length(1);
  expect(run.stderr).to.match(line);
  expect(run.status).to.equal(status);
}

/** Runs configs/se.ts on a program, expecting that it is refused and that nothing is left behind. */
function expectRefused(folder: string, program: string, line: RegExp, ...more: string[]): void {
  const before = readdirSync(folder).sort();
  const run = runCommand([configPath('se.ts'), '-c', program, ...more], { cwd: folder });
  expectOneLine(run, 1, line);
  expect(readdirSync(folder).sort()).to.deep.equal(before);
}

/** A copy of the hello program with some bytes changed. */
function changedHello(folder: string, changes: Readonly<Record<number, number>>): string {
  const bytes = readFileSync(guestPath('hello'));
  for (const [offset, value] of Object.entries(changes)) bytes[Number(offset)] = value;
  const path = join(folder, 'program');
  writeFileSync(path, bytes);
  return path;
}

const tree = `
import * as m5 from 'mini-gem5';
import * as objects from 'mini-gem5/objects';
const { AddrRange, Process, Root, SEWorkload, SimpleMemory, SrcClockDomain, System } = objects;
const { SystemXBar, VoltageDomain } = objects;
const binary = ${JSON.stringify(guestPath('hello'))};
const system: any = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memRanges: [new AddrRange('64MiB')],
  ${cpuParams(usualCpu)}
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange('64MiB') }),
  workload: SEWorkload.initCompatible(binary),
});
system.cpu.icachePort = system.membus.cpuSidePorts;
system.cpu.dcachePort = system.membus.cpuSidePorts;
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;
system.cpu.workload = new Process({ cmd: [binary] });
`;

describe('A mistake in a script is answered by one line', () => {
  const mistakes: readonly (readonly [string, string, RegExp])[] = [
    [
      'an unknown parameter, with the nearest name',
      `new SimpleMemory({ latncy: '3ns' } as any);`,
      /^fatal: SimpleMemory has no parameter 'latncy' \(did you mean 'latency'\?\)$/m,
    ],
    [
      'a wrong unit',
      `system.memory.latency = '3MiB';`,
      /^fatal: cannot set <orphan System>\.memory\.latency: '3MiB' is not a valid latency/m,
    ],
    [
      'a missing required parameter',
      `m5.instantiate(new Root({ system }));`,
      /^fatal: root\.fullSystem without default or user set value$/m,
    ],
    [
      'an object outside the tree',
      `new System({ other: new SimpleMemory() });
       system.memories = [(new System({ lost: new SimpleMemory() }) as any).lost];
       m5.instantiate(new Root({ fullSystem: false, system }));`,
      /^fatal: system refers to a SimpleMemory outside the tree/m,
    ],
    [
      'memory that does not begin with a page',
      `system.memory.range = new AddrRange({ start: 0x805, size: '64MiB' });
       m5.instantiate(new Root({ fullSystem: false, system }));`,
      /^fatal: programs need memory that begins at a multiple of 4096, and there is \[0x805:0x4000805\]$/m,
    ],
    [
      'a CPU that has no program',
      `system.cpu.workload = [];
       m5.instantiate(new Root({ fullSystem: false, system }));`,
      /^fatal: system\.cpu has no program to run: set its workload, as in system\.cpu\.workload = /m,
    ],
    [
      'a checkpoint without a directory',
      `m5.checkpoint(undefined);`,
      /^fatal: m5\.checkpoint\(\) takes the path of a directory, not undefined$/m,
    ],
    [
      'an event without a function',
      `m5.event.create(5);`,
      /^fatal: m5\.event\.create\(\) takes a function, not 5$/m,
    ],
    [
      'a priority that there is none of',
      `m5.event.create(() => undefined, 1.5);`,
      /^fatal: m5\.event\.create\(\) takes a priority from -128 to 127, not 1\.5$/m,
    ],
    ['a cycle in the tree', `system.cpu.loop = system;`, /^fatal: .*the tree would have a cycle$/m],
    [
      'a port left unbound',
      `system.second = new SimpleMemory({ range: new AddrRange('64MiB', '128MiB') });
       m5.instantiate(new Root({ fullSystem: false, system }));`,
      /^fatal: port system\.second\.port is not connected/m,
    ],
    [
      'a port bound twice',
      `system.memory.port = system.membus.memSidePorts;`,
      /^fatal: port .*memory\.port is already connected to .*mem_side_ports\[0\]/m,
    ],
    [
      'an attribute that does not exist',
      `system.cpuu.icachePort = system.membus.cpuSidePorts;`,
      /^fatal: .*has no parameter, port or child 'cpuu' \(did you mean 'cpu'\?\)$/m,
    ],
    [
      'no instantiate()',
      `m5.simulate();`,
      /^fatal: m5\.instantiate\(root\) must be called before/m,
    ],
  ];
  for (const [what, script, line] of mistakes) {
    it(what, () => {
      inFolder(folder => {
        const run = runScriptText(tree + script, folder);
        expectOneLine(run, 1, line);
        expect(readdirSync(folder)).to.deep.equal(['script.ts']);
      });
    });
  }

  it('a script that is not there', () => {
    inFolder(folder => {
      const run = runCommand(['missing.ts'], { cwd: folder });
      expectOneLine(run, 1, /^fatal: cannot find the script 'missing\.ts'$/m);
    });
  });

  it('a working directory that is gone', () => {
    inFolder(folder => {
      const gone = join(folder, 'gone');
      mkdirSync(gone);
      const command = `rmdir ${gone} && exec "$@"`;
      const args = [process.execPath, commandPath, configPath('hello.ts')];
      const run = spawnSync('sh', ['-c', command, 'sh', ...args], { cwd: gone, encoding: 'utf8' });
      expect(run.stderr.trimEnd()).to.equal(
        'fatal: the working directory is not there any more; change to another',
      );
      expect(run.status).to.equal(1);
    });
  });

  it('a script that does not parse, with file, line and column', () => {
    inFolder(folder => {
      const run = runScriptText(`const a = 1;\nconst b = ;\n`, folder);
      expectOneLine(run, 1, /^fatal: syntax error at script\.ts:2:11: Expression expected$/m);
    });
  });

  it('a script with two declarations of a name, which V8 finds', () => {
    inFolder(folder => {
      const run = runScriptText(`const a = 1;\nconst a = 2;\n`, folder);
      const reason = "Identifier 'a' has already been declared";
      expectOneLine(run, 1, new RegExp(`^fatal: syntax error in script\\.ts: ${reason}$`, 'm'));
    });
  });

  it('a script that throws gets its own stack, once, at its own lines', () => {
    inFolder(folder => {
      const run = runScriptText(
        `function f(): void {\n  throw new Error('mine');\n}\nf();\n`,
        folder,
      );
      expect(run.status).to.equal(1);
      expect(run.stderr.match(/Error: mine/g)).to.have.length(1);
      expect(run.stderr).to.match(/at f \(.*script\.ts:2:9\)/);
      expect(run.stderr).to.not.match(/node:internal|dist\/cli/);
    });
  });

  it('a script that throws later, from a callback', () => {
    inFolder(folder => {
      const run = runScriptText(`setTimeout(() => {\n  throw new Error('late');\n}, 1);\n`, folder);
      expect(run.status).to.equal(1);
      expect(run.stderr.match(/Error: late/g)).to.have.length(1);
    });
  });

  it('an output directory that cannot be made', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'file'), '');
      const args = ['--outdir', 'file/out', configPath('hello.ts')];
      const run = runCommand(args, { cwd: folder });
      expectOneLine(
        run,
        1,
        /^fatal: cannot create output directory '.*file\/out': not a directory/m,
      );
    });
  });

  it('an output directory where nobody can make any', () => {
    inFolder(folder => {
      const run = runCommand(['--outdir', '/proc/none/out', configPath('hello.ts')], {
        cwd: folder,
      });
      expectOneLine(
        run,
        1,
        /^fatal: cannot create output directory '\/proc\/none\/out': no such file or directory/m,
      );
    });
  });

  it('an unknown option, with status 2', () => {
    inFolder(folder => {
      const run = runCommand(['--outdri', 'x', configPath('hello.ts')], { cwd: folder });
      expectOneLine(run, 2, /unknown option '--outdri'/);
    });
  });

  it('no script at all, with the help and status 2', () => {
    inFolder(folder => {
      const run = runCommand([], { cwd: folder });
      expect(run.status).to.equal(2);
      expect(run.stderr).to.match(/^Usage: mini-gem5/m);
    });
  });
});

describe('A program that cannot run is answered by one line', () => {
  it('missing', () => {
    inFolder(folder => {
      expectRefused(folder, './nothing', /^fatal: .*nothing does not exist/m);
    });
  });

  it('not readable, or a folder', () => {
    inFolder(folder => {
      mkdirSync(join(folder, 'folder'));
      expectRefused(folder, './folder', /^fatal: .*folder.*is a directory/im);
    });
  });

  it('not a program', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'text'), 'hello, this is not an ELF file\n'.repeat(10));
      expectRefused(folder, './text', /^fatal: .*text.*not an ELF file/im);
    });
  });

  it('truncated', () => {
    inFolder(folder => {
      const bytes = readFileSync(guestPath('hello'));
      writeFileSync(join(folder, 'short'), bytes.subarray(0, 3000));
      expectRefused(folder, './short', /^fatal: .*short.*truncated/im);
    });
  });

  it('32-bit', () => {
    inFolder(folder => {
      expectRefused(folder, changedHello(folder, { 4: 1 }), /^fatal: .*32-bit/m);
    });
  });

  it('for another machine', () => {
    inFolder(folder => {
      expectRefused(folder, changedHello(folder, { 18: 183 }), /^fatal: .*AArch64|machine/m);
    });
  });

  it('dynamically linked, its interpreter missing', () => {
    inFolder(folder => {
      const name = [...Buffer.from('/no/such/ld.so\0')];
      const header = { type: PT_INTERP, offset: 0x200, address: 0x40_0200, fileSize: name.length };
      const segments = [...USUAL_SEGMENTS, header];
      writeFileSync(join(folder, 'dynamic'), anElf({ segments, contents: [[0x200, name]] }));
      expectRefused(folder, './dynamic', /^fatal: .*interpreter \/no\/such\/ld.so does not exist/m);
    });
  });

  it('with a memory of no size', () => {
    inFolder(folder => {
      const run = runCommand([configPath('se.ts'), '--mem-size', 'foo'], { cwd: folder });
      expectOneLine(run, 2, /^error: option '--mem-size <size>' argument 'foo' is invalid/m);
    });
  });

  it('larger than the memory', () => {
    inFolder(folder => {
      const size = ['--mem-size', '64KiB'];
      expectRefused(folder, guestPath('hello'), /^fatal: .*memory/m, ...size);
    });
  });

  it('not named at all', () => {
    inFolder(folder => {
      const run = runCommand([configPath('se.ts')], { cwd: folder });
      expectOneLine(run, 1, /^fatal: no program to run: give one with -c/m);
    });
  });
});
