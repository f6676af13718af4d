/** Single bits: BT and kin, bit scans, counts, BMI1, BMI2, ADX, CRC32; flag instructions. */
import { RDX, RFLAGS } from '../../registers';
import { RFlags } from '../../flags';
import {
  always,
  atLeastU,
  bitSet,
  isNonZero,
  isZero,
  never,
  not,
  select,
} from '../builder/condition';
import {
  add,
  and,
  clz,
  constant,
  convert,
  ctz,
  i32,
  i64,
  invert,
  mul,
  negate,
  or,
  popcnt,
  shl,
  shrS,
  shrU,
  sub,
  wide,
  wrap,
  xor,
  type Condition,
  type IntType,
  type Value,
} from '../builder/value';
import { define, type EncodingTable, type Family } from '../definition';
import {
  carriesOf,
  carryFlag,
  overflowFlag,
  setCarry,
  signed,
  writeFlags,
  writeStatus,
} from '../flagWords';
import { intType } from '../coreAccess';
import type { Semantics } from '../semantics';
import { highProduct } from './arithmetic';

const all = 'oszapc';

function bitTest(opcode: string, group: number): EncodingTable {
  return { [`0F ${opcode}`]: 'Ev,Gv', [`0F ba /${String(group)}`]: 'Ev,Ib' };
}

type BitChange = (value: Value<IntType>, mask: Value<IntType>) => Value<IntType>;

/** BT and kin. A bit number in a register reaches beyond the operand in memory. */
function testBit(c: Semantics, change: BitChange | null): void {
  const bytes = c.size(0);
  const bits = bytes * 8;
  const number = c.code.let(c.getAs(1, intType(bytes)));
  if (c.operand(0).kind === 'memory' && c.operand(1).kind === 'register') {
    const index = bytes === 8 ? (number as Value<'i64'>) : signed(number, bytes);
    c.addToAddress(shl(shrS(index, i64(Math.log2(bits))), i64(Math.log2(bytes))));
  }
  const a = c.get(0);
  const place = and(number, constant(a.type, bits - 1));
  setCarry(c, bitSet(shrU(a, place), 0));
  if (change !== null) c.set(0, change(a, shl(constant(a.type, 1), place)));
}

/** BSF and BSR: of 0 the destination stays, and ZF is all that is defined; the rest is as of a result. */
function scan(c: Semantics, forward: boolean): void {
  const bytes = c.size(0);
  const [old, source] = [c.get(0), c.get(1)];
  const wideBits = source.type === 'i64' ? 64 : 32;
  const found = forward ? ctz(source) : sub(constant(source.type, wideBits - 1), clz(source));
  const none = isZero(source);
  if (bytes === 4) {
    // Also the upper half stays then.
    c.setWide(0, select(none, c.getWide(0), wide(found)));
  } else {
    c.set(0, select(none, old, found));
  }
  writeStatus(c, select(none, i32(RFlags.ZF | RFlags.PF), scanFlags(found)));
}

/** What processors leave in the undefined flags: those of the index as a result. */
function scanFlags(found: Value<IntType>): Value<'i32'> {
  const low = convert(found, 'i32');
  const odd = and(popcnt(and(low, i32(0xff))), i32(1));
  return shl(xor(odd, i32(1)), i32(2));
}

function count(c: Semantics, how: 'leading' | 'trailing'): void {
  const bytes = c.size(0);
  const source = c.get(1);
  const found =
    how === 'trailing'
      ? ctz(bytes === 2 ? or(source, i32(0x10000)) : source)
      : sub(clz(source), constant(source.type, bytes === 2 ? 16 : 0));
  const r = c.code.let(found);
  c.set(0, r);
  const carry = isZero(source);
  writeFlags(c, {
    result: signed(r, bytes === 2 ? 4 : bytes),
    carries: carriesOf(carry, never),
    adjust: hiddenParity(r),
  });
}

/** Flags of the BMI1 instructions: as of a logical operation, with a carry; PF is cleared. */
function flagsBmi(c: Semantics, r: Value<IntType>, carry: Condition): void {
  writeFlags(c, {
    result: signed(r, c.size(0)),
    carries: carriesOf(carry, never),
    adjust: hiddenParity(r),
  });
}

