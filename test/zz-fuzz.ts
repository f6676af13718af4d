import { Random } from '../src/base/index';
import { Lockstep, differences, middleOfStack, rspNumber } from './support/lockstep';
import { InstructionMaker, edge } from './support/randomInstruction';
import { instructionSet } from '../src/arch/x86/isa/instructions/instructionSet';
const seed = Number(process.argv[2] ?? 1), count = Number(process.argv[3] ?? 2000), only = process.argv[4];
const random = new Random(seed);
const lock = new Lockstep();
const maker = new InstructionMaker(random, { start: 0x500000 + 0x800, bytes: 0x1000 - 0x800 + 0x1000 + 8 });
const skip = new Set(['syscall','int3','int1','cpuid','rdtsc','rdtscp','xgetbv','pushf','popf','in','out','hlt','cli']);
const list = instructionSet.filter(e => !skip.has(e.definition.name) && (!only || e.definition.name.match(new RegExp('^(' + only + ')$'))));
const fails = new Map<string, number>();
const t0 = Date.now();
for (let n = 0; n < count; n++) {
  const e = list[random.nextInt(0, list.length - 1)]!;
  const inst = maker.make(e);
  const registers = Array.from({ length: 16 }, () => edge(random));
  for (const [i, v] of inst.registers) registers[i] = v;
  registers[rspNumber] = middleOfStack + BigInt(random.nextInt(0, 7));
  if (e.definition.name.match(/^(ls|movs|cmps|stos|lods|scas)$/)) {
    registers[1] = BigInt(random.nextInt(0, 40)); registers[6] = BigInt(0x500000 + random.nextInt(0, 8191)); registers[7] = BigInt(0x500000 + random.nextInt(0, 8191));
  }
  if (e.definition.name === 'leave') registers[5] = BigInt(0x500000 + random.nextInt(0, 8191));
  if (e.definition.name === 'jmp' || e.definition.name === 'call') for (let i = 0; i < 16; i++) if (i !== 4 && !inst.registers.has(i)) registers[i] = 0x400500n;
  const data = new Uint8Array(8192); for (let i = 0; i < 8192; i++) data[i] = random.next32();
  const vectors = new Uint8Array(512); for (let i = 0; i < 512; i++) vectors[i] = random.next32();
  const flags = 0x202 | (random.next32() & 0x8d5) | (e.definition.repeats ? random.nextInt(0, 1) * 0x400 : 0);
  const s = { code: inst.bytes, registers, flags, data, vectors, mxcsr: 0x1f80 };
  let h, w;
  try { h = lock.onHost(s); w = lock.inSoftware(s); } catch (err) { console.log('THROW', e.definition.name, Buffer.from(inst.bytes).toString('hex'), String(err)); fails.set(e.definition.name, (fails.get(e.definition.name) ?? 0) + 1); if (String(err).includes('exit')) break; continue; }
  const d = differences(h, w, 0);
  if (d.length) {
    const c = (fails.get(e.definition.name) ?? 0) + 1; fails.set(e.definition.name, c);
    if (c <= 2) console.log(e.definition.name, Buffer.from(inst.bytes).toString('hex'), 'fl', flags.toString(16), d.join(' | '));
  }
}
console.log(fails, Date.now() - t0, 'ms');
lock.dispose();
