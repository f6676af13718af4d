/**
 * XXH64 as a WebAssembly module, assembled by hand: 64-bit multiplications on whole words, which
 * JavaScript has only as bigints.
 */

/** Where the module takes its input, after the accumulators at address 0. */
export const INPUT_ADDRESS = 64;
/** Bytes of input that fit, a multiple of 32. */
export const INPUT_BYTES = 1024 * 1024;

const MEMORY_PAGES = 17; // of 64 KiB
export const PRIME_1 = 0x9e3779b185ebca87n;
export const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;
/** Bytes that the four accumulators take together. */
export const STRIPE_BYTES = 32;

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
const Op = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i64Load: 0x29,
  i64Load8U: 0x31,
  i64Load32U: 0x35,
  i64Store: 0x37,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtU: 0x49,
  i32GtU: 0x4b,
  i64GeU: 0x5a,
  i32Add: 0x6a,
  i64Add: 0x7c,
  i64Mul: 0x7e,
  i64Xor: 0x85,
  i64ShrU: 0x88,
  i64Rotl: 0x89,
  i64TruncF64U: 0xb1,
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

const times = (factor: bigint): number[] => [...i64Const(factor), Op.i64Mul];
const plus = (term: bigint): number[] => [...i64Const(term), Op.i64Add];
const rotl = (bits: bigint): number[] => [...i64Const(bits), Op.i64Rotl];

/** One lane: `accumulator = rotl(accumulator + input * PRIME_2, 31) * PRIME_1`. */
function round(lane: number): number[] {
  const accumulator = FIRST_ACCUMULATOR + lane;
  return [
    ...[Op.localGet, accumulator],
    ...[Op.localGet, POINTER, Op.i64Load, 0, lane * 8],
    ...[...times(PRIME_2), Op.i64Add, ...rotl(31n), ...times(PRIME_1)],
    ...[Op.localSet, accumulator],
  ];
}

const LANES = [0, 1, 2, 3];

/** `stripes(pointer, end)`: feeds whole stripes of 32 bytes, at least one, to the accumulators. */
function stripes(): number[] {
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

/** What is left of a word that goes into the hash: `rotl(word * PRIME_2, 31) * PRIME_1`. */
const LANE = [...times(PRIME_2), ...rotl(31n), ...times(PRIME_1)];

const BYTES = 2;
const HASH = 3;
const LANE_ROTATIONS = [1n, 7n, 12n, 18n];

const accumulator = (lane: number): number[] => [
  ...[Op.i32Const, 0, Op.i64Load, ALIGN_8, lane * 8],
];

/** The four accumulators made into one word. */
function merge(): number[] {
  return [
    ...LANES.flatMap(lane => [
      ...[...accumulator(lane), ...rotl(LANE_ROTATIONS[lane] ?? 0n)],
      ...(lane === 0 ? [] : [Op.i64Add]),
    ]),
    ...LANES.flatMap(lane => [
      ...[...accumulator(lane), ...LANE, Op.i64Xor, ...times(PRIME_1), ...plus(PRIME_4)],
    ]),
  ];
}

/**
 * While `bytes` more are there: takes them in.
 * @param load - pushes them as a word, mixed
 * @param mix - of the hash with that word in it
 */
function tail(bytes: number, load: number[], mix: number[]): number[] {
  return [
    ...[Op.block, NO_RESULT, Op.loop, NO_RESULT],
    ...[Op.localGet, POINTER, Op.i32Const, bytes, Op.i32Add],
    ...[Op.localGet, END, Op.i32GtU, Op.brIf, 1],
    ...[Op.localGet, HASH, Op.localGet, POINTER, ...load, Op.i64Xor, ...mix, Op.localSet, HASH],
    ...[Op.localGet, POINTER, Op.i32Const, bytes, Op.i32Add, Op.localSet, POINTER],
    ...[Op.br, 0, Op.end, Op.end],
  ];
}

/** `hash ^= hash >> bits` */
const fold = (bits: bigint): number[] => [
  ...[Op.localGet, HASH, Op.localGet, HASH, ...i64Const(bits), Op.i64ShrU, Op.i64Xor],
];

/** `finish(pointer, end, bytes)`: the checksum of so many bytes, the last of which, fewer than 32, are there. */
function finish(): number[] {
  const code = [
    ...[1, 1, I64], // locals
    ...[Op.localGet, BYTES, Op.i64TruncF64U, Op.localTee, HASH],
    ...[...i64Const(BigInt(STRIPE_BYTES)), Op.i64GeU],
    ...[Op.if, I64, ...merge(), Op.else, ...i64Const(PRIME_5), Op.end],
    ...[Op.localGet, HASH, Op.i64Add, Op.localSet, HASH],
    ...tail(8, [Op.i64Load, 0, 0, ...LANE], [...rotl(27n), ...times(PRIME_1), ...plus(PRIME_4)]),
    ...tail(
      4,
      [Op.i64Load32U, 0, 0, ...times(PRIME_1)],
      [...rotl(23n), ...times(PRIME_2), ...plus(PRIME_3)],
    ),
    ...tail(1, [Op.i64Load8U, 0, 0, ...times(PRIME_5)], [...rotl(11n), ...times(PRIME_1)]),
    ...[...fold(33n), ...times(PRIME_2), Op.localSet, HASH],
    ...[...fold(29n), ...times(PRIME_3), Op.localSet, HASH],
    ...[...fold(32n), Op.end],
  ];
  return [...unsigned(code.length), ...code];
}

function assemble(): Uint8Array {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
    ...section(1, [2, 0x60, 2, I32, I32, 0, 0x60, 3, I32, I32, F64, 1, I64]), // types
    ...section(3, [2, 0, 1]), // functions
    ...section(5, [1, 1, MEMORY_PAGES, MEMORY_PAGES]), // one memory
    ...section(7, [
      ...[3, ...name('memory'), 2, 0, ...name('stripes'), 0, 0, ...name('finish'), 0, 1],
    ]),
    ...section(10, [2, ...stripes(), ...finish()]),
  ]);
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Feeds whole stripes of 32 bytes, at least one, to the four accumulators at address 0. */
  readonly stripes: (pointer: number, end: number) => void;
  /** The checksum of so many bytes, the last of which, fewer than 32, are given; signed. */
  readonly finish: (pointer: number, end: number, bytes: number) => bigint;
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
