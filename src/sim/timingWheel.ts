/**
 * The many events that come later, unsorted but grouped: a hierarchical timing wheel (Varghese and
 * Lauck, 1987). Each level is a ring of 4096 buckets: a bucket of level 1 is one tick wide, of
 * level 2 4096 ticks, and so on; five levels cover every tick there is. An event goes into the
 * lowest level whose ring, which begins at the base, reaches as far as the event. Putting it in and
 * taking it out costs the same however many are pending.
 *
 * The earliest bucket is always the first one in use of the lowest level in use. When it is wanted
 * and has few events, it is handed over for sorting; when it has many, they are spread over the
 * levels below. So an event moves at most once per level, in practice once.
 *
 * Events of one tick are always in the same bucket, in the order in which they were put in: that
 * is what keeps "last in, first out" true through all moves.
 *
 * One pass per simulated event: this file is hot. The lists run through typed arrays, indexed by
 * slot, because spreading a bucket then touches no event: with many pending, each event touched is
 * a miss of the caches.
 */
import { panic, type Tick } from '../base/index';
import type { Event } from './event';

const DigitBits = 12;
const Buckets = 1 << DigitBits;
const DigitMask = Buckets - 1;
/** Levels are counted from 1, so that no bucket has the number 0. */
const Lowest = 1;
const Highest = 5;
/** Numbers below are those of buckets. */
const FirstSlot = (Highest + 1) * Buckets;
/** A bucket with more events than this is spread over the levels below. */
const FewEvents = 24;
/** How many events to hand over at once, where there are as many. */
const WantedEvents = 16;
const FirstSlots = 64;

/** Ticks in a bucket of each level, and the inverse. */
const Width = Float64Array.from(
  { length: Highest + 1 },
  (_, level) => 2 ** (DigitBits * (level - Lowest)),
);
const Inverse = Width.map(width => 1 / width);

/** The timing wheel. */
export class TimingWheel {
  /** How many events it holds. */
  count = 0;
  /** After `collect`: the first tick that was not collected. */
  horizon: Tick = Infinity;
  /** The slots found by `collect`, earlier buckets first, unsorted within a bucket. */
  batch = new Int32Array(WantedEvents + FewEvents);

  /**
   * By bucket and slot: the neighbours in the bucket's circular list, in which the bucket itself is
   * between the last and the first. A slot can so be taken out without asking which bucket it is in.
   * A free slot's `next` is the next free one, or 0; the `previous` of a bucket not in use is 0.
   */
  private next = new Int32Array(0);
  private previous = new Int32Array(0);
  private free = 0;

  // By slot, from FirstSlot.
  private readonly events: (Event | null)[] = [];
  private when = new Float64Array(0);

  /** One bit per bucket in use. One whose events were all taken out is in use until it is looked at. */
  private bitmap = new Int32Array(0);

  /** By level: how many buckets are in use. */
  private readonly used = new Int32Array(Highest + 1);
  /** By level: no bucket before this word of the bitmap is in use. */
  private readonly firstWord = new Int32Array(Highest + 1);
  /** By level: the first tick beyond the ring. */
  private readonly ends = new Float64Array(Highest + 1);

  /** The first tick that may be put in; while the wheel is empty, any may. */
  get base(): Tick {
    return this.count === 0 ? 0 : this.ends[Lowest]! - Buckets;
  }

  /**
   * Begins anew: from now on the wheel takes events from tick `base` on.
   * @param base - no event in the wheel may be earlier
   */
  rebase(base: Tick): void {
    // Where there are none, buckets still marked as in use are found empty in any ring.
    let all = this.count > 0 ? this.takeAll() : 0;
    for (let level = Lowest; level <= Highest; level++) this.startRing(level, base);
    while (all !== 0) {
      const next = this.next[all]!;
      this.chain(all);
      all = next;
    }
  }

