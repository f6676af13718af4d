import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { aMultibootHeader, anElfImage, HALT } from '../support/bootImages';
import { commandPath, configPath, inFolder, runCommand } from '../support/command';
import { guestPath, type ProgramRun } from '../support/guests';
import { describeWithKvm } from '../support/kvm';
import { parseTimeline } from '../support/timeline';
import { connected } from '../support/unixSocket';

const SCRIPT = configPath('baremetal.ts');
const MULTIBOOT = guestPath('bareMultiboot');

/** Runs an image on a real virtual CPU. */
function run(folder: string, args: readonly string[], input?: string): ProgramRun {
  const options = { cwd: folder, ...(input !== undefined && { input }) };
  return runCommand([SCRIPT, ...args], options);
}

/** The same in a folder of its own. */
function runOnce(args: readonly string[], input?: string): ProgramRun {
  return inFolder(folder => run(folder, args, input));
}

/** What is printed between the first line and the last one. */
function body({ stdout }: ProgramRun): string {
  return stdout.replace(/^.*\n/, '').replace(/Exiting @ tick.*\n$/, '');
}

describeWithKvm('mini-gem5 configs/baremetal.ts runs', () => {
  for (const mode of ['atomic_noncaching', 'timing']) {
    it(`a Multiboot image that takes timer interrupts, in memory mode ${mode}`, () => {
      const args = ['--kernel', MULTIBOOT, '-a', 'ticks=20', '--mem-mode', mode];
      const result = runOnce([...args, '--mem-size', '64MiB']);
      expect(body(result)).to.equal(
        `command line: ${MULTIBOOT} ticks=20\n` +
          'memory: 640 KiB, 64512 KiB\n20 timer interrupts\n',
      );
      expect(result.stdout).to.match(/Exiting @ tick [1-9]\d* because isa-debug-exit\n$/);
      expect(result.status).to.equal(1);
    });
  }

  it('it so that in timing mode the CPU waits for devices, and in atomic mode never', () => {
    inFolder(folder => {
      const pending = (mode: string): number => {
        const file = join(folder, `${mode}.json`);
        const args = ['--trace-out', file, SCRIPT, '--kernel', MULTIBOOT, '-a', 'ticks=0'];
        expect(runCommand([...args, '--mem-mode', mode], { cwd: folder }).status).to.equal(1);
        const records = parseTimeline(readFileSync(file, 'utf8'));
        return records.filter(({ name }) => name === 'RunningMMIOPending').length;
      };
      expect(pending('timing')).to.be.greaterThan(100);
      expect(pending('atomic_noncaching')).to.equal(0);
    });
  });

  it('a Multiboot image with its modules and exit status', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'first'), 'abc');
      writeFileSync(join(folder, 'second'), Buffer.alloc(10_000, 1));
      const modules = ['--module', 'first one two', '--module', 'second'];
      const result = run(folder, ['-k', MULTIBOOT, '-a', 'ticks=0 status=20', ...modules]);
      expect(result.stdout).to.contain(
        'module first one two: 3 bytes, sum 294\nmodule second: 10000 bytes, sum 10000\n',
      );
      expect(result.status).to.equal(41);
    });
  });

  it('a flat binary in real mode', () => {
    const result = runOnce(['--kernel', guestPath('bareReal')]);
    expect(body(result)).to.equal('16 bits at 0x7c00\n30 + 12 = 42\n');
    expect(result.status).to.equal(0x15 * 2 + 1);
  });

  it('a 64-bit ELF file in long mode, which executes pseudo-instructions', () => {
    for (const mode of ['atomic_noncaching', 'timing']) {
      inFolder(folder => {
        writeFileSync(join(folder, 'input'), 'some text');
        const args = ['--kernel', guestPath('bareLong'), '--script', 'input', '--mem-mode', mode];
        const result = run(folder, args);
        expect(body(result)).to.equal(
          'long mode: yes\nsum by memory: yes\nsum by port: yes\na pause: yes\n' +
            'file written: yes\nread: 9 bytes some text\n',
        );
        const written = readFileSync(join(folder, 'm5out', 'bare.txt'), 'utf8');
        expect(written).to.equal('written by a bare machine\n');
      });
    }
  });

  it('a program to its m5_exit', () => {
    const result = runOnce(['--kernel', guestPath('bareLong'), '-a', 'm5_exit']);
    expect(result.stdout).to.match(/because m5_exit instruction encountered\n$/);
    expect(result.status).to.equal(0);
  });

  it('a program that starts the other processors', () => {
    for (const mode of ['atomic_noncaching', 'timing']) {
      const args = ['-k', MULTIBOOT, '-a', 'processors=4 ticks=5', '--num-cpus', '4'];
      const result = runOnce([...args, '--mem-mode', mode]);
      expect(body(result)).to.match(/\n4 processors\n5 timer interrupts\n$/);
    }
    expect(runOnce(['-k', MULTIBOOT, '--num-cpus', '0']).stderr).to.match(/^fatal: --num-cpus 0/);
  });

  it('a program with more memory than fits below the devices', () => {
    const result = runOnce(['-k', MULTIBOOT, '-a', 'ticks=1', '--mem-size', '5GiB']);
    expect(result.stdout).to.contain(`memory: 640 KiB, ${String(3 * 2 ** 20 - 1024)} KiB\n1 timer`);
  });
});

