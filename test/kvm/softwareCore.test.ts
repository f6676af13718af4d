/**
 * Software cores against the host's processor: every encoding of the tables, with random operands, one
 * instruction at a time. `FUZZ_COUNT` sets how many situations, `FUZZ_SEED` which others than usual.
 */
import { expect } from 'chai';
import { RFlags } from '../../src/arch/x86/index';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import { Random } from '../../src/base/index';
import { differences, Lockstep, type Outcome } from '../support/lockstep';
import {
  pasteable,
  randomSituation,
  situationOf,
  type BriefSituation,
} from '../support/randomSituation';

const count = Number(process.env['FUZZ_COUNT'] ?? 10_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 20261);

const GENERAL_PROTECTION = 'exception 13 error 0 at 0x0';

/**
 * What one step on the host cannot be compared with: it leaves the program, or shows the step itself, or
 * is an approximation that differs from machine to machine. (An MXCSR that cannot be is another exception
 * on some hosts.)
 */
const notCompared = new Set([
  ...[
    'syscall',
    'int1',
    'int3',
    'cpuid',
    'rdtsc',
    'rdtscp',
    'xgetbv',
    'pushf',
    'popf',
    'in',
    'out',
  ],
  ...['ldmxcsr', 'fxsave', 'fxrstor', 'rcpps', 'rcpss', 'rsqrtps', 'rsqrtss'],
]);

/** Flags that an instruction leaves undefined and that software cores do not set as processors do. */
function undefinedFlags({ definition, operands }: Encoding): number {
  const rotates = definition.name === 'rol' || definition.name === 'ror';
  return rotates && operands[1]?.place === 'I' ? RFlags.OF : 0;
}

/** A host whose KVM has no virtualization to rest on reports a vector that is not aligned as #UD. */
function isOtherFault(host: Outcome, software: Outcome): boolean {
  return host['stop'] === 'exception 6 error 0 at 0x0' && software['stop'] === GENERAL_PROTECTION;
}

/**
 * What processors have changed already when a store of the x87 or MMX faults, and the instruction will
 * be executed again: Intel's count the registers from 0 by then, and may have written the first 8 of
 * 10 bytes. The SDM promises nothing of either; software cores leave everything as it was.
 */
function doneBeforeFault({ definition, map, opcode }: Encoding): RegExp {
  const storesMmx = map === 1 && (opcode === 0x7e || opcode === 0x7f);
  if (storesMmx) return /^(?:st\d|fsw):/;
  return definition.name === 'fstp' ? /^(?:data|more|stack)\+/ : /^$/;
}

describe('A software core does what the processor does', function () {
  this.timeout(600_000);
  let machines: Lockstep;
  before(() => {
    machines = new Lockstep();
  });
  after(() => {
    machines.dispose();
  });

  const differ = (situation: BriefSituation, encoding?: Encoding): string[] => {
    const whole = situationOf(situation);
    const [host, software] = [machines.onHost(whole), machines.inSoftware(whole)];
    if (isOtherFault(host, software)) return [];
    if (encoding === undefined) return differences(host, software, 0);
    const found = differences(host, software, undefinedFlags(encoding));
    if (host['stop']?.startsWith('exception') !== true) return found;
    const excused = doneBeforeFault(encoding);
    return found.filter(difference => !excused.test(difference));
  };
  const expectSame = (situation: BriefSituation): void => {
    expect(differ(situation)).to.deep.equal([]);
  };

  /** The same failure with as many registers 0 as possible. */
  const shrunk = (situation: BriefSituation, encoding: Encoding): BriefSituation => {
    let smallest = situation;
    for (let i = 0; i < 16; i++) {
      const registers = smallest.registers.with(i, 0n);
      const smaller = { ...smallest, registers };
      if (differ(smaller, encoding).length > 0) smallest = smaller;
    }
    return smallest;
  };

  it(`${String(count)} random situations, seed ${String(seed)}`, () => {
    const random = new Random(seed);
    const encodings = instructionSet.filter(({ definition }) => !notCompared.has(definition.name));
    for (let i = 0; i < count; i++) {
      const encoding = encodings[i % encodings.length]!;
      const situation = randomSituation(random, encoding);
      if (differ(situation, encoding).length === 0) continue;
      const smallest = shrunk(situation, encoding);
      const text = differ(smallest, encoding).join('\n');
      expect.fail(`${text}\n${pasteable(encoding.definition.name, smallest)}`);
    }
  });

  it('moves on by the byte where source and target of a repeated move overlap', () => {
    const registers = new Array<bigint>(16).fill(0n);
    registers[1] = 100n;
    registers[6] = 0x50_0010n;
    registers[7] = 0x50_0013n;
    registers[4] = 0x7fff_ffff_e800n;
    expectSame({
      code: 'f3a4',
      registers,
      flags: 0x202,
      mxcsr: 0x1f80,
      x87: [0x37f, 0, 0],
      fill: 1,
    });
  });

  it('reads two bytes for a MOVSXD of two, at the end of what is mapped', () => {
    const registers = new Array<bigint>(16).fill(0n);
    registers[6] = 0x50_1ffen;
    registers[4] = 0x7fff_ffff_e800n;
    expectSame({
      code: '66406316',
      registers,
      flags: 0x202,
      mxcsr: 0x1f80,
      x87: [0x37f, 0, 0],
      fill: 1,
    });
  });
});
