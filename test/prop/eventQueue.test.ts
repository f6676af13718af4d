import { expect } from 'chai';
import fc from 'fast-check';
import { MaxTick, Random } from '../../src/base/index';
import { Event, EventQueue } from '../../src/sim/index';

/** What the queue must do, in the plainest way: the next is found by looking at all. */
class NaiveQueue {
  now = 0;
  #stamp = 0;
  readonly #entries = new Map<number, { when: number; priority: number; stamp: number }>();
  readonly squashed = new Set<number>();

  put(id: number, when: number, priority: number): void {
    this.#entries.set(id, { when, priority, stamp: ++this.#stamp });
  }

  take(id: number): void {
    this.#entries.delete(id);
    this.squashed.delete(id);
  }

  has(id: number): boolean {
    return this.#entries.has(id);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Tick, then priority, then last scheduled first. */
  inOrder(): number[] {
    return [...this.#entries]
      .sort(([, a], [, b]) => a.when - b.when || a.priority - b.priority || b.stamp - a.stamp)
      .map(([id]) => id);
  }

  when(id: number): number {
    return this.#entries.get(id)?.when ?? NaN;
  }

  /** The one that `inOrder` would put first. */
  first(): number | undefined {
    let first: number | undefined;
    let best = { when: Infinity, priority: 0, stamp: 0 };
    for (const [id, entry] of this.#entries) {
      const order =
        entry.when - best.when || entry.priority - best.priority || best.stamp - entry.stamp;
      if (order < 0) [first, best] = [id, entry];
    }
    return first;
  }
}

class TestEvent extends Event {
  readonly id: number;
  readonly #happened: (id: number) => void;

  constructor(id: number, priority: number, happened: (id: number) => void) {
    super(priority);
    this.id = id;
    this.#happened = happened;
  }

  process(): void {
    this.#happened(this.id);
  }
}

function idOf(event: Event): number {
  if (event instanceof TestEvent) return event.id;
  throw new Error(`${event.name()} is no event of this test`);
}

const PRIORITIES = [-128, -31, 0, 0, 0, 50, 100, 127];
/** How far ahead events are scheduled: each law is run with each. */
const REACHES = {
  'a few ticks': [0, 0, 1, 2, 3],
  'one clock': [0, 500, 500, 500, 1000],
  'nearby ticks': [1, 40, 900, 5000, 20_000],
  'the edges of a slow clock': [0, 5000, 20_000, 40_000],
  'all distances': [0, 10, 4095, 4096, 70_000, 2 ** 24, 2 ** 31, 2 ** 32 + 5, 2 ** 40, 2 ** 50],
};

/** Of ten changes of a pending event: how many move it, and how many take it off. */
const MIXES = {
  'of all kinds': { moves: 4, removals: 3 },
  'that move them': { moves: 9, removals: 0 },
  'that take them off': { moves: 1, removals: 8 },
};

/** Ticks from one edge of the slow clock to the next. */
const SLOW_PERIOD = 500;

/** A queue and the naive one, doing the same things and compared at every step. */
class Pair {
  readonly queue = new EventQueue('queue');
  readonly naive = new NaiveQueue();
  readonly #events: TestEvent[];
  readonly #random: Random;
  readonly #reach: readonly number[];
  readonly #period: number;
  readonly #mix: (typeof MIXES)[keyof typeof MIXES];
  #happened: number | null = null;
  steps = 0;

  constructor(
    seed: number,
    events: number,
    name: keyof typeof REACHES,
    mix: keyof typeof MIXES = 'of all kinds',
  ) {
    this.#random = new Random(seed);
    this.#reach = REACHES[name];
    this.#mix = MIXES[mix];
    this.#period = name === 'the edges of a slow clock' ? SLOW_PERIOD : 1;
    this.#events = Array.from({ length: events }, (_, id) => {
      const priority = PRIORITIES[this.#below(PRIORITIES.length)]!;
      return new TestEvent(id, priority, () => this.#onEvent(id));
    });
  }

  #below(count: number): number {
    return Math.floor((this.#random.next32() / 2 ** 32) * count);
  }

  #tick(): number {
    const reach = this.#reach[this.#below(this.#reach.length)]!;
    const exact = this.#below(3) === 0;
    const when = this.naive.now + (exact ? reach : this.#below(reach + 1));
    return Math.min(Math.ceil(when / this.#period) * this.#period, MaxTick);
  }

  /** Schedules, moves or removes an event that `choice` picks, in both queues. */
  #change(): void {
    this.steps++;
    const event = this.#events[this.#below(this.#events.length)]!;
    const choice = this.#below(10);
    const { moves, removals } = this.#mix;
    if (!this.naive.has(event.id)) {
      const when = this.#tick();
      if (choice < 8) this.queue.schedule(event, when);
      else this.queue.reschedule(event, when, true);
      this.naive.put(event.id, when, event.priority);
    } else if (choice < moves) {
      const when = this.#tick();
      this.queue.reschedule(event, when);
      this.naive.take(event.id);
      this.naive.put(event.id, when, event.priority);
    } else if (choice < moves + removals) {
      this.queue.deschedule(event);
      this.naive.take(event.id);
    } else if (choice === moves + removals) {
      event.squash();
      this.naive.squashed.add(event.id);
    }
  }

  /** An event happens: some change others, or schedule themselves again. */
  #onEvent(id: number): void {
    this.#happened = id;
    for (let changes = this.#below(4); changes > 0; changes--) this.#change();
    const event = this.#events[id]!;
    if (this.#below(2) === 0 && !event.scheduled) {
      const when = this.#tick();
      this.queue.schedule(event, when);
      this.naive.put(id, when, event.priority);
    }
  }

  #serve(): void {
    const first = this.naive.first();
    if (first === undefined) return;
    this.steps++;
    const skipped = this.naive.squashed.has(first);
    if (!skipped) this.naive.now = this.naive.when(first);
    this.naive.take(first);
    this.#happened = null;
    this.queue.serviceOne();
    expect(this.#happened).to.equal(skipped ? null : first);
    expect(this.queue.curTick).to.equal(this.naive.now);
  }

  /**
   * Several events come from outside, some of them for a past tick, and one goes again; then all are
   * let in, in such an order that of equals the first to come is served first.
   */
  #outside(): void {
    const free = this.#events.filter(event => !this.naive.has(event.id)).slice(0, 5);
    const arrivals = free.map(event => ({
      event,
      when: Math.max(0, this.#tick() - this.#below(3) * this.#period),
    }));
    for (const { event, when } of arrivals) this.queue.asyncSchedule(event, when);
    const gone = arrivals.splice(this.#below(arrivals.length + 1), 1);
    for (const { event } of gone) this.queue.deschedule(event);
    this.queue.handleAsyncInsertions();
    for (const { event, when } of arrivals.reverse()) {
      this.naive.put(event.id, Math.max(when, this.naive.now), event.priority);
    }
    this.steps += arrivals.length;
  }

  /** Moves time without serving: back, or ahead, even past events that are due by then. */
  #moveTime(): void {
    this.naive.now = this.#below(2) === 0 ? Math.floor(this.naive.now / 2) : this.#tick();
    this.queue.setCurTick(this.naive.now);
  }

  #compare(): void {
    const order = this.naive.inOrder();
    const pending = Array.from(this.queue.pending(), idOf);
    expect(pending).to.deep.equal(order);
    expect(this.queue.empty()).to.equal(order.length === 0);
    const first = order[0];
    expect(this.queue.nextTick()).to.equal(first === undefined ? MaxTick : this.naive.when(first));
    for (const event of this.#events) {
      expect(event.scheduled).to.equal(this.naive.has(event.id));
      expect(event.squashed).to.equal(this.naive.squashed.has(event.id));
      if (event.scheduled) expect(event.when).to.equal(this.naive.when(event.id));
    }
  }

  /** Does one random thing. */
  step(): void {
    const choice = this.#below(1000);
    if (choice < 500) this.#change();
    else if (choice < 900) this.#serve();
    else if (choice < 980) expect(this.queue.nextTick()).to.equal(this.#naiveNext());
    else if (choice < 985) this.#moveTime();
    else if (choice < 988) this.#compare();
    else if (choice < 993) this.#outside();
  }

  #naiveNext(): number {
    const first = this.naive.first();
    return first === undefined ? MaxTick : this.naive.when(first);
  }

  /** Serves everything that is left, without scheduling anything more. */
  finish(): void {
    this.#compare();
    for (const id of this.naive.inOrder()) {
      expect(this.queue.nextTick()).to.equal(this.naive.when(id));
      const event = this.#events[id]!;
      const [before] = this.queue.pending();
      expect(before).to.equal(event);
      this.queue.deschedule(event);
      this.naive.take(id);
    }
    this.#compare();
  }
}

describe('The event queue', () => {
  for (const name of Object.keys(REACHES) as (keyof typeof REACHES)[]) {
    it(`serves in the order of a naive queue: events within ${name}`, () => {
      let steps = 0;
      const run = (seed: number, events: number, length: number): void => {
        const pair = new Pair(seed, events, name);
        for (let i = 0; i < length; i++) pair.step();
        pair.finish();
        steps += pair.steps;
      };
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 2 ** 31 }),
          fc.constantFrom(1, 3, 12, 60, 200),
          fc.integer({ min: 1, max: 400 }),
          run,
        ),
        { numRuns: 150 },
      );
      // Long lives, with few events and with many.
      for (const events of [8, 40, 120, 500]) run(events, events, 10_000);
      expect(steps).to.be.greaterThan(50_000);
    });
  }

