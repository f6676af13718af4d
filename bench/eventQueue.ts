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

/** Few enough events for a round of a few milliseconds, which a busy machine may leave alone. */
function sizesFor(pattern: Pattern, pending: number, smoke: boolean): Sizes {
  if (smoke)
    return { pending: Math.min(pending, 2000), events: 500, referenceEvents: 50, rounds: 1 };
  const isWalk = pattern !== 'clock' && pending > 64;
  const referenceEvents = isWalk ? Math.ceil(20_000_000 / pending / Math.log2(pending)) : 100_000;
  return { pending, events: pending > 10_000 ? 20_000 : 100_000, referenceEvents, rounds: 20 };
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
    // Every event has come again before the first round.
    serve(queue, Math.max(sizes.events, 2 * sizes.pending));
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

type Operation = 'schedule' | 'reschedule' | 'deschedule';

/** Nanoseconds of each operation, one figure for each round. */
type Operations = Record<Operation, number[]>;

/**
 * Each operation by itself, all in the same setting: queues of `pending` events, at most an eighth of
 * which are being put in, moved or taken out, so that no operation meets fewer than another.
 */
function operations(pending: number, smoke: boolean): Operations {
  setDistances('hold');
  const tick = (): number => {
    nextDistance = (nextDistance + 1) & (DISTANCES - 1);
    return (distance[nextDistance] ?? 0) * 2;
  };
  const changing = Math.max(1, pending >> 3);
  const work = Array.from({ length: Math.ceil(1024 / pending) }, () => {
    const queue = new EventQueue('bench');
    for (let i = changing; i < pending; i++) queue.schedule(new Hold(queue), tick());
    return { queue, events: Array.from({ length: changing }, () => new Hold(queue)) };
  });
  const operate: Record<Operation, () => void> = {
    schedule: () => {
      for (const { queue, events } of work)
        for (const event of events) queue.schedule(event, tick());
    },
    reschedule: () => {
      for (const { queue, events } of work)
        for (const event of events) queue.reschedule(event, tick());
    },
    deschedule: () => {
      for (const { queue, events } of work) for (const event of events) queue.deschedule(event);
    },
  };
  const figures: Operations = { schedule: [], reschedule: [], deschedule: [] };
  const times = smoke ? 1 : Math.ceil(8192 / (work.length * changing));
  for (let round = 0; round < (smoke ? 1 : 60); round++) {
    const spent: Record<Operation, number> = { schedule: 0, reschedule: 0, deschedule: 0 };
    for (let time = 0; time < times; time++) {
      for (const operation of ['schedule', 'reschedule', 'deschedule'] as const) {
        const start = performance.now();
        operate[operation]();
        spent[operation] += performance.now() - start;
      }
    }
    const count = work.length * changing * times;
    for (const operation of ['schedule', 'reschedule', 'deschedule'] as const)
      figures[operation].push((spent[operation] * 1e6) / count);
  }
  return figures;
}

function operationResults(pending: number, smoke: boolean): BenchResult[] {
  const figures = operations(smoke ? 100 : pending, smoke);
  const schedule = Math.min(...figures.schedule);
  const deschedule = Math.min(...figures.deschedule);
  const reschedule = Math.min(...figures.reschedule);
  const common = { unit: 'ns/operation', detail: { rounds: figures.schedule.length } };
  return [
    ratioResult({
      ...{ ...common, limit: 1, name: `event queue, deschedule, ${pending} pending` },
      ...{ measured: deschedule, reference: schedule, referenceName: 'schedule' },
    }),
    ratioResult({
      ...{ ...common, name: `event queue, reschedule, ${pending} pending` },
      ...{ measured: reschedule, reference: schedule, referenceName: 'schedule' },
    }),
    ratioResult({
      ...{ ...common, limit: 1.1, name: `event queue, reschedule in one step, ${pending} pending` },
      measured: reschedule,
      ...{ reference: deschedule + schedule, referenceName: 'deschedule, then schedule' },
    }),
  ];
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
