/** Programs that do what they must not, and the signals that Linux has for it. */
import { chmodSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { inFolder } from './command';
import { ModelMachine, type Model } from './cpuModels';
import { anElf, CODE } from './elf';

const bytes = (text: string): number[] => [...Buffer.from(text.replaceAll(' ', ''), 'hex')];

/** What a program does, its code, and the signal. */
export const badPrograms: readonly (readonly [
  what: string,
  code: readonly number[],
  signal: string,
])[] = [
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

/** Those that only software CPUs find wrong, with the signal, and how they say it. */
export const foreignPrograms: readonly (readonly [
  code: readonly number[],
  signal: string,
  says: RegExp,
])[] = [
  // Some hosts' KVM makes this #UD.
  [bytes('cd20'), 'SIGSEGV', /general protection fault at rip 0x401000/],
  [bytes('cd80'), 'SIGSEGV', /int \$0x80, the system call of 32-bit programs/],
  [bytes('6a23 6a00 48cb'), 'SIGSEGV', /32-bit code \(segment 0x23\)/],
];

function pad(length: number): number[] {
  return new Array<number>(length).fill(0x90);
}

/** Has something done with a program of this code. */
export function withProgram<T>(code: readonly number[], body: (path: string) => T): T {
  return inFolder(folder => {
    const path = join(folder, 'program');
    const segments = [{ flags: 5, offset: 0x1000, address: CODE, fileSize: 0x1000 }];
    writeFileSync(path, anElf({ segments, size: 0x2000, contents: [[0x1000, code]] }));
    chmodSync(path, 0o755);
    return body(path);
  });
}

/** The signal that ends a program on a model, and what is said of it. */
export function endOn(model: Model, code: readonly number[]): readonly [string, string] {
  return withProgram(code, path => {
    const process = { input: '/dev/null', maxStackSize: '1MiB' };
    const machine = new ModelMachine([model], [path], undefined, {}, process);
    try {
      const { cause, code: status } = machine.m5.simulate();
      return [signalName(status - 128), cause];
    } finally {
      machine.dispose();
    }
  });
}

function signalName(number: number): string {
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name ?? `no signal (${String(number)})`;
}