  /**
   * Takes a slot for an event; `link` puts it in.
   * @param event - its tick is set, not before the base
   */
  take(event: Event, flags: number): number {
    if (this.free === 0) this.grow();
    const slot = this.free;
    this.free = this.next[slot]!;
    this.events[slot - FirstSlot] = event;
    this.when[slot - FirstSlot] = event.queueWhen;
    event.queueState = flags + (slot << 6);
    return slot;
  }

  /** Puts the event of a slot in, behind all that are there. */
  link(slot: number): void {
    this.count++;
    this.chain(slot);
  }

  /** Whether the slot holds that event. */
  holds(slot: number, event: Event): boolean {
    return this.events[slot - FirstSlot] === event;
  }

  /** Takes out the event of a slot. */
  remove(slot: number): void {
    this.unchain(slot);
    this.events[slot - FirstSlot] = null;
    this.next[slot] = this.free;
    this.free = slot;
    this.count--;
  }

  /** Moves an event to the tick that it now has, behind all that are there. */
  move(slot: number, event: Event): void {
    this.unchain(slot);
    this.when[slot - FirstSlot] = event.queueWhen;
    this.chain(slot);
  }

  /** The event of a slot found by `collect`. */
  eventAt(slot: number): Event {
    return this.events[slot - FirstSlot]!;
  }

  /** The tick of a slot found by `collect`. */
  whenAt(slot: number): Tick {
    return this.when[slot - FirstSlot]!;
  }

  /** Lets go of the event of a slot found by `collect`. */
  forget(slot: number): void {
    this.events[slot - FirstSlot] = null;
  }

  /**
   * Takes out the earliest events, at least one, and lists their slots in `batch`. The slots are
   * free, but can still be read until the next event is put in. Afterwards the wheel holds no event
   * before `horizon`.
   * @returns how many
   */
  collect(): number {
    let found = 0;
    let level = Lowest;
    while (found < WantedEvents && this.count > 0) {
      const bucket = this.firstBucket();
      const its = bucket >> DigitBits;
      const more = this.list(bucket, found, its === Lowest ? Infinity : found + FewEvents);
      if (more < 0 && found > 0) break;
      level = its;
      this.horizon = this.ends[level]! - (Buckets - (bucket & DigitMask)) * Width[level]!;
      const head = this.next[bucket]!;
      const last = this.previous[bucket]!;
      this.markUnused(bucket);
      if (more < 0) {
        this.startRingsBelow(level);
        this.next[last] = 0;
        this.spread(head);
      } else {
        this.next[last] = this.free;
        this.free = head;
        this.count -= more - found;
        found = more;
      }
    }
    this.startRingsBelow(level);
    if (this.count === 0) this.horizon = Infinity;
    else this.horizon += Width[level]!;
    return found;
  }

  /** The events in the order in which they will be served. */
  *inOrder(): Generator<Event> {
    const lastBucket = this.count > 0 ? FirstSlot : 0;
    for (let bucket = Lowest * Buckets; bucket < lastBucket; bucket++) {
      if (this.previous[bucket] === 0) continue;
      const slots: number[] = [];
      let slot = this.next[bucket]!;
      for (; slot !== bucket; slot = this.next[slot]!) slots.push(slot);
      slots
        .reverse()
        .sort((a, b) => this.whenAt(a) - this.whenAt(b) || this.priorityAt(a) - this.priorityAt(b));
      for (const found of slots) yield this.eventAt(found);
    }
  }

  private priorityAt(slot: number): number {
    return this.eventAt(slot).priority;
  }

  private chain(slot: number): void {
    const when = this.when[slot - FirstSlot]!;
    let level = Lowest;
    while (when >= this.ends[level]!) level++;
    const bucket = (level << DigitBits) + ((when * Inverse[level]!) & DigitMask);
    const last = this.previous[bucket]!;
    this.next[slot] = bucket;
    this.previous[bucket] = slot;
    if (last !== 0) {
      this.previous[slot] = last;
      this.next[last] = slot;
    } else {
      this.previous[slot] = bucket;
      this.next[bucket] = slot;
      this.markUsed(bucket, level);
    }
  }

