import { expect } from 'chai';
import { CodeBuilder } from '../../../../src/arch/x86/isa/builder/codeBuilder';
import {
  always,
  bitSet,
  isNonZero,
  isZero,
  lessU,
  never,
  not,
  select,
  toInt,
} from '../../../../src/arch/x86/isa/builder/condition';
import { Emitter, LocalPool } from '../../../../src/arch/x86/isa/builder/emitter';
import {
  add,
  and,
  constant,
  i32,
  i64,
  mul,
  rotl,
  shrU,
  signExtend,
  sub,
  Value,
  wrap,
  xor,
} from '../../../../src/arch/x86/isa/builder/value';
import { encodeModule } from '../../../../src/arch/x86/isa/builder/wasmModule';
import { instantiate } from '../../../../src/arch/x86/isa/builder/webAssembly';
import { PanicError } from '../../../../src/base/index';
import type { WasmMemory } from '../../../../src/mem/index';

const argument = new Value('i32', 0, [], [], { kind: 'local', index: -1 });

interface Built {
  readonly code: readonly number[];
  readonly memory: Uint32Array;
  run(argument: number): number;
}

/** A function of one number, whose body `build` writes. */
function build(body: (code: CodeBuilder) => void): Built {
  const builder = new CodeBuilder();
  body(builder);
  const code: number[] = [];
  const locals = new LocalPool(1);
  new Emitter(code, { locals, next: null }).emit(builder.statements);
  code.push(0x00);
  const type = { parameters: ['i32'], results: ['i32'] } as const;
  const bytes = encodeModule({
    ...{ imports: [], importsTable: false, memoryPages: 1, types: [] },
    functions: [{ exportName: 'f', type, locals: locals.declared, code }],
  });
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (limits: { initial: number; maximum: number }) => WasmMemory };
  };
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { f } = instantiate(bytes, { env: { memory } });
  return { code, memory: new Uint32Array(memory.buffer), run: f as (argument: number) => number };
}

const give = (code: CodeBuilder, value: Value<'i32'>): void => code.add({ kind: 'return', value });

describe('Values of generated code', () => {
  it('fold constants, within the width of their type', () => {
    expect(add(i32(0x7fffffff), i32(1)).constant).to.equal(-0x80000000n);
    expect(mul(i64(2n ** 63n), i64(2)).constant).to.equal(0n);
    expect(rotl(i32(-0x80000000), i32(1)).constant).to.equal(1n);
    expect(shrU(i32(-1), i32(28)).constant).to.equal(15n);
    expect(signExtend(i64(0x80), 1).constant).to.equal(-128n);
    expect(wrap(i64(2n ** 32n + 5n)).constant).to.equal(5n);
  });

  it('drop operations that change nothing', () => {
    expect(add(argument, i32(0))).to.equal(argument);
    expect(and(argument, i32(-1))).to.equal(argument);
    expect(and(argument, i32(0)).constant).to.equal(0n);
  });

  it('refuse operands of two types', () => {
    expect(() => add<'i32' | 'i64'>(argument, i64(1))).to.throw(PanicError, 'i32 and i64');
  });

  it('know conditions that are known', () => {
    expect(lessU(i32(1), i32(-1))).to.equal(always);
    expect(isZero(constant('i64', 3))).to.equal(never);
    expect(not(not(isZero(argument))).value.operands).to.deep.equal([argument]);
    expect(select(always, argument, i32(1))).to.equal(argument);
  });
});

describe('CodeBuilder', () => {
  it('computes a value that is used twice once', () => {
    const square = mul(argument, argument);
    const { code, run } = build(c => give(c, add(square, xor(square, i32(1)))));
    expect(code.filter(byte => byte === 0x6c)).to.have.length(1);
    expect(run(3)).to.equal(9 + 8);
  });

  it('computes it also where only one of two ways leads past its first use', () => {
    const square = mul(argument, argument);
    const { run } = build(c => {
      c.when(isNonZero(and(argument, i32(1))), () => c.store('i32', i32(0), square));
      give(c, square);
    });
    expect([run(3), run(4)]).to.deep.equal([9, 16]);
  });

  it('reads memory where it stands', () => {
    const { run, memory } = build(c => {
      const before = c.load('i32', i32(0));
      c.store('i32', i32(0), argument);
      const after = c.load('i32', i32(0));
      give(c, sub(after, before));
    });
    memory[0] = 5;
    expect(run(12)).to.equal(7);
  });

  it('repeats, and keeps what was read of a variable', () => {
    // Bits of a number, one after the other.
    const { run } = build(c => {
      const rest = c.variable(argument);
      const count = c.variable(i32(0));
      c.loop(() => {
        const now = c.read(rest);
        c.assign(rest, shrU(now, i32(1)));
        c.assign(count, add(c.read(count), toInt(bitSet(now, 0))));
        c.again(isNonZero(c.read(rest)));
      });
      give(c, c.read(count));
    });
    expect([run(0), run(1), run(0xf0f0), run(-1)]).to.deep.equal([0, 1, 8, 32]);
  });
});
