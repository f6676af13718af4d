/**
 * How much the handlers are used, and so which of them belong into the interpreter's jump table.
 *
 * Only those that are called are counted. So at the start, and whenever too much is called, a survey is
 * made: for a while everything is called.
 */
import { countedHandlers, coreOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';

/** Instructions of a survey. */
const SURVEY = 100_000;
/** Instructions between a survey and the first look at how much is called; doubled by each survey. */
const FIRST_INTERVAL = 1_000_000;
/** Part of all instructions that may be called. */
const TOLERATED_CALLS = 0.01;
/** A handler of a smaller part of all instructions stays where it is called. */
const RARE = 1 / 5000;
/** Handlers in the jump table: beyond this many V8's code for it gets worse. */
const MAX_HOT = 224;

/** The handlers' parts of what a program executes. */
export class HandlerUse {
  readonly #memory: Pick<CoreMemory, 'u32' | 'base'>;
  /** By handler: what part of all instructions it was when that was counted. */
  readonly #parts: number[] = [];
  #hot: ReadonlySet<number> = new Set();
  #isSurvey = true;
  /** Instructions since counts were last taken, and after how many that happens. */
  #executed = 0;
  #until = SURVEY;
  #interval = FIRST_INTERVAL;

  constructor(memory: Pick<CoreMemory, 'u32' | 'base'>) {
    this.#memory = memory;
    this.#clearCounts();
  }

  /**
   * Notes that so many instructions were executed.
   * @returns `survey` to have every handler called from now on; handlers, those used most first, to have
   *   these in the jump table; null to leave all as it is
   */
  noteExecuted(instructions: number): 'survey' | readonly number[] | null {
    this.#executed += instructions;
    if (this.#executed < this.#until) return null;
    const parts = this.#takeParts();
    if (this.#isSurvey) {
      for (const [number, part] of parts.entries()) {
        this.#parts[number] = ((this.#parts[number] ?? part) + part) / 2;
      }
      return this.#choose();
    }
    if (parts.reduce((sum, part) => sum + part, 0) <= TOLERATED_CALLS) return null;
    for (const [number, part] of parts.entries()) {
      if (!this.#hot.has(number)) this.#parts[number] = part;
    }
    this.#isSurvey = true;
    this.#until = SURVEY;
    return 'survey';
  }

  #choose(): readonly number[] {
    const all = [...this.#parts.entries()].filter(([, part]) => part > RARE);
    const hot = all.sort(([, a], [, b]) => b - a).slice(0, MAX_HOT);
    const numbers = hot.map(([number]) => number);
    this.#hot = new Set(numbers);
    this.#isSurvey = false;
    this.#until = this.#interval;
    this.#interval *= 2;
    return numbers;
  }

  /** What part of the instructions each handler was called for; counts begin at 0 again. */
  #takeParts(): readonly number[] {
    const { u32, base } = this.#memory;
    const start = (base + coreOffset.handlerCalls) >>> 2;
    const executed = this.#executed;
    this.#executed = 0;
    const counts = u32.slice(start, start + countedHandlers);
    this.#clearCounts();
    return Array.from(counts, count => count / executed);
  }

  #clearCounts(): void {
    const { u32, base } = this.#memory;
    const start = (base + coreOffset.handlerCalls) >>> 2;
    u32.fill(0, start, start + countedHandlers);
  }
}