  private unchain(slot: number): void {
    const next = this.next[slot]!;
    const previous = this.previous[slot]!;
    this.previous[next] = previous;
    this.next[previous] = next;
  }

  private markUsed(bucket: number, level: number): void {
    const word = bucket >> 5;
    this.bitmap[word]! |= 1 << bucket;
    this.used[level]!++;
    if (word < this.firstWord[level]!) this.firstWord[level] = word;
  }

  private markUnused(bucket: number): void {
    this.previous[bucket] = 0;
    this.bitmap[bucket >> 5]! &= ~(1 << bucket);
    this.used[bucket >> DigitBits]!--;
  }

  /** The earliest bucket with events, while there are any. */
  private firstBucket(): number {
    let level = Lowest;
    for (;;) {
      while (this.used[level] === 0) level++;
      let word = this.firstWord[level]!;
      while (this.bitmap[word] === 0) word++;
      this.firstWord[level] = word;
      const bits = this.bitmap[word]!;
      const bucket = (word << 5) + 31 - Math.clz32(bits & -bits);
      if (this.next[bucket] !== bucket) return bucket;
      this.markUnused(bucket);
    }
  }

  /**
   * Lists the slots of a bucket in `batch`, from index `found` on.
   * @returns the index behind the last; -1 where that would be more than `most`
   */
  private list(bucket: number, found: number, most: number): number {
    let index = found;
    for (let slot = this.next[bucket]!; slot !== bucket; slot = this.next[slot]!) {
      if (index >= most) return -1;
      if (index === this.batch.length) this.batch = grown(this.batch, index * 2);
      this.batch[index++] = slot;
    }
    return index;
  }

  /** Links the slots of a list in again, after the rings have moved. */
  private spread(head: number): void {
    let slot = head;
    while (slot !== 0) {
      const next = this.next[slot]!;
      this.chain(slot);
      slot = next;
    }
  }

  /** Empties all buckets into one list that keeps the order within each. */
  private takeAll(): number {
    let all = 0;
    for (let word = 0; word < this.bitmap.length; word++) {
      for (let bits = this.bitmap[word]!; bits !== 0; bits &= bits - 1) {
        const bucket = (word << 5) + 31 - Math.clz32(bits & -bits);
        const last = this.previous[bucket]!;
        if (last !== bucket) {
          this.next[last] = all;
          all = this.next[bucket]!;
        }
        this.markUnused(bucket);
      }
    }
    return all;
  }

  /** Has the ring of a level, which must be empty, hold the tick `base`. */
  private startRing(level: number, base: Tick): void {
    const around = Width[level]! * Buckets;
    this.ends[level] = (Math.floor(base / around) + 1) * around;
    this.firstWord[level] = (level << DigitBits) >> 5;
  }

  /** The levels below `level`, which are empty, begin at the horizon, where a bucket of it does. */
  private startRingsBelow(level: number): void {
    for (let lower = Lowest; lower < level; lower++) {
      this.ends[lower] = this.horizon + Width[lower + 1]!;
      this.firstWord[lower] = (lower << DigitBits) >> 5;
    }
  }

  private grow(): void {
    const old = this.events.length;
    const size = old === 0 ? FirstSlots : old * 2;
    if (size > 1 << 24) panic('more than 16 million events are pending');
    const when = new Float64Array(size);
    when.set(this.when);
    this.when = when;
    this.next = grown(this.next, FirstSlot + size);
    this.previous = grown(this.previous, FirstSlot + size);
    if (old === 0) this.bitmap = new Int32Array(FirstSlot >> 5);
    for (let slot = old; slot < size; slot++) this.events.push(null);
    const last = FirstSlot + size - 1;
    for (let slot = FirstSlot + old; slot < last; slot++) this.next[slot] = slot + 1;
    this.free = FirstSlot + old;
  }
}

function grown(array: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}
