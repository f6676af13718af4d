/**
 * What a program finds on its stack when it starts: arguments, environment, auxiliary vector.
 *
 * Source: the System V ABI's AMD64 supplement, 3.4.1; getauxval(3); Linux `fs/binfmt_elf.c`.
 */
import { fatal } from '../base/index';

/** Types of auxiliary vector entries (`AT_*`). */
export const AuxType = {
  Null: 0,
  Phdr: 3,
  PhEnt: 4,
  PhNum: 5,
  PageSize: 6,
  Base: 7,
  Flags: 8,
  Entry: 9,
  Uid: 11,
  Euid: 12,
  Gid: 13,
  Egid: 14,
  Platform: 15,
  Hwcap: 16,
  ClockTicks: 17,
  Secure: 23,
  Random: 25,
  Hwcap2: 26,
  ExecFn: 31,
  MinSigStackSize: 51,
} as const;

/** What goes onto the stack. */
export interface StackContents {
  readonly argv: readonly string[];
  readonly envp: readonly string[];
  /** The path that the program was started by. */
  readonly execfn: string;
  /** 16 bytes for the program's own use (stack protector, pointer guard). */
  readonly random: Uint8Array;
  /** Entries whose values are known beforehand; those that point into the stack are added. */
  readonly auxv: readonly (readonly [type: number, value: number])[];
}

/** The finished stack: `bytes` lie from `pointer` up to the top. */
export interface StackImage {
  /** First value of RSP, a multiple of 16: the argument count is there. */
  readonly pointer: number;
  readonly bytes: Uint8Array;
}

const PLATFORM = 'x86_64';
const WORD = 8;

/**
 * Lays out a new program's stack.
 * @param top - address where the stack ends, a multiple of 16.
 * @param limit - bytes that it may take.
 * @throws {FatalError} when arguments and environment are larger than that, or contain a NUL.
 */
export function buildInitialStack(contents: StackContents, top: number, limit: number): StackImage {
  const strings = new StringArea(top - WORD);
  const execfn = strings.add(contents.execfn);
  const envp = contents.envp.map(text => strings.add(text));
  const argv = contents.argv.map(text => strings.add(text));
  const platform = strings.add(PLATFORM);
  const random = strings.addBytes(contents.random);
  const words = [
    argv.length,
    ...argv,
    0,
    ...envp,
    0,
    ...[...contents.auxv].flat(),
    ...[AuxType.Random, random, AuxType.ExecFn, execfn, AuxType.Platform, platform],
    ...[AuxType.Null, 0],
  ];
  const pointer = Math.floor((strings.bottom - words.length * WORD) / 16) * 16;
  if (top - pointer > limit) {
    fatal(
      `arguments and environment of the program take ${String(top - pointer)} bytes, more than a ` +
        `quarter of its stack; shorten them or raise maxStackSize`,
    );
  }
  const bytes = new Uint8Array(top - pointer);
  const view = new DataView(bytes.buffer);
  words.forEach((value, i) => {
    view.setUint32(i * WORD, value >>> 0, true);
    view.setUint32(i * WORD + 4, Math.floor(value / 2 ** 32), true);
  });
  strings.copyTo(bytes, pointer);
  return { pointer, bytes };
}

/** Byte strings stacked downwards. */
class StringArea {
  readonly #pieces: { readonly address: number; readonly bytes: Uint8Array }[] = [];
  /** Address of the lowest byte so far. */
  bottom: number;

  constructor(top: number) {
    this.bottom = top;
  }

  /** Adds a string and its final NUL; its address. */
  add(text: string): number {
    if (text.includes('\0')) {
      fatal(`arguments and environment cannot contain a NUL character: ${JSON.stringify(text)}`);
    }
    return this.addBytes(Buffer.from(`${text}\0`));
  }

  addBytes(bytes: Uint8Array): number {
    this.bottom -= bytes.length;
    this.#pieces.push({ address: this.bottom, bytes });
    return this.bottom;
  }

  copyTo(target: Uint8Array, base: number): void {
    for (const { address, bytes } of this.#pieces) target.set(bytes, address - base);
  }
}