  for (const mix of Object.keys(MIXES) as (keyof typeof MIXES)[]) {
    it(`serves in the order of a naive queue: many changes ${mix}`, () => {
      let steps = 0;
      for (const name of Object.keys(REACHES) as (keyof typeof REACHES)[]) {
        for (const events of [2, 8, 30, 100, 300]) {
          const pair = new Pair(events, events, name, mix);
          for (let i = 0; i < 4000; i++) pair.step();
          pair.finish();
          steps += pair.steps;
        }
      }
      expect(steps).to.be.greaterThan(100_000);
    });
  }

  it('serves what a queue of 20,000 events holds in order', () => {
    const random = new Random(7);
    const queue = new EventQueue('queue');
    const served: Event[] = [];
    const events = Array.from({ length: 20_000 }, (_, id) => {
      const event = new TestEvent(id, PRIORITIES[random.next32() % 8]!, () => served.push(event));
      return event;
    });
    for (const event of events) queue.schedule(event, random.next32() % 3_000_000);
    const expected = [...events].sort(
      (a, b) => a.when - b.when || a.priority - b.priority || b.id - a.id,
    );
    while (!queue.empty()) queue.serviceOne();
    expect(served.map(idOf)).to.deep.equal(expected.map(({ id }) => id));
  });
});
