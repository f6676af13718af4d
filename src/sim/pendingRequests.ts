/**
 * What models and programs have asked for that has not happened yet: ends of the run, dumps and resets
 * of statistics. A checkpoint has them, so that they happen after a restore. What a script has asked for
 * is not here: the script asks again.
 */
import type { Tick } from '../base/index';
import type { EventFunctionWrapper } from './event';
import type { EventQueue } from './eventQueue';
import { exitSimLoop, type GlobalSimLoopExitEvent } from './exitEvents';
import type { CheckpointIn, CheckpointOut, Serializable } from './serializable';
import { scheduleStatEvent, type StatAction } from './statEvents';
import type { StatsRegistry } from './stats/index';

interface PendingExit {
  readonly event: GlobalSimLoopExitEvent;
  readonly repeat: Tick;
}

interface PendingStats {
  readonly event: EventFunctionWrapper;
  readonly action: StatAction;
  readonly repeat: Tick;
}

/** The requests of one simulation. */
export class PendingRequests implements Serializable {
  readonly #queue: EventQueue;
  readonly #stats: () => StatsRegistry;
  #exits: PendingExit[] = [];
  #statEvents: PendingStats[] = [];

  constructor(queue: EventQueue, stats: () => StatsRegistry) {
    this.#queue = queue;
    this.#stats = stats;
  }

  /** Whether an end of the run is to come. */
  get hasExit(): boolean {
    return this.#exits.some(({ event }) => event.scheduled);
  }

  /** Ends the run at a tick. @param repeat - in ticks: and again, this much later; 0 for once */
  exit(cause: string, code: number, when: Tick, repeat: Tick): void {
    const event = exitSimLoop(this.#queue, cause, code, when, repeat);
    this.#exits = [...this.#exits.filter(isPending), { event, repeat }];
  }

  /** Dumps or resets statistics at a tick. @param repeat - as for {@link exit} */
  statistics(action: StatAction, when: Tick, repeat: Tick): void {
    const event = scheduleStatEvent(this.#queue, this.#stats(), action, { when, repeat });
    this.#statEvents = [...this.#statEvents.filter(isPending), { event, action, repeat }];
  }

  serialize(checkpoint: CheckpointOut): void {
    const exits = this.#exits.filter(isPending);
    const texts = (key: string, list: readonly string[]): void => {
      checkpoint.paramOut(key, list);
    };
    const numbers = (key: string, list: readonly number[]): void => {
      checkpoint.paramOut(key, list);
    };
    texts(
      'exitCauses',
      exits.map(({ event }) => event.cause),
    );
    numbers(
      'exitCodes',
      exits.map(({ event }) => event.code),
    );
    numbers('exitTicks', exits.map(tickOf));
    numbers('exitRepeats', exits.map(repeatOf));
    const stats = this.#statEvents.filter(isPending);
    numbers(
      'statDumps',
      stats.map(({ action }) => Number(action.dump)),
    );
    numbers(
      'statResets',
      stats.map(({ action }) => Number(action.reset)),
    );
    numbers('statTicks', stats.map(tickOf));
    numbers('statRepeats', stats.map(repeatOf));
  }

  /** Called when the present tick is that of the checkpoint. */
  unserialize(checkpoint: CheckpointIn): void {
    const codes = checkpoint.numbers('exitCodes');
    const ticks = checkpoint.numbers('exitTicks');
    const repeats = checkpoint.numbers('exitRepeats');
    for (const [i, cause] of checkpoint.strings('exitCauses').entries()) {
      this.exit(cause, codes[i] ?? 0, this.#future(checkpoint, ticks[i]), repeats[i] ?? 0);
    }
    const resets = checkpoint.numbers('statResets');
    const statTicks = checkpoint.numbers('statTicks');
    const statRepeats = checkpoint.numbers('statRepeats');
    for (const [i, dump] of checkpoint.numbers('statDumps').entries()) {
      const action = { dump: dump !== 0, reset: resets[i] === 1 };
      this.statistics(action, this.#future(checkpoint, statTicks[i]), statRepeats[i] ?? 0);
    }
  }

  #future(checkpoint: CheckpointIn, when: Tick | undefined): Tick {
    if (when !== undefined && when >= this.#queue.curTick) return when;
    return checkpoint.fail('something was to happen in the past');
  }
}

function isPending({ event }: PendingExit | PendingStats): boolean {
  return event.scheduled;
}

function tickOf({ event }: PendingExit | PendingStats): Tick {
  return event.when;
}

function repeatOf({ repeat }: PendingExit | PendingStats): Tick {
  return repeat;
}
