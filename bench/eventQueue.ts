/**
 * The event queue against gem5's algorithm in C++ (`eventQueue.cc`), both served by the same kind
 * of loop: every event, when it happens, schedules itself again.
 *
 * Both are measured in many short rounds, in turn; the shortest round counts, because whatever else
 * the machine does only makes rounds longer.
 */
import { Event, EventLoop, EventQueue, runEventLoop } from '../src/sim/index';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { inFolder, median } from './support/command';
import { EventReference, type Pattern } from './support/eventReference';

const DISTANCES = 4096;
const PENDING = [1, 8, 64, 1024, 16_384, 262_144];
const RUNS = 3;

const distance = new Float64Array(DISTANCES);
let nextDistance = 0;

/** The same distances as the reference's. */
function setDistances(pattern: Pattern): void {
  let random = 12345;
  for (let i = 0; i < DISTANCES; i++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    distance[i] = pattern === 'clock' ? 1000 : ((random >>> 8) % 1_000_000) + 1;
  }
}

class Hold extends Event {
  protected readonly queue: EventQueue;

  constructor(queue: EventQueue) {
    super();
    this.queue = queue;
  }

  process(): void {
    const { queue } = this;
    queue.schedule(this, queue.curTick + (distance[nextDistance] ?? 0));
    nextDistance = (nextDistance + 1) & (DISTANCES - 1);
  }
}

/** A class of its own each time, with code of its own. */
function anotherKind(): new (queue: EventQueue) => Event {
  return class extends Hold {
    override process(): void {
      const { queue } = this;
      queue.schedule(this, queue.curTick + (distance[nextDistance] ?? 0));
      nextDistance = (nextDistance + 1) & (DISTANCES - 1);
    }
  };
}

const KINDS = Array.from({ length: 8 }, anotherKind);

function aQueue(pattern: Pattern, pending: number): EventQueue {
  setDistances(pattern);
  const queue = new EventQueue('bench');
  for (let i = pending - 1; i >= 0; i--) {
    const Kind = pattern === 'kinds' ? (KINDS[i % KINDS.length] ?? Hold) : Hold;
    const when = pattern === 'clock' ? 1000 : Math.floor((i * 2_000_000) / pending);
    queue.schedule(new Kind(queue), when);
  }
  return queue;
}

function serve(queue: EventQueue, events: number): number {
  const start = performance.now();
  for (let i = 0; i < events; i++) queue.serviceOne();
  return ((performance.now() - start) * 1e6) / events;
}

interface Sizes {
  readonly pending: number;
  /** Events in a round: ours, and the reference's, which may be slower by orders of magnitude. */
  readonly events: number;
  readonly referenceEvents: number;
  readonly rounds: number;
}

/** Few enough events for a round of a few milliseconds. */
function sizesFor(pattern: Pattern, pending: number, smoke: boolean): Sizes {
  if (smoke)
    return { pending: Math.min(pending, 2000), events: 500, referenceEvents: 50, rounds: 1 };
  const isWalk = pattern !== 'clock' && pending > 64;
  const referenceEvents = isWalk ? Math.ceil(20_000_000 / pending / Math.log2(pending)) : 200_000;
  const events = pending > 10_000 ? 2 * pending : 100_000;
  return { pending, events, referenceEvents, rounds: pending > 100_000 ? 3 : 20 };
}

interface Figures {
  readonly ours: number[];
  readonly theirs: number[];
}

function measure(reference: EventReference, pattern: Pattern, sizes: Sizes): Figures {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const queue = aQueue(pattern, sizes.pending);
    serve(queue, sizes.events);
    for (let round = 0; round < sizes.rounds; round++) ours.push(serve(queue, sizes.events));
    const { pending, referenceEvents, rounds } = sizes;
    theirs.push(...reference.rounds(pattern, pending, referenceEvents, rounds + 1).slice(1));
  }
  return { ours, theirs };
}

/** Against the reference. */
function againstReference(
  reference: EventReference,
  pattern: Pattern,
  sizes: Sizes,
  limit: number | null,
): BenchResult {
  const { ours, theirs } = measure(reference, pattern, sizes);
  const names = {
    hold: 'random distances',
    clock: 'one clock',
    kinds: 'random distances, eight classes of events',
  };
  return ratioResult({
    name: `event queue, schedule and service, ${names[pattern]}, ${sizes.pending} pending`,
    unit: 'ns/event',
    measured: Math.min(...ours),
    reference: Math.min(...theirs),
    referenceName: "gem5's algorithm in C++",
    ...(limit === null ? {} : { limit }),
    detail: {
      pending: sizes.pending,
      rounds: ours.length,
      median: median(ours),
      referenceMedian: median(theirs),
    },
  });
}

