/** The text of docs/instructions.md: every mnemonic of the table of instructions. */
import type { Encoding } from '../../src/arch/x86/isa/definition';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import { formsOf, InstructionSampler } from './instructionForms';
import { InstructionProofs } from './instructionProofs';

/** Where the page is, from the root of the repository. */
export const INSTRUCTION_PAGE = 'docs/instructions.md';

function grouped<K, V>(items: Iterable<V>, keyOf: (item: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Features, the oldest first; others in the order of the alphabet. */
const FEATURES = [
  ...['x86-64', 'x87', 'CX8', 'CMOV', 'MMX', 'FXSR', 'SSE', 'SSE2', 'SSE3', 'SSSE3'],
  ...['SSE4.1', 'SSE4.2', 'AES', 'PCLMULQDQ', 'AVX', 'AVX2'],
];

function byAge(a: string, b: string): number {
  const rank = (name: string): number => (FEATURES.indexOf(name) + 1 || FEATURES.length + 1) - 1;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

const isLockstep = (proof: string): boolean => proof.startsWith('lock-step');

/** One proof alone, or each with the forms that it is for, but for those of the usual one. */
function proofText(proofs: ReadonlyMap<string, readonly Encoding[]>): string {
  if (proofs.size === 1) return [...proofs.keys()].join();
  return [...proofs]
    .map(([proof, encodings]) =>
      proof === 'lock-step' ? proof : `${proof}: ${formsOf(encodings).join('; ')}`,
    )
    .join('. ');
}

function introduction(mnemonics: number, encodings: number, compared: number): string {
  return `# Instructions

What the software core executes: ${String(mnemonics)} mnemonics in ${String(encodings)} encodings, of which ${String(compared)} are compared
with the host's processor. This page is made by \`npm run docs:instructions\` from the table that the decoder
and the interpreter are made from (\`src/arch/x86/isa/instructions/\`); a test sees that it is up to date.
[CPU models](cpu-models.md#how-it-was-proved) tells how the comparison works and what is known to differ.

- **Mnemonic**: as in the table, and as \`npm run fuzz -- --only MNEMONIC\` takes it. Vector instructions have
  no V before them, and string instructions no size behind them.
- **Forms**: mandatory prefix (NP: none), opcode, \`/digit\` for ModRM.reg or a whole ModRM byte, operands in the
  letters of the SDM's opcode maps (volume 2, appendix A.2). "VEX too": the same with a VEX prefix. L0 and L1
  are vectors of 16 and 32 bytes, W0 and W1 a REX.W or VEX.W that has to be so; \`reg\` and \`mem\` say what
  ModRM.rm may be.
- **Feature**: what CPUID has to show, according to the decoder \`iced-x86\`, for some form or other; x86-64 is
  what every processor has.
- **Proved by**:

| word | what it stands for |
|---|---|
| lock-step | random instances, executed on the software core and by the processor, are the same: \`test/kvm/softwareCore.test.ts\` |
| … (always #GP), (always #UD) | so is the exception that it raises in a program |
| … (Intel) | on a processor of Intel |
| … (not OF), (not MXCSR.PE), (not where it faults), (not after a fault) | but for what processors leave undefined, or do each in their own way: \`test/support/notCompared.ts\` |
| … (last place) | but for the last place of its result |
| program \`NAME\` | a program with it prints what it prints natively: \`guests/src/NAME.c\` in \`test/system/guestPrograms.test.ts\`; \`vectors\` is in \`test/system/vectorPrograms.test.ts\` |
| dynamic linker | so do dynamically linked programs, before which glibc's linker executes it: \`test/system/realPrograms.test.ts\` |
| bad program | a program is ended by it with the signal that ends it natively: \`test/support/badPrograms.ts\` |
| decoder | only that it is decoded right: \`test/unit/arch/isa/decoder.test.ts\` |

| Mnemonic | Forms | Feature | Proved by |
|---|---|---|---|
`;
}

/** The page. */
export function instructionPage(): string {
  const proofs = new InstructionProofs();
  const sampler = new InstructionSampler();
  const proofOf = new Map(instructionSet.map(each => [each, proofs.proofOf(each)]));
  const mnemonics = grouped(instructionSet, ({ definition }) => definition.name);
  const rows = [...mnemonics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, encodings]) => {
      const features = encodings.flatMap(each => [...sampler.look(each).features]);
      const byProof = grouped(encodings, each => proofOf.get(each) ?? '');
      const forms = formsOf(encodings).join('; ');
      return `| ${name} | ${forms} | ${[...new Set(features)].sort(byAge).join(', ')} | ${proofText(byProof)} |\n`;
    });
  const compared = [...proofOf.values()].filter(isLockstep).length;
  return introduction(mnemonics.size, instructionSet.length, compared) + rows.join('');
}
