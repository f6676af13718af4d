/**
 * Serves a number of events and prints how often garbage was collected meanwhile; `eventMemory.ts`
 * runs it with a small heap.
 *
 *     manyEvents EVENTS
 */
import { debugFlag, dprintf } from '../../src/base/index';
import { Event, EventQueue, Scalar, StatGroup, unit } from '../../src/sim/index';
import { countCollections } from './countCollections';

/** Enough that some are in the list of the next few, and most in the timing wheel. */
const PENDING = 1000;
const MOVED = 64;
const WARM_UP = 500_000;

const Bench = debugFlag('Bench', 'a flag that is off');
const queue = new EventQueue('bench');
const count = new Scalar(new StatGroup(), 'count', unit.Count, 'events');

let random = 1;

/** Ticks. Sums of them soon need more than the 31 bits of a number that is no object. */
function distance(): number {
  // Kept to 31 bits, and so is no object itself.
  random = (Math.imul(random, 1664525) + 1013904223) | 0;
  return (random >>> 8) + 1;
}

/** Never happens: others move it, take it off the queue and put it back. */
class Bystander extends Event {
  process(): void {
    this.move();
  }

  move(): void {
    queue.reschedule(this, queue.curTick + distance(), true);
  }
}

const bystanders = Array.from({ length: MOVED }, () => new Bystander());
let next = 0;

/** Comes again and counts; one in eight does to a bystander all that can be done to an event. */
class Busy extends Event {
  process(): void {
    count.value += 1;
    if (Bench.enabled) dprintf(Bench, queue.curTick, 'bench', 'processed');
    queue.schedule(this, queue.curTick + distance());
    if ((random & 7) === 0) disturb();
  }
}

function disturb(): void {
  const bystander = bystanders[next];
  next = (next + 1) % MOVED;
  if (bystander === undefined) return;
  if (bystander.scheduled && (random & 32) === 0) queue.deschedule(bystander);
  else bystander.move();
}

function serve(events: number): void {
  for (let served = 0; served < events; served++) queue.serviceOne();
}

for (let i = 0; i < PENDING; i++) queue.schedule(new Busy(), distance());
serve(WARM_UP);
countCollections(
  () => serve(Number(process.argv[2])),
  collections => console.log(collections),
);
