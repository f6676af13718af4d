import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { AuxType, buildInitialStack, type StackContents } from '../../../src/se/initialStack';

const TOP = 0x7fff_ffff_f000;

const contents = (changes: Partial<StackContents> = {}): StackContents => ({
  argv: ['prog', 'an argument', ''],
  envp: ['HOME=/', 'UMLAUT=ä'],
  execfn: './prog',
  random: new Uint8Array(16).fill(9),
  auxv: [
    [AuxType.PageSize, 4096],
    [AuxType.Entry, 0x5555_5555_4010],
  ],
  ...changes,
});

/** Reads a stack as a program's start code does. */
class StackReader {
  readonly #view: DataView;
  readonly #pointer: number;

  constructor(bytes: Uint8Array, pointer: number) {
    this.#view = new DataView(bytes.buffer);
    this.#pointer = pointer;
  }

  word(index: number): number {
    return Number(this.#view.getBigUint64(index * 8, true));
  }

  text(address: number): string {
    const bytes = new Uint8Array(this.#view.buffer).subarray(address - this.#pointer);
    return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString();
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#view.buffer).slice(address - this.#pointer).subarray(0, length);
  }
}

describe('buildInitialStack', () => {
  const { pointer, bytes } = buildInitialStack(contents(), TOP, 0x10000);
  const stack = new StackReader(bytes, pointer);

  it('ends at the top and begins at a multiple of 16', () => {
    expect(pointer % 16).to.equal(0);
    expect(pointer + bytes.length).to.equal(TOP);
  });

  it('holds the argument count, arguments and environment, each list ended by 0', () => {
    expect(stack.word(0)).to.equal(3);
    expect([1, 2, 3].map(i => stack.text(stack.word(i)))).to.deep.equal(contents().argv);
    expect(stack.word(4)).to.equal(0);
    expect([5, 6].map(i => stack.text(stack.word(i)))).to.deep.equal(contents().envp);
    expect(stack.word(7)).to.equal(0);
  });

  it('holds the auxiliary vector, ended by AT_NULL', () => {
    const auxv = new Map<number, number>();
    let at = 8;
    for (; stack.word(at) !== AuxType.Null; at += 2) auxv.set(stack.word(at), stack.word(at + 1));
    expect(auxv.get(AuxType.PageSize)).to.equal(4096);
    expect(auxv.get(AuxType.Entry)).to.equal(0x5555_5555_4010);
    expect(stack.text(auxv.get(AuxType.ExecFn) ?? 0)).to.equal('./prog');
    expect(stack.text(auxv.get(AuxType.Platform) ?? 0)).to.equal('x86_64');
    expect([...stack.bytes(auxv.get(AuxType.Random) ?? 0, 16)]).to.deep.equal(Array(16).fill(9));
    expect(auxv.has(33)).to.equal(false);
  });

  it('refuses more than it may take', () => {
    expect(() => buildInitialStack(contents({ argv: ['x'.repeat(5000)] }), TOP, 4096)).to.throw(
      FatalError,
      /maxStackSize/,
    );
  });

  it('refuses a NUL in an argument', () => {
    expect(() => buildInitialStack(contents({ argv: ['a\0b'] }), TOP, 4096)).to.throw(
      FatalError,
      /NUL/,
    );
  });
});