describeWithKvm('mini-gem5 configs/baremetal.ts saves and restores', () => {
  it('interrupt controllers, timer and local APICs of the kernel, of two processors', () => {
    inFolder(folder => {
      const machine = ['-k', MULTIBOOT, '-a', 'processors=2 ticks=60', '--num-cpus', '2'];
      const often = ['--take-checkpoints', '20000000000,1000000000000000'];
      const [before, after] = body(run(folder, [...machine, ...often])).split(
        'Writing checkpoint\n',
      );
      expect(`${before ?? ''}${after ?? ''}`).to.match(/\n2 processors\n60 timer interrupts\n$/);
      const directory = join('m5out', 'cpt.20000000000');
      const inspect = (section: string): string =>
        runCommand(['checkpoint', 'inspect', directory, section], { cwd: folder }).stdout;
      expect(inspect('system.kvm_vm')).to.match(/irqChip0=[^]*irqChip1=[^]*irqChip2=[^]*pit=/);
      expect(inspect('system.cpu1.xc.0')).to.match(/lapic/);
      const restored = run(folder, [...machine, '-r', '1']);
      expect(body(restored)).to.equal(after);
    });
  });

  it('no chips of the kernel in a machine that has others', () => {
    const message = (saved: string, built: string): string =>
      inFolder(folder => {
        const machine = ['-k', MULTIBOOT, '-a', 'ticks=0'];
        const once = ['--take-checkpoints', '1000000,1000000000000000'];
        expect(run(folder, [...machine, '--kernel-chips', saved, ...once]).status).to.equal(1);
        const restored = run(folder, [...machine, '--kernel-chips', built, '-r', '1']);
        expect(restored.status).to.equal(1);
        return (
          /^fatal: checkpoint section 'system.kvm_vm': (.*); build /m.exec(restored.stderr)?.[1] ??
          ''
        );
      });
    const controllers = "KVM's interrupt controllers, which this machine";
    expect(message('irqchip', 'none')).to.equal(`the checkpoint has ${controllers} lacks`);
    expect(message('none', 'irqchip')).to.equal(`the checkpoint lacks ${controllers} has`);
    const timer = "KVM's interval timer, which this machine";
    expect(message('irqchip_pit', 'irqchip')).to.equal(`the checkpoint has ${timer} lacks`);
    expect(message('irqchip', 'irqchip_pit')).to.equal(`the checkpoint lacks ${timer} has`);
  });

  it('a machine at the work item that an option names', () => {
    inFolder(folder => {
      // cli; xor %ax, %ax; xor %edi, %edi; xor %esi, %esi: the work item
      const start = [0xfa, 0x31, 0xc0, 0x66, 0x31, 0xff, 0x66, 0x31, 0xf6];
      const workBegin = [0xb0, 0x5a, 0xe6, 0xf8];
      const print = (letter: number): number[] => [0xba, 0xf8, 0x03, 0xb0, letter, 0xee];
      const leave = [0x66, 0xb8, 7, 0, 0, 0, 0x66, 0xe7, 0xf4, 0xf4];
      const [a, b, newline] = [0x41, 0x42, 0x0a].map(print) as [number[], number[], number[]];
      const code = [...start, ...workBegin, ...a, ...workBegin, ...b, ...newline, ...leave];
      writeFileSync(join(folder, 'work.bin'), Uint8Array.from(code));
      const machine = ['-k', 'work.bin', '--mem-size', '16MiB'];
      const saved = run(folder, [...machine, '--work-begin-checkpoint-count', '2']);
      expect([body(saved), saved.status]).to.deep.equal(['AWriting checkpoint\nB\n', 15]);
      const restored = run(folder, [...machine, '-r', '1']);
      expect([body(restored), restored.status]).to.deep.equal(['B\n', 15]);
    });
  });
});

