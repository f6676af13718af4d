/** Random instructions against the host's processor, as many as wanted. */
import { Random } from '../../src/base/index';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import { Lockstep } from './lockstep';
import type { Tolerance } from './lockstepOutcome';
import { isCompared, toleranceOf } from './notCompared';
import { pasteable, SituationMaker, situationOf, type BriefSituation } from './randomSituation';

/** Instructions that are tried in one entry into the guest. */
const SLOTS = 128;

/** What was tried and turned out not to be the same. */
export interface Failure {
  readonly encoding: Encoding;
  readonly situation: BriefSituation;
  readonly lines: readonly string[];
}

/** What is tried. */
interface Attempt {
  readonly encoding: Encoding;
  readonly situation: BriefSituation;
  readonly tolerance: Tolerance;
}

/** Tries random instructions. */
export class Fuzzer {
  /** Told now and then how many situations were tried. */
  onProgress: (tried: number) => void = () => undefined;
  readonly #machines: Lockstep;

  /** @param mostForms - that the software core knows at a time; default: see `CoreSurroundings` */
  constructor(mostForms?: number) {
    this.#machines = new Lockstep(SLOTS, mostForms);
  }

  dispose(): void {
    this.#machines.dispose();
  }

  /** What differs in a situation, a line each. */
  differ(situation: BriefSituation, tolerance: Tolerance): readonly string[] {
    const [lines] = this.#machines.compare([situationOf(situation)], [tolerance], situation.slot);
    return lines ?? [];
  }

  /**
   * Tries `count` situations, of each encoding in turn.
   *
   * @param only - the mnemonic to try; default all of them
   * @returns failures, made as small as possible
   */
  *run(count: number, seed: number, only?: string): Generator<Failure, void, void> {
    const encodings = instructionSet.filter(
      encoding => isCompared(encoding) && (only === undefined || encoding.definition.name === only),
    );
    if (encodings.length === 0) return;
    const maker = new SituationMaker(new Random(seed));
    for (let tried = 0; tried < count; tried += SLOTS) {
      if (tried % (SLOTS * 256) === 0) this.onProgress(tried);
      const batch = Array.from({ length: Math.min(SLOTS, count - tried) }, (_, slot) => {
        const encoding = encodings[(tried + slot) % encodings.length]!;
        return {
          encoding,
          situation: maker.make(encoding, slot),
          tolerance: toleranceOf(encoding),
        };
      });
      const results = this.#machines.compare(
        batch.map(({ situation }) => situationOf(situation)),
        batch.map(({ tolerance }) => tolerance),
      );
      for (const [slot, lines] of results.entries()) {
        const tried = batch[slot]!;
        if (lines !== null && !this.#isOthersStore(tried, lines)) yield this.#shrink(tried, lines);
      }
    }
  }

  /**
   * Whether a difference in memory is there only beside other slots: their instructions come upon this
   * slot's memory now and then, on the host before it is looked at, in software behind.
   */
  #isOthersStore({ situation, tolerance }: Attempt, lines: readonly string[]): boolean {
    const inMemory = lines.every(line => line.startsWith('memory'));
    return inMemory && this.differ(situation, tolerance).length === 0;
  }

  /** The same failure with as many registers 0 as possible, and the usual place and flags. */
  #shrink({ encoding, situation, tolerance }: Attempt, lines: readonly string[]): Failure {
    let smallest: Failure = { encoding, situation, lines };
    const attempt = (change: Partial<BriefSituation>): void => {
      const smaller = { ...smallest.situation, ...change };
      const found = this.differ(smaller, tolerance);
      if (found.length > 0) smallest = { encoding, situation: smaller, lines: found };
    };
    const { codeOffset: _, ...usual } = situation;
    attempt(usual);
    attempt({ flags: 0x202 });
    attempt({ mxcsr: 0x1f80 });
    attempt({ x87: [0x37f, 0, 0] });
    for (let fill = 0; fill < 4; fill++) attempt({ fill });
    for (let i = 0; i < 16; i++) {
      attempt({ registers: smallest.situation.registers.with(i, 0n) });
    }
    return smallest;
  }
}

/** A failure as it is printed: what differs, and a test to paste. */
export function formatFailure({ encoding, situation, lines }: Failure): string {
  return `${lines.join('\n')}\n${pasteable(encoding.definition.name, situation)}`;
}
