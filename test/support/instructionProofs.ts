/** How it was found out that software cores execute an instruction as processors do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RFlags, Vector } from '../../src/arch/x86/index';
import { Decoder, OpcodeTable } from '../../src/arch/x86/isa/decoder';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import type { Semantics } from '../../src/arch/x86/isa/semantics';
import { badPrograms, foreignPrograms } from './badPrograms';
import { intelOnly, isComparedOnIntel, toleranceOf } from './notCompared';
import { repositoryRoot } from './repository';

/** Guest programs that guestPrograms.test.ts compares with their native run. */
const PROGRAMS = ['traps', 'signals', 'faults'] as const;

/** What is executed elsewhere: instructions by the tests' files whose text has them. */
export const otherTests: readonly (readonly [
  file: string,
  what: string,
  names: readonly string[],
])[] = [
  ['test/system/programs/vectors.c', 'program `vectors`', ['xsave', 'xrstor']],
  // What the dynamic linker of glibc executes before a program begins, and when it binds a function.
  ['test/system/realPrograms.test.ts', 'dynamic linker', ['cpuid', 'xgetbv', 'xsavec', 'rdtsc']],
];

/** The executable segments of a program. */
function codeOf(path: string): Uint8Array {
  const file = readFileSync(path);
  const table = Number(file.readBigUInt64LE(32));
  const headers = Array.from({ length: file.readUInt16LE(56) }, (_, i) => table + i * 56);
  const [LOAD, EXECUTE] = [1, 1];
  const pieces = headers
    .filter(at => file.readUInt32LE(at) === LOAD && (file.readUInt32LE(at + 4) & EXECUTE) !== 0)
    .map(at => {
      const start = Number(file.readBigUInt64LE(at + 8));
      return file.subarray(start, start + Number(file.readBigUInt64LE(at + 32)));
    });
  return Buffer.concat(pieces);
}

/** The encodings that are in some code. */
function encodingsIn(code: Uint8Array): ReadonlySet<Encoding> {
  const decoder = new Decoder(new OpcodeTable(instructionSet));
  const found = new Set<Encoding>();
  for (let at = 0; at < code.length;) {
    const bytes = code.subarray(at, at + 15);
    const isOne = decoder.decode(bytes, bytes.length) === 'ok';
    if (isOne) found.add(decoder.encoding);
    at += isOne ? decoder.length : 1;
  }
  return found;
}

class OtherUse extends Error {}

const vectorNames: Readonly<Record<number, string>> = { [Vector.UD]: '#UD', [Vector.GP]: '#GP' };

/** The exception that an instruction raises whatever it finds, or null. */
function onlyRaises({ definition }: Encoding): string | null {
  let raised: string | null = null;
  const probe = new Proxy<object>(
    {},
    {
      get: (_, name) => {
        if (name !== 'raise') throw new OtherUse();
        return (vector: number) => {
          raised = vectorNames[vector] ?? String(vector);
        };
      },
    },
  );
  try {
    definition.semantics(probe as Semantics);
  } catch (error) {
    if (!(error instanceof OtherUse)) throw error;
    return null;
  }
  return raised;
}

function lockstepProof(encoding: Encoding): string {
  const raised = onlyRaises(encoding);
  const { flags, lastPlace, mxcsr, faultAddress, afterFault } = toleranceOf(encoding);
  const notes = [
    ...(raised === null ? [] : [`always ${raised}`]),
    ...(intelOnly.has(encoding.definition.name) ? ['Intel'] : []),
    ...(flags === RFlags.OF ? ['not OF'] : []),
    ...(lastPlace ? ['last place'] : []),
    ...(mxcsr === 0 ? [] : ['not MXCSR.PE']),
    ...(faultAddress ? ['not where it faults'] : []),
    ...(afterFault === null ? [] : ['not after a fault']),
  ];
  return notes.length === 0 ? 'lock-step' : `lock-step (${notes.join(', ')})`;
}

/** Finds proofs. */
export class InstructionProofs {
  readonly #programs = PROGRAMS.map(name => ({
    name,
    encodings: encodingsIn(codeOf(join(repositoryRoot, 'guests', 'bin', name))),
  }));
  readonly #bad: ReadonlySet<Encoding> = new Set(
    [...badPrograms.map(([, code]) => code), ...foreignPrograms.map(([code]) => code)].flatMap(
      code => [...encodingsIn(Uint8Array.from(code))],
    ),
  );

  /** How an encoding was proved: one of the words that the page explains. */
  proofOf(encoding: Encoding): string {
    if (isComparedOnIntel(encoding)) return lockstepProof(encoding);
    const program = this.#programs.find(({ encodings }) => encodings.has(encoding));
    if (program !== undefined) return `program \`${program.name}\``;
    const { name } = encoding.definition;
    const other = encoding.vex ? undefined : otherTests.find(([, , names]) => names.includes(name));
    if (other !== undefined) return other[1];
    return this.#bad.has(encoding) ? 'bad program' : 'decoder';
  }
}