/** The whole loop of `simulate()`, with its limit pending too. */
function throughLoop(reference: EventReference, smoke: boolean): BenchResult {
  const sizes = sizesFor('hold', 8, smoke);
  const ours: number[] = [];
  for (let round = 0; round < sizes.rounds * RUNS; round++) {
    const queue = aQueue('hold', sizes.pending);
    const ticks = (sizes.events * 500_000) / sizes.pending;
    const start = performance.now();
    runEventLoop(new EventLoop(queue, ticks, () => false));
    ours.push(((performance.now() - start) * 1e6) / sizes.events);
  }
  const theirs = reference.rounds('hold', 9, sizes.referenceEvents, sizes.rounds * RUNS);
  return ratioResult({
    name: `event loop, random distances, ${sizes.pending} pending`,
    unit: 'ns/event',
    measured: Math.min(...ours),
    reference: Math.min(...theirs),
    referenceName: "gem5's algorithm in C++",
    detail: { median: median(ours), referenceMedian: median(theirs) },
  });
}

/** What each of the operations costs by itself. */
interface Operations {
  readonly schedule: number[];
  readonly reschedule: number[];
  readonly deschedule: number[];
}

function operations(pending: number, smoke: boolean): Operations {
  const figures: Operations = { schedule: [], reschedule: [], deschedule: [] };
  // As many queues as it takes for something to measure; half of their events stay, half are moved.
  const queues = Array.from({ length: Math.max(1, Math.ceil(1024 / pending)) }, () =>
    aQueue('hold', Math.ceil(pending / 2)),
  );
  setDistances('hold');
  const work = queues.map(queue => ({
    queue,
    events: Array.from({ length: Math.max(1, Math.floor(pending / 2)) }, () => new Hold(queue)),
  }));
  const count = work.reduce((sum, { events }) => sum + events.length, 0);
  const time = (into: number[], operate: (queue: EventQueue, event: Event) => void): void => {
    const start = performance.now();
    for (const { queue, events } of work) for (const event of events) operate(queue, event);
    into.push(((performance.now() - start) * 1e6) / count);
  };
  const tick = (): number => {
    nextDistance = (nextDistance + 1) & (DISTANCES - 1);
    return (distance[nextDistance] ?? 0) * 2;
  };
  for (let round = 0; round < (smoke ? 1 : 2_000_000 / count); round++) {
    time(figures.schedule, (queue, event) => queue.schedule(event, tick()));
    time(figures.reschedule, (queue, event) => queue.reschedule(event, tick()));
    time(figures.deschedule, (queue, event) => queue.deschedule(event));
  }
  return figures;
}

function operationResults(pending: number, smoke: boolean): BenchResult[] {
  const { schedule, reschedule, deschedule } = operations(smoke ? 100 : pending, smoke);
  const result = (operation: string, figures: number[]): BenchResult =>
    ratioResult({
      name: `event queue, ${operation}, ${pending} pending`,
      unit: 'ns/operation',
      measured: Math.min(...figures),
      reference: Math.min(...schedule),
      referenceName: 'schedule',
      detail: { median: median(figures), referenceMedian: median(schedule) },
    });
  return [result('reschedule', reschedule), result('deschedule', deschedule)];
}

/** Compiles the reference and measures everything. */
export function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  return inFolder(folder => {
    const reference = new EventReference(folder);
    const hold = PENDING.map(pending => {
      const limit = pending <= 8 ? 2 : 1;
      return againstReference(reference, 'hold', sizesFor('hold', pending, smoke), limit);
    });
    const few = hold[2]?.measured ?? NaN;
    const many = hold.at(-1)?.measured ?? NaN;
    const growth = ratioResult({
      name: 'event queue, 256 Ki pending against 64',
      unit: 'ns/event',
      measured: many,
      reference: few,
      referenceName: 'the same with 64 pending',
      limit: 8,
    });
    return [
      ...hold,
      growth,
      ...PENDING.map(n => againstReference(reference, 'clock', sizesFor('clock', n, smoke), null)),
      throughLoop(reference, smoke),
      ...[8, 64, 1024, 16_384].flatMap(pending => operationResults(pending, smoke)),
      // Last: code that has met many classes stays slower.
      ...[8, 64].map(n => againstReference(reference, 'kinds', sizesFor('kinds', n, smoke), null)),
    ];
  });
}
