/** What a statistic, a debug flag and a probe point cost an event when nobody looks at them. */
import { debugFlag, dprintf, type DebugFlag } from '../src/base/index';
import { Event, EventQueue, Scalar, StatGroup, unit } from '../src/sim/index';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { median } from './support/command';

const Bench = debugFlag('Bench', 'a flag that is off');

/** An event that comes again, some ticks later. */
class Bare extends Event {
  protected readonly queue: EventQueue;
  #steps = 0;

  constructor(queue: EventQueue) {
    super();
    this.queue = queue;
  }

  override name(): string {
    return 'bench';
  }

  process(): void {
    this.advance();
  }

  protected advance(): void {
    this.#steps = (this.#steps * 5 + 3) & 0xff;
    this.queue.schedule(this, this.queue.curTick + 1 + this.#steps);
  }
}

/** The same, with what a model adds. */
class Instrumented extends Bare {
  readonly #count = new Scalar(new StatGroup(), 'count', unit.Count, 'events');
  readonly #flag: DebugFlag = Bench;

  override process(): void {
    this.#count.value += 1;
    if (this.#flag.enabled) dprintf(this.#flag, this.queue.curTick, 'bench', 'processed');
    this.advance();
  }
}

/** Nanoseconds for each event. */
function time(make: (queue: EventQueue) => Event, events: number): number {
  const queue = new EventQueue('bench');
  for (let pending = 0; pending < 8; pending++) queue.schedule(make(queue), pending);
  const start = performance.now();
  for (let done = 0; done < events; done++) queue.serviceOne();
  return ((performance.now() - start) * 1e6) / events;
}

export function run({ smoke }: BenchOptions): BenchResult[] {
  const events = smoke ? 10_000 : 10_000_000;
  const rounds = smoke ? 1 : 7;
  const bare: number[] = [];
  const instrumented: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(time(queue => new Bare(queue), events));
    instrumented.push(time(queue => new Instrumented(queue), events));
  }
  return [
    ratioResult({
      name: 'an event with a statistic and a debug flag that is off',
      unit: 'ns/event',
      measured: median(instrumented),
      reference: median(bare),
      referenceName: 'the same event without them',
      limit: 1.1,
      detail: { rounds, events },
    }),
  ];
}
