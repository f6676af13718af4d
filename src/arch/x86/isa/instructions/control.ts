/** Jumps, calls, returns, interrupts and what stops a program. */
import { Vector } from '../../flags';
import { RCX, RSP } from '../../registers';
import { both, isNonZero, isZero, not } from '../builder/condition';
import { add, convert, i64, sub, type Value } from '../builder/value';
import { define, type EncodingTable, type Family } from '../definition';
import { condition, conditionNames, zeroFlag } from '../flagWords';
import { StopReason } from '../stopReason';
import type { Semantics } from '../semantics';

const near = { size: 'always64', ends: true } as const;

/** Where a direct jump leads, for those that need it as a value. */
function returnTo(c: Semantics, immediateBytes: number): void {
  const target = c.pop(8, RSP) as Value<'i64'>;
  if (immediateBytes > 0) {
    const top = add(c.gpr64(RSP), i64(8));
    c.setGpr(RSP, 8, add(top, c.unsignedImmediate()));
  }
  c.jumpTo(target);
}

/** LOOP and its kin: counts RCX, or ECX, down. */
function loop(c: Semantics, until: 'zero' | 'non-zero' | null): void {
  const bytes = c.form.address32 ? 4 : 8;
  const old = c.gpr(RCX, bytes);
  const count = c.code.let(sub(old, convert(i64(1), old.type)));
  c.setGpr(RCX, bytes, count);
  const goesOn = isNonZero(count);
  if (until === null) c.branch(goesOn);
  else c.branch(both(goesOn, until === 'zero' ? zeroFlag(c) : not(zeroFlag(c))));
}

/** What programs may not execute at all. */
function privileged(name: string, encodings: EncodingTable): Family {
  return define(name, encodings, { ends: true }, c => c.raise(Vector.GP));
}

/** Control transfer, in the order of the opcode maps. */
export const control: Family = [
  ...conditionNames.flatMap((name, code) => {
    const opcode = code.toString(16);
    const options = { reads: 'oszapc', size: 'always64' } as const;
    return define(`j${name}`, { [`7${opcode}`]: 'Jb', [`0F 8${opcode}`]: 'Jz' }, options, c =>
      c.branch(condition(c, code)),
    );
  }),
  ...define('ret', { c2: 'Iw' }, near, c => returnTo(c, 2)),
  ...define('ret', { c3: '' }, near, c => returnTo(c, 0)),
  ...define('int3', { cc: '' }, { ends: true }, c => c.trap(Vector.BP)),
  ...define('int1', { f1: '' }, { ends: true }, c => c.trap(Vector.DB)),
  ...define('loopne', { e0: 'Jb' }, { reads: 'z', size: 'always64', repeats: true }, c =>
    loop(c, 'non-zero'),
  ),
  ...define('loope', { e1: 'Jb' }, { reads: 'z', size: 'always64', repeats: true }, c =>
    loop(c, 'zero'),
  ),
  ...define('loop', { e2: 'Jb' }, { size: 'always64', repeats: true }, c => loop(c, null)),
  ...define('jrcxz', { e3: 'Jb' }, { size: 'always64', repeats: true }, c =>
    c.branch(isZero(c.gpr(RCX, c.form.address32 ? 4 : 8))),
  ),
  ...define('call', { e8: 'Jz' }, near, c => {
    c.push(c.nextRip(), 8, RSP);
    c.goto();
  }),
  ...define('jmp', { e9: 'Jz', eb: 'Jb' }, near, c => c.goto()),
  ...privileged('hlt', { f4: '' }),
  ...privileged('cli', { fa: '' }),
  ...privileged('sti', { fb: '' }),
  ...privileged('lldt', { '0F 00 /2': 'Ew' }),
  ...privileged('ltr', { '0F 00 /3': 'Ew' }),
  ...privileged('lgdt', { '0F 01 /2': 'Mb' }),
  ...privileged('lidt', { '0F 01 /3': 'Mb' }),
  ...privileged('lmsw', { '0F 01 /6': 'Ew' }),
  ...privileged('invlpg', { '0F 01 /7': 'Mb' }),
  ...privileged('swapgs', { '0F 01 =F8': '' }),
  ...privileged('clts', { '0F 06': '' }),
  ...privileged('sysret', { '0F 07': '' }),
  ...privileged('invd', { '0F 08': '' }),
  ...privileged('wbinvd', { '0F 09': '' }),
  ...[0, 2, 3, 4].flatMap(number =>
    privileged('mov', { [`0F 20 /${number}`]: 'Rq', [`0F 22 /${number}`]: 'Rq' }),
  ),
  ...privileged('mov', { '0F 21': 'Rq,Gq', '0F 23': 'Rq,Gq' }),
  ...privileged('wrmsr', { '0F 30': '' }),
  ...privileged('rdmsr', { '0F 32': '' }),
  ...privileged('rdpmc', { '0F 33': '' }),
  ...privileged('sysenter', { '0F 34': '' }),
  ...privileged('sysexit', { '0F 35': '' }),
  ...define('call', { 'ff /2': 'Ev' }, near, c => {
    const target = c.get(0) as Value<'i64'>;
    c.push(c.nextRip(), 8, RSP);
    c.jumpTo(target);
  }),
  ...define('jmp', { 'ff /4': 'Ev' }, near, c => c.jumpTo(c.get(0) as Value<'i64'>)),
  ...define('syscall', { '0F 05': '' }, { ends: true }, c => c.stop(StopReason.Syscall)),
  ...define('ud2', { '0F 0b': '', '0F b9': 'Gv,Ev', '0F ff': 'Gv,Ev' }, { ends: true }, c =>
    c.raise(Vector.UD),
  ),
];