function bextr(c: Semantics): void {
  const bits = c.size(0) * 8;
  const a = wide(c.get(1));
  const control = c.code.let(c.getAs(2, 'i32'));
  const start = and(control, i32(0xff));
  const length = and(shrU(control, i32(8)), i32(0xff));
  const shifted = select(atLeastU(start, i32(bits)), i64(0), shrU(a, convert(start, 'i64')));
  const mask = sub(shl(i64(1), convert(length, 'i64')), i64(1));
  const r = c.code.let(
    convert(select(atLeastU(length, i32(64)), shifted, and(shifted, mask)), c.type(0)),
  );
  c.set(0, r);
  // SF is undefined: it is 0, as AF and PF.
  flagsBmi(c, convert(isNonZero(r).value, c.type(0)), never);
}

function bzhi(c: Semantics): void {
  const bits = c.size(0) * 8;
  const a = c.get(1);
  const index = and(c.getAs(2, 'i32'), i32(0xff));
  const beyond = atLeastU(index, i32(bits));
  const mask = sub(shl(constant(a.type, 1), convert(index, a.type)), constant(a.type, 1));
  const r = c.code.let(select(beyond, a, and(a, mask)));
  c.set(0, r);
  flagsBmi(c, r, beyond);
}

/** PDEP and PEXT: bit by bit of the mask, lowest first. */
function scatter(c: Semantics, deposits: boolean): void {
  const { code } = c;
  const source = code.let(wide(c.get(1)));
  const mask = code.variable(wide(c.get(2)));
  const place = code.variable(i64(0));
  const result = code.variable(i64(0));
  const first = code.read(mask);
  code.when(isNonZero(first), () =>
    code.loop(() => {
      const left = code.read(mask);
      const at = code.read(place);
      const lowest = and(left, negate(left));
      const bit = deposits
        ? and(negate(and(shrU(source, at), i64(1))), lowest)
        : shl(and(shrU(source, ctz(left)), i64(1)), at);
      const rest = code.let(xor(left, lowest));
      code.assign(result, or(code.read(result), bit));
      code.assign(place, add(at, i64(1)));
      code.assign(mask, rest);
      code.again(isNonZero(rest));
    }),
  );
  c.set(0, convert(code.read(result), c.type(0)));
}

/** ADCX and ADOX: additions with a flag of their own. */
function addWith(c: Semantics, flag: 'carry' | 'overflow'): void {
  const [a, b] = [c.get(0), c.get(1)];
  const carryIn = flag === 'carry' ? carryFlag(c) : overflowFlag(c);
  const r = c.code.let(add(add(a, b), convert(carryIn.value, a.type)));
  c.set(0, r);
  const carries = or(and(a, b), and(or(a, b), invert(r)));
  const out = bitSet(carries, c.size(0) * 8 - 1);
  const [carry, overflow] = flag === 'carry' ? [out, overflowFlag(c)] : [carryFlag(c), out];
  c.setCarries(carriesOf(carry, overflow));
}

/** CRC32: the polynomial 0x11EDC6F41, reflected, bit by bit. */
function crc32(c: Semantics): void {
  const { code } = c;
  const bytes = c.size(1);
  const start = xor(wide(c.getAs(0, 'i32')), wide(c.get(1)));
  const crc = code.variable(start);
  const left = code.variable(i32(bytes * 8));
  code.loop(() => {
    const now = code.read(crc);
    const bit = negate(and(now, i64(1)));
    code.assign(crc, xor(shrU(now, i64(1)), and(bit, i64(0x82f63b78))));
    const rest = code.let(sub(code.read(left), i32(1)));
    code.assign(left, rest);
    code.again(isNonZero(rest));
  });
  const r = and(code.read(crc), i64(0xffffffff));
  c.set(0, convert(r, c.type(0)));
}

function flagBit(c: Semantics, mask: number, on: boolean): void {
  const flags = c.gpr64(RFLAGS);
  c.setGpr(RFLAGS, 8, on ? or(flags, i64(mask)) : and(flags, i64(~mask)));
}

