/**
 * Programs that do what they must not: the signal that ends each is the same on the host itself, on a KVM
 * CPU and on a software CPU, and neither hangs.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { setLogSink, type LogSink } from '../../src/base/index';
import {
  AtomicSimpleCPU,
  KvmVM,
  Process,
  SimpleMemory,
  System,
  SystemXBar,
  X86EmuLinux,
  X86KvmCPU,
} from '../../src/m5/objects';
import { NodeHost } from '../../src/m5/nodeHost';
import { inFolder } from '../support/command';
import { anElf, CODE } from '../support/elf';
import { describeWithKvm } from '../support/kvm';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from '../support/simulation';

const bytes = (text: string): number[] => [...Buffer.from(text.replaceAll(' ', ''), 'hex')];

/** What a program does, its code, and the signal. */
const programs: readonly (readonly [what: string, code: readonly number[], signal: string])[] = [
  [
    'an instruction that the end of its page cuts off',
    [...bytes('e9fa0f0000'), ...pad(0xff9), 0x48],
    'SIGSEGV',
  ],
  ['an instruction of 16 bytes', [...Array.from({ length: 15 }, () => 0x66), 0x90], 'SIGSEGV'],
  ['a jump to no memory', bytes('e900000010'), 'SIGSEGV'],
  ['a jump to a page without the right', bytes('ffe4'), 'SIGSEGV'],
  ['a jump to no address', bytes('48b8 0000000000800000 ffe0'), 'SIGSEGV'],
  ['a return to no address', bytes('48b8 0000000000800000 50 c3'), 'SIGSEGV'],
  ['a stack that overflows', bytes('e8fbffffff'), 'SIGSEGV'],
  ['a division by zero', bytes('31c9 f7f1'), 'SIGFPE'],
  ['a quotient that is too large', bytes('ba01000000 b901000000 48f7f1'), 'SIGFPE'],
  ['the smallest number by -1', bytes('b800000080 99 83c9ff f7f9'), 'SIGFPE'],
  ['MOVAPS where it may not', bytes('0f28442401'), 'SIGSEGV'],
  ['a load from nowhere', bytes('8b042500000000'), 'SIGSEGV'],
  ['a load from no address', bytes('48b8 0000000000800000 8b00'), 'SIGSEGV'],
  ['a store to code', bytes('c60500000000 00'), 'SIGSEGV'],
  ['HLT', bytes('f4'), 'SIGSEGV'],
  ['CLI', bytes('fa'), 'SIGSEGV'],
  ['IN', bytes('ec'), 'SIGSEGV'],
  ['MOV to CR0', bytes('0f22c0'), 'SIGSEGV'],
  ['WRMSR', bytes('0f30'), 'SIGSEGV'],
  ['LGDT', bytes('0f011424'), 'SIGSEGV'],
  ['INVLPG', bytes('0f013c24'), 'SIGSEGV'],
  ['INT3', bytes('cc'), 'SIGTRAP'],
  ['UD2', bytes('0f0b'), 'SIGILL'],
  ['a far jump of 32-bit code', bytes('ea 00000000 3300'), 'SIGILL'],
  ['PUSH ES of 32-bit code', bytes('06'), 'SIGILL'],
  ['a far jump through the null selector', bytes('6a00 6a00 48ff2c24'), 'SIGSEGV'],
  ['a far return to the null selector', bytes('6a00 6a00 48cb'), 'SIGSEGV'],
  ['IRET to the null selector', bytes('6a00 6a00 6a00 6a00 6a00 48cf'), 'SIGSEGV'],
  ['a segment that does not exist', bytes('b8f0ff0000 8ed8'), 'SIGSEGV'],
  ['a far call to code of the supervisor', bytes('6a10 6a00 48ff1c24'), 'SIGSEGV'],
  ['a stack segment of no privilege', bytes('b818000000 8ed0'), 'SIGSEGV'],
  ['OUTSB', bytes('6e'), 'SIGSEGV'],
  ['INT1', bytes('f1'), 'SIGTRAP'],
  ['an instruction that is stepped', bytes('9c 800c2400 804c240101 9d 90'), 'SIGTRAP'],
  ['an exception of the x87', bytes('6800030000 d92c24 d9ee d9e8 def1 9b'), 'SIGFPE'],
  ['LOCK where it may not stand', bytes('f090'), 'SIGILL'],
  ['an opcode that does not exist', bytes('0f36'), 'SIGILL'],
];

