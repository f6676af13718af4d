/**
 * Where statistics go, and when.
 *
 * Source of the behaviour: gem5 `python/m5/stats/__init__.py`, `sim/stat_control.cc`.
 */
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fatal, type Tick } from '../base/index';
import {
  JsonWriter,
  scheduleStatEvent,
  TextWriter,
  type AnyNode,
  type EventFunctionWrapper,
  type Simulation,
} from '../sim/index';
import { reasonOf, type OutputHost } from './nodeHost';
import { parseStatsUrl } from './statsUrl';

/** Statistics of one simulation, as scripts use them. */
export interface M5Stats {
  /**
   * Writes statistics to every output.
   * @param roots - the objects to write, with all below them; everything when there are none.
   */
  dump(roots?: readonly AnyNode[]): void;
  /** Sets all statistics back to zero. */
  reset(): void;
  /**
   * Dumps and resets all statistics every `period` ticks; a later call replaces the period.
   * @param period - in ticks; the first dump is at this tick, or so long from now if that is past.
   *   0 ends it.
   */
  periodicStatDump(period: Tick): void;
  /**
   * Dumps or resets all statistics at a tick, after everything else that counts in it.
   * @param when - the tick, now by default.
   * @param repeat - do it again every so many ticks; 0 for once.
   */
  schedStatEvent(dump: boolean, reset: boolean, when?: Tick, repeat?: Tick): void;
  /**
   * Adds an output for all dumps that follow.
   * @param url - `text://stats.txt?desc=False&spaces=False`, `json://stats.json`, or a file name,
   *   which means text. The file is in the output directory unless its path is absolute.
   * @throws {FatalError} when the URL is not of such a form.
   */
  addStatVisitor(url: string): void;
}

/** The statistics of a simulation with the files that they go to. */
export class StatsOutputs implements M5Stats {
  readonly #simulation: Simulation;
  readonly #host: OutputHost;
  readonly #events = new Set<EventFunctionWrapper>();
  #periodic: EventFunctionWrapper | undefined;

  constructor(simulation: Simulation, host: OutputHost) {
    this.#simulation = simulation;
    this.#host = host;
  }

  dump(roots: readonly AnyNode[] = []): void {
    this.#simulation.stats.dump(roots.map(root => root.simObject().stats));
  }

  reset(): void {
    this.#simulation.stats.reset();
  }

  periodicStatDump(period: Tick): void {
    requireTicks('period', period);
    if (this.#periodic !== undefined) this.#cancel(this.#periodic);
    this.#periodic = undefined;
    if (period === 0) return;
    const now = this.#simulation.curTick();
    this.#periodic = this.#schedule(true, true, period >= now ? period : now + period, period);
  }

  schedStatEvent(
    dump: boolean,
    reset: boolean,
    when: Tick = this.#simulation.curTick(),
    repeat: Tick = 0,
  ): void {
    requireTicks('when', when);
    requireTicks('repeat', repeat);
    const now = this.#simulation.curTick();
    if (when < now) {
      fatal(`schedStatEvent at tick ${String(when)}: that is past, now is ${String(now)}`);
    }
    this.#schedule(dump, reset, when, repeat);
  }

  #schedule(dump: boolean, reset: boolean, when: Tick, repeat: Tick): EventFunctionWrapper {
    const { eventQueue, stats } = this.#simulation;
    const onOver = (): void => void this.#events.delete(event);
    const event = scheduleStatEvent(eventQueue, stats, { dump, reset }, { when, repeat, onOver });
    this.#events.add(event);
    return event;
  }

  #cancel(event: EventFunctionWrapper): void {
    if (event.scheduled) this.#simulation.eventQueue.deschedule(event);
    this.#events.delete(event);
  }

  /**
   * To be called when a checkpoint has set the time: what is now in the past happens as long after
   * the present as it was to happen after tick 0.
   */
  updateEvents(): void {
    const now = this.#simulation.curTick();
    for (const event of this.#events) {
      if (event.when < now) this.#simulation.eventQueue.reschedule(event, event.when + now);
    }
  }

  addStatVisitor(url: string): void {
    const { format, file, desc, spaces } = parseStatsUrl(url);
    const output =
      format === 'json'
        ? new JsonWriter(
            document => {
              this.#host.writeOutput(file, document);
            },
            { creationTime: () => new Date().toISOString() },
          )
        : new TextWriter(this.#appender(file), { desc, spaces });
    this.#simulation.stats.addOutput(output);
  }

  /**
   * Appends to a file at once, so that nothing is lost however the run ends. The file starts empty:
   * an earlier run's statistics would pass for this one's until the first dump. It starts again
   * where the output directory changes, as it does in a forked child.
   */
  #appender(name: string): (chunk: string) => void {
    let started = '';
    const start = (): string => {
      const path = resolve(this.#host.outputDirectory(), name);
      if (started !== path) this.#host.writeOutput(name, '');
      started = path;
      return path;
    };
    start();
    return chunk => {
      const path = start();
      try {
        appendFileSync(path, chunk);
      } catch (error) {
        fatal(`cannot write '${path}': ${reasonOf(error)}`);
      }
    };
  }
}

function requireTicks(name: string, value: Tick): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    fatal(`${name} is ${String(value)}; it must be a number of ticks, from 0 to 2^53 - 1`);
  }
}