/** Bit instructions, in the order of the opcode maps. */
export const bits: Family = [
  ...define('cmc', { f5: '' }, { reads: 'c', writes: 'c' }, c => setCarry(c, not(carryFlag(c)))),
  ...define('clc', { f8: '' }, { writes: 'c' }, c => setCarry(c, never)),
  ...define('stc', { f9: '' }, { writes: 'c' }, c => setCarry(c, always)),
  ...define('cld', { fc: '' }, {}, c => flagBit(c, RFlags.DF, false)),
  ...define('std', { fd: '' }, {}, c => flagBit(c, RFlags.DF, true)),
  ...define('bt', bitTest('a3', 4), { writes: 'c' }, c => testBit(c, null)),
  ...define('bts', bitTest('ab', 5), { writes: 'c', lock: true }, c => testBit(c, or)),
  ...define('btr', bitTest('b3', 6), { writes: 'c', lock: true }, c =>
    testBit(c, (value, mask) => and(value, invert(mask))),
  ),
  ...define('btc', bitTest('bb', 7), { writes: 'c', lock: true }, c => testBit(c, xor)),
  ...define('popcnt', { 'F3 0F b8': 'Gv,Ev' }, { writes: all }, c => {
    const source = c.get(1);
    const r = popcnt(source);
    c.set(0, r);
    writeFlags(c, {
      result: signed(convert(r, 'i32'), 4),
      carries: i64(0),
      adjust: hiddenParity(r),
    });
  }),
  ...define('tzcnt', { 'F3 0F bc': 'Gv,Ev' }, { writes: all }, c => count(c, 'trailing')),
  ...define('bsf', { '0F bc': 'Gv,Ev' }, { writes: all }, c => scan(c, true)),
  ...define('lzcnt', { 'F3 0F bd': 'Gv,Ev' }, { writes: all }, c => count(c, 'leading')),
  ...define('bsr', { '0F bd': 'Gv,Ev' }, { writes: all }, c => scan(c, false)),
  ...define('crc32', { 'F2 0F38 f0': 'Gy,Eb', 'F2 0F38 f1': 'Gy,Ev' }, {}, crc32),
  ...define('adcx', { '66 0F38 f6': 'Gy,Ey' }, { reads: 'co', writes: 'c' }, c =>
    addWith(c, 'carry'),
  ),
  ...define('adox', { 'F3 0F38 f6': 'Gy,Ey' }, { reads: 'co', writes: 'o' }, c =>
    addWith(c, 'overflow'),
  ),
  ...define('andn', { 'VEX L0 NP 0F38 f2': 'Gy,By,Ey' }, { writes: all }, c => {
    const r = and(invert(c.get(1)), c.get(2));
    c.set(0, r);
    flagsBmi(c, r, never);
  }),
  ...define('blsr', { 'VEX L0 NP 0F38 f3 /1': 'By,Ey' }, { writes: all }, c => {
    const a = c.get(1);
    const r = and(a, sub(a, constant(a.type, 1)));
    c.set(0, r);
    flagsBmi(c, r, isZero(a));
  }),
  ...define('blsmsk', { 'VEX L0 NP 0F38 f3 /2': 'By,Ey' }, { writes: all }, c => {
    const a = c.get(1);
    const r = xor(a, sub(a, constant(a.type, 1)));
    c.set(0, r);
    flagsBmi(c, r, isZero(a));
  }),
  ...define('blsi', { 'VEX L0 NP 0F38 f3 /3': 'By,Ey' }, { writes: all }, c => {
    const a = c.get(1);
    const r = and(a, negate(a));
    c.set(0, r);
    flagsBmi(c, r, isNonZero(a));
  }),
  ...define('bzhi', { 'VEX L0 NP 0F38 f5': 'Gy,Ey,By' }, { writes: all }, bzhi),
  ...define('pext', { 'VEX L0 F3 0F38 f5': 'Gy,By,Ey' }, {}, c => scatter(c, false)),
  ...define('pdep', { 'VEX L0 F2 0F38 f5': 'Gy,By,Ey' }, {}, c => scatter(c, true)),
  ...define('mulx', { 'VEX L0 F2 0F38 f6': 'Gy,By,Ey' }, {}, c => {
    const bytes = c.size(0);
    const a = c.code.let(wide(c.gpr(RDX, bytes)));
    const b = c.code.let(wide(c.get(2)));
    const low = mul(a, b);
    c.set(1, convert(low, c.type(1)));
    c.set(0, bytes === 8 ? highProduct(c, a, b) : wrap(shrU(low, i64(32))));
  }),
  ...define('bextr', { 'VEX L0 NP 0F38 f7': 'Gy,Ey,By' }, { writes: all }, bextr),
];

/** What makes the parity of a result odd, so that PF is 0. */
function hiddenParity(r: Value<IntType>): Value<'i32'> {
  const low = and(convert(r, 'i32'), i32(0xff));
  return shl(xor(and(popcnt(low), i32(1)), i32(1)), i32(8));
}