/** What only software CPUs find wrong, with the signal, and how they say it. */
const foreign: readonly (readonly [code: readonly number[], signal: string, says: RegExp])[] = [
  // Some hosts' KVM makes this #UD.
  [bytes('cd20'), 'SIGSEGV', /general protection fault at rip 0x401000/],
  [bytes('cd80'), 'SIGSEGV', /int \$0x80, the system call of 32-bit programs/],
  [bytes('6a23 6a00 48cb'), 'SIGSEGV', /32-bit code \(segment 0x23\)/],
];

function pad(length: number): number[] {
  return new Array<number>(length).fill(0x90);
}

class SilentHost extends NodeHost {
  override print(): void {
    // What a run says of itself does not belong into the output of a test.
  }
}

describeWithKvm('A program that does what it must not', () => {
  let previousSink: LogSink;
  before(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  after(() => {
    setLogSink(previousSink);
  });

  /** The signal that ends a program in the simulator, and what is said of it. */
  function simulated(path: string, folder: string, model: 'kvm' | 'atomic'): readonly string[] {
    const cpu = model === 'kvm' ? new X86KvmCPU() : new AtomicSimpleCPU();
    const mode =
      model === 'kvm'
        ? { memMode: 'atomic_noncaching' as const, kvmVm: new KvmVM() }
        : { memMode: 'atomic' as const };
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      ...{ ...mode, cpu, membus: new SystemXBar() },
      memory: new SimpleMemory({ range: '16MiB' }),
      memRanges: ['16MiB'],
      workload: new X86EmuLinux(),
    });
    cpu.icachePort = system.membus.cpuSidePorts;
    cpu.dcachePort = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    cpu.workload = new Process({ cmd: [path], input: '/dev/null', maxStackSize: '1MiB' });
    const simulation = aSimulation(new SilentHost(folder));
    try {
      simulation.instantiate(new Root({ fullSystem: false, system }));
      const { cause, code } = simulation.simulate();
      return [signalName(code - 128), cause];
    } finally {
      simulation.dispose();
    }
  }

  /** Has something done with a program of this code. */
  function withProgram<T>(code: readonly number[], body: (path: string, folder: string) => T): T {
    return inFolder(folder => {
      const path = join(folder, 'program');
      const segments = [{ flags: 5, offset: 0x1000, address: CODE, fileSize: 0x1000 }];
      writeFileSync(path, anElf({ segments, size: 0x2000, contents: [[0x1000, code]] }));
      chmodSync(path, 0o755);
      return body(path, folder);
    });
  }

  /** The signals on the host, on a KVM CPU and on a software CPU. */
  function signals(code: readonly number[]): readonly (string | null | undefined)[] {
    return withProgram(code, (path, folder) => {
      const run = (model: 'kvm' | 'atomic') => simulated(path, folder, model)[0];
      return [spawnSync(path).signal, run('kvm'), run('atomic')];
    });
  }

  it('is ended by the signal that Linux has for it', () => {
    const found = programs.map(([what, code]) => [what, ...signals(code)]);
    const expected = programs.map(([what, , signal]) => [what, signal, signal, signal]);
    expect(found).to.deep.equal(expected);
  });

  it('is told what of it is for 32 bits, on a software CPU', () => {
    for (const [code, signal, says] of foreign) {
      const [name, cause] = withProgram(code, (path, folder) => simulated(path, folder, 'atomic'));
      expect(name).to.equal(signal);
      expect(cause).to.match(says);
    }
  });
});

function signalName(number: number): string {
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name ?? `no signal (${String(number)})`;
}