/** The script with devices of the test's, written to a folder. */
function scriptWith(folder: string, devices: string, connections: string): string {
  const text = readFileSync(SCRIPT, 'utf8')
    .replaceAll("'./common/", `'${configPath('common')}/`)
    .replace('  IsaFake,\n', '  BadDevice,\n  IsaFake,\n')
    .replace('PORTS, x86', 'new AddrRange(0xd0000000, 0xe0000000), PORTS, x86')
    .replace('  // Where nothing is', `${devices}\n  // Where nothing is`)
    .replace('\nm5.instantiate', `${connections}\nm5.instantiate`);
  const path = join(folder, 'script.ts');
  writeFileSync(path, text);
  return path;
}

describeWithKvm('A device of a bare machine', () => {
  it('is reached by memory and by port, through both crossbars and the bridge', () => {
    const devices = `
      mapped: new IsaFake({ pioAddr: 0xd0000000, pioSize: 8, retData32: 0x12345678 }),
      port: new IsaFake({ pioAddr: x86IOAddress(0x300), pioSize: 8, retData8: 0x5a }),`;
    const connections = `
      system.mapped.pio = system.iobus.memSidePorts;
      system.port.pio = system.iobus.memSidePorts;`;
    for (const mode of ['atomic_noncaching', 'timing']) {
      inFolder(folder => {
        const script = scriptWith(folder, devices, connections);
        const line = 'mmio=d0000000 port=300 ticks=0';
        const args = [script, '-k', MULTIBOOT, '-a', line, '--mem-mode', mode];
        const result = runCommand(args, { cwd: folder });
        expect(result.stdout, result.stderr).to.contain(`read ${String(0x12345678)}\nread 90\n`);
        const stats = readFileSync(join(folder, 'm5out', 'stats.txt'), 'utf8');
        expect(stats).to.match(/^system\.cpu\.numMMIO +1 /m);
        expect(Number(/^system\.cpu\.numIO +(\d+) /m.exec(stats)?.[1])).to.be.greaterThan(50);
      });
    }
  });

  it('that is a BadDevice ends the run with one line', () => {
    inFolder(folder => {
      const script = scriptWith(
        folder,
        "bad: new BadDevice({ pioAddr: x86IOAddress(0x300), pioSize: 8, devicename: 'floppy' }),",
        'system.bad.pio = system.iobus.memSidePorts;',
      );
      const args = [script, '-k', MULTIBOOT, '-a', 'port=300'];
      const result = runCommand(args, { cwd: folder });
      expect(result.stderr).to.match(
        /^(?:info.*\n)?fatal: .*the device floppy, which is not impl.*\n$/,
      );
      expect(result.status).to.equal(1);
    });
  });

  it('that is not there reads as ones by port, and ends the run by memory', () => {
    expect(runOnce(['-k', MULTIBOOT, '-a', 'port=300 ticks=0']).stdout).to.contain('read 255\n');
    const { status, stderr } = runOnce(['-k', MULTIBOOT, '-a', 'mmio=d0000000']);
    const ones = runOnce(['-k', MULTIBOOT, '-a', 'mmio=d0000000 ticks=0', '--unassigned', 'ones']);
    expect(ones.stdout).to.contain(`read ${String(0xffffffff)}\n`);
    expect(stderr).to.match(
      /^(?:info.*\n)?fatal: Unable to find destination for \[0xd0000000:.*\n$/,
    );
    expect(status).to.equal(1);
  });
});

describeWithKvm('The serial line of a bare machine', () => {
  const echo = (way: string): string[] => ['-k', MULTIBOOT, '-a', `ticks=0 echo=${way}`];

  it('leads to a file, or nowhere', () => {
    inFolder(folder => {
      run(folder, ['-k', MULTIBOOT, '-a', 'ticks=1', '--serial', 'com1.txt']);
      const path = join(folder, 'm5out', 'com1.txt');
      expect(readFileSync(path, 'utf8')).to.match(/^command line: .*1 timer interrupts\n$/s);
      const silent = run(folder, ['-k', MULTIBOOT, '-a', 'ticks=1', '--serial', 'none']);
      expect(body(silent)).to.equal('');
      const outside = run(folder, ['-k', MULTIBOOT, '--serial', '../com1.txt']);
      expect(outside.stderr).to.contain('is no file in the output directory');
      expect(existsSync(join(folder, 'com1.txt'))).to.equal(false);
    });
  });

  for (const way of ['poll', 'interrupt']) {
    it(`brings what is typed, by ${way}`, () => {
      const result = runOnce([...echo(way), '--serial', 'stdio'], 'hello there\n');
      expect(result.stdout).to.contain('echo:\nhello there\nExiting');
    });
  }

  it('leads to a Unix socket, both ways', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-gem5-serial-'));
    const path = join(folder, 'line');
    const args = [commandPath, '--quiet', SCRIPT, ...echo('interrupt'), '--serial', `unix:${path}`];
    const child = spawn(process.execPath, args, { cwd: folder });
    try {
      const ended = new Promise<number | null>(resolve => child.once('close', resolve));
      const socket = await connected(path, child);
      let heard = '';
      socket.on('data', data => (heard += data.toString()));
      await until(() => heard.includes('echo:\n'));
      socket.write('over the socket\n');
      expect(await ended).to.equal(1);
      expect(heard).to.match(/^command line.*echo:\nover the socket\n$/s);
      expect(existsSync(path)).to.equal(false);
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 20));
}

describeWithKvm('A bare machine whose program goes wrong', () => {
  it('says that it has shut down, with the registers', () => {
    const { status, stderr } = runOnce(['-k', MULTIBOOT, '-a', 'fault']);
    expect(stderr).to.match(/^(?:info.*\n)?panic: system\.cpu: the guest shut down: .*\n +rax /);
    expect(status).to.equal(134);
  });

  it('is stopped at a tick', () => {
    const { status, stdout } = runOnce(['-k', MULTIBOOT, '-a', 'spin', '-m', '200000000']);
    expect(stdout).to.match(/because simulate\(\) limit reached\n$/);
    expect(status).to.equal(0);
  });

  it('is stopped by Ctrl-C', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-gem5-spin-'));
    const args = [commandPath, '--quiet', SCRIPT, '-k', MULTIBOOT, '-a', 'spin'];
    const child = spawn(process.execPath, args, { cwd: folder });
    try {
      let printed = '';
      child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
      const ended = new Promise<number | null>(resolve => child.once('close', resolve));
      await until(() => printed.includes('memory: '));
      child.kill('SIGINT');
      expect(await ended).to.equal(130);
      expect(printed).to.match(/because user interrupt received\n/);
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  });
});

describeWithKvm('mini-gem5 configs/baremetal.ts refuses, in one line,', () => {
  const elf = anElfImage();
  const cases: readonly (readonly [string, Uint8Array | null, RegExp, ...string[]])[] = [
    ['a file that is not there', null, /image does not exist/],
    ['an empty file', new Uint8Array(0), /image is empty/],
    ['half an ELF header', elf.subarray(0, 40), /image is truncated: its ELF header/],
    ['an ELF file without its end', elf.subarray(0, -1), /image is truncated: the segment/],
    ['an ELF file for another machine', anElfImage({ machine: 40 }), /for another machine/],
    ['an object file', anElfImage({ type: 1 }), /is an object file; link it first/],
    [
      'overlapping segments',
      anElfImage({ segments: [...HALT, { address: 0x10_0001, data: [1] }] }),
      /two segments overlap/,
    ],
    ['an entry point outside', anElfImage({ entry: 5n }), /entry point 0x5 is in no segment/],
    [
      'a program larger than memory',
      anElfImage({ segments: [{ address: 0x10_0000, data: [1], memorySize: 2 ** 26 }] }),
      /needs .*, but memory is at .*; see --mem-size/,
      ...['--mem-size', '32MiB'],
    ],
    ['a large flat binary', new Uint8Array(2 ** 20), /16-bit program.*do not fit below 1 MiB/],
    ['an ELF file as Multiboot', elf, /no Multiboot header/, '--format', 'multiboot'],
    ['plain bytes as ELF', new Uint8Array(8), /is no ELF file/, '--format', 'elf'],
    [
      'a Multiboot header with unknown demands',
      Uint8Array.from(aMultibootHeader(0x10)),
      /demands what Multiboot 1 does not know/,
    ],
    [
      'a Multiboot header without an image',
      Uint8Array.from(aMultibootHeader(3)),
      /no ELF file and does not say where to load it/,
    ],
    ['a module that is not there', elf, /nowhere does not exist/, '--module', 'nowhere'],
    ['modules for a flat binary', new Uint8Array(8), /nobody can tell/, '--module', 'image'],
  ];
  for (const [what, file, message, ...args] of cases) {
    it(what, () => {
      inFolder(folder => {
        if (file !== null) writeFileSync(join(folder, 'image'), file);
        const { status, stderr } = run(folder, ['--kernel', 'image', ...args]);
        expect(stderr.replace(/^info: .*\n/, '')).to.match(/^fatal: [^\n]*\n$/);
        expect(stderr).to.match(message);
        expect(status).to.equal(1);
        expect(existsSync(join(folder, 'm5out'))).to.equal(false);
      });
    });
  }

  it('options that it does not know', () => {
    expect(runOnce(['--kernel', MULTIBOOT, '--format', 'coff']).status).to.equal(2);
    expect(runOnce([]).stderr).to.match(/^fatal: no program to run: give one with --kernel.*\n$/);
  });
});
