/**
 * The inner loop of XXH64 as a WebAssembly module, assembled by hand: 64-bit multiplications on
 * whole words, which JavaScript has only as bigints.
 */

/** Where the module takes its input, after the accumulators at address 0. */
export const INPUT_ADDRESS = 64;
/** Bytes of input that fit, a multiple of 32. */
export const INPUT_BYTES = 1024 * 1024;

const MEMORY_PAGES = 17; // of 64 KiB
export const PRIME_1 = 0x9e3779b185ebca87n;
export const PRIME_2 = 0xc2b2ae3d27d4eb4fn;

const I32 = 0x7f;
const I64 = 0x7e;
const Op = {
  loop: 0x03,
  end: 0x0b,
  brIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i64Load: 0x29,
  i64Store: 0x37,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtU: 0x49,
  i32Add: 0x6a,
  i64Add: 0x7c,
  i64Mul: 0x7e,
  i64Rotl: 0x89,
} as const;
const NO_RESULT = 0x40;
const POINTER = 0;
const END = 1;
const FIRST_ACCUMULATOR = 2;
const ALIGN_8 = 3;

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a 64-bit constant. */
function signed(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const done = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}

const i64Const = (value: bigint): number[] => [Op.i64Const, ...signed(BigInt.asIntN(64, value))];

function section(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

const name = (text: string): number[] => [text.length, ...Buffer.from(text, 'latin1')];

/** One lane: `accumulator = rotl(accumulator + input * PRIME_2, 31) * PRIME_1`. */
function round(lane: number): number[] {
  const accumulator = FIRST_ACCUMULATOR + lane;
  return [
    ...[Op.localGet, accumulator],
    ...[Op.localGet, POINTER, Op.i64Load, 0, lane * 8],
    ...[...i64Const(PRIME_2), Op.i64Mul, Op.i64Add],
    ...[...i64Const(31n), Op.i64Rotl, ...i64Const(PRIME_1), Op.i64Mul],
    ...[Op.localSet, accumulator],
  ];
}

const LANES = [0, 1, 2, 3];

/** `stripes(pointer, end)`: feeds whole stripes of 32 bytes, at least one, to the accumulators. */
function body(): number[] {
  const code = [
    ...[1, LANES.length, I64], // locals
    ...LANES.flatMap(lane => [
      ...[Op.i32Const, 0, Op.i64Load, ALIGN_8, lane * 8],
      ...[Op.localSet, FIRST_ACCUMULATOR + lane],
    ]),
    ...[Op.loop, NO_RESULT, ...LANES.flatMap(round)],
    ...[Op.localGet, POINTER, Op.i32Const, 32, Op.i32Add, Op.localTee, POINTER],
    ...[Op.localGet, END, Op.i32LtU, Op.brIf, 0, Op.end],
    ...LANES.flatMap(lane => [
      ...[Op.i32Const, 0, Op.localGet, FIRST_ACCUMULATOR + lane],
      ...[Op.i64Store, ALIGN_8, lane * 8],
    ]),
    Op.end,
  ];
  return [...unsigned(code.length), ...code];
}

function assemble(): Uint8Array {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
    ...section(1, [1, 0x60, 2, I32, I32, 0]), // one type
    ...section(3, [1, 0]), // one function
    ...section(5, [1, 1, MEMORY_PAGES, MEMORY_PAGES]), // one memory
    ...section(7, [2, ...name('memory'), 2, 0, ...name('stripes'), 0, 0]), // exports
    ...section(10, [1, ...body()]),
  ]);
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Feeds whole stripes of 32 bytes, at least one, to the four accumulators at address 0. */
  readonly stripes: (pointer: number, end: number) => void;
}

// TypeScript declares WebAssembly with the DOM only.
const { WebAssembly: wasm } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: Exports };
  };
};

/** The module, instantiated. */
export const xxh64Module: Exports = new wasm.Instance(new wasm.Module(assemble())).exports;
