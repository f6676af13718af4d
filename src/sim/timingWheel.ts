/**
 * The many events that come later, unsorted but grouped: a hierarchical timing wheel (Varghese and
 * Lauck, 1987). Each level is a ring of 4096 buckets: a bucket of level 0 is one tick wide, of
 * level 1 4096 ticks, and so on; five levels cover every tick there is. An event goes into the
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
import { MaxTick, panic, type Tick } from '../base/index';
import type { Event } from './event';

// Bound here once: every use of an imported name is a look-up in the other module.
const LastTick = MaxTick;

const DigitBits = 12;
const Buckets = 1 << DigitBits;
const DigitMask = Buckets - 1;
const Levels = 5;
/** A bucket with more events than this is spread over the levels below. */
const FewEvents = 24;
/** How many events to hand over at once, where there are as many. */
const WantedEvents = 16;
const FirstSlots = 64;
const NoBucket = -1;

/** Ticks in a bucket of each level, and the inverse. */
const Width = Float64Array.from({ length: Levels }, (_, level) => 2 ** (DigitBits * level));
const Inverse = Float64Array.from({ length: Levels }, (_, level) => 2 ** (-DigitBits * level));

/** The timing wheel. */
export class TimingWheel {
  /** How many events it holds. */
  count = 0;
  /** After `collect`: the first tick that was not collected. */
  horizon: Tick = Infinity;
  /** The slots found by `collect`, earlier buckets first, unsorted within a bucket. */
  batch = new Int32Array(WantedEvents + FewEvents);

  // By slot. Slot 0 is none. A free slot's `next` is the next free one.
  private readonly events: (Event | null)[] = [];
  private when = new Float64Array(0);
  private next = new Int32Array(0);
  private previous = new Int32Array(0);
  private free = 0;

  // By bucket, level times 4096 plus digit.
  private heads = new Int32Array(0);
  private tails = new Int32Array(0);
  /** One bit per bucket in use. */
  private bitmap = new Int32Array(0);

  /** By level: how many buckets are in use. */
  private readonly used = new Int32Array(Levels);
  /** By level: no bucket before this word of the bitmap is in use. */
  private readonly firstWord = new Int32Array(Levels);
  /** By level: the first tick beyond the ring. */
  private readonly ends = new Float64Array(Levels);
  /** The earliest tick in here, NaN when unknown. */
  private earliest = NaN;

  /** The first tick that may be put in; while the wheel is empty, any may. */
  get base(): Tick {
    return this.count === 0 ? 0 : this.ends[0]! - Buckets;
  }

  /**
   * Begins anew: from now on the wheel takes events from tick `base` on.
   * @param base - no event in the wheel may be earlier
   */
  rebase(base: Tick): void {
    if (this.heads.length === 0) this.allocateBuckets();
    let all = 0;
    if (this.count > 0) all = this.takeAll();
    for (let level = 0; level < Levels; level++) this.startRing(level, base);
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
    this.events[slot] = event;
    this.when[slot] = event.queueWhen;
    event.queueState = flags + (slot << 6);
    return slot;
  }

  /** Puts the event of a slot in, behind all that are there. */
  link(slot: number): void {
    this.count++;
    const when = this.when[slot]!;
    this.chain(slot);
    if (when < this.earliest) this.earliest = when;
  }

  /** Whether the slot holds that event. */
  holds(slot: number, event: Event): boolean {
    return this.events[slot] === event;
  }

  /** Takes out the event of a slot. */
  remove(slot: number): void {
    this.unchain(slot);
    this.events[slot] = null;
    this.next[slot] = this.free;
    this.free = slot;
    this.count--;
  }

  /** Moves an event to the tick that it now has, behind all that are there. */
  move(slot: number, event: Event): void {
    this.unchain(slot);
    const when = event.queueWhen;
    this.when[slot] = when;
    this.chain(slot);
    if (when < this.earliest) this.earliest = when;
  }

  /** The event of a slot found by `collect`. */
  eventAt(slot: number): Event {
    return this.events[slot]!;
  }

  /** The tick of a slot found by `collect`. */
  whenAt(slot: number): Tick {
    return this.when[slot]!;
  }

  /** Lets go of the event of a slot found by `collect`. */
  forget(slot: number): void {
    this.events[slot] = null;
  }

  /** The earliest tick in the wheel, MaxTick when it is empty. Leaves everything where it is. */
  nextTick(): Tick {
    if (this.count === 0) return LastTick;
    if (Number.isNaN(this.earliest)) {
      const level = this.lowestLevel();
      let slot = this.heads[this.firstBucket(level)]!;
      let earliest = Infinity;
      for (; slot !== 0; slot = this.next[slot]!) {
        const when = this.when[slot]!;
        if (when < earliest) earliest = when;
      }
      this.earliest = earliest;
    }
    return this.earliest;
  }

  /**
   * Takes out the earliest events, at least one, and lists their slots in `batch`. The slots are
   * free, but can still be read until the next event is put in. Afterwards the wheel holds no event
   * before `horizon`.
   * @returns how many
   */
  collect(): number {
    let found = 0;
    let level = 0;
    this.earliest = NaN;
    while (found < WantedEvents && this.count > 0) {
      const lowest = this.lowestLevel();
      const bucket = this.firstBucket(lowest);
      const head = this.heads[bucket]!;
      const more = this.list(head, found, lowest === 0 ? Infinity : found + FewEvents);
      if (more < 0 && found > 0) break;
      level = lowest;
      this.horizon = this.ends[level]! - (Buckets - (bucket & DigitMask)) * Width[level]!;
      if (more < 0) {
        this.markEmpty(bucket, level);
        this.startRingsBelow(level);
        this.spread(head);
      } else {
        this.next[this.tails[bucket]!] = this.free;
        this.free = head;
        this.markEmpty(bucket, level);
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
    for (let level = 0; level < Levels && this.count > 0; level++) {
      for (let digit = 0; digit < Buckets; digit++) {
        const slots: number[] = [];
        let slot = this.heads[level * Buckets + digit]!;
        for (; slot !== 0; slot = this.next[slot]!) slots.push(slot);
        slots
          .reverse()
          .sort((a, b) => this.when[a]! - this.when[b]! || this.priorityAt(a) - this.priorityAt(b));
        for (const found of slots) yield this.eventAt(found);
      }
    }
  }

  private priorityAt(slot: number): number {
    return this.eventAt(slot).priority;
  }

  private bucketOf(slot: number): number {
    const when = this.when[slot]!;
    let level = 0;
    while (when >= this.ends[level]!) level++;
    return (level << DigitBits) + ((when * Inverse[level]!) & DigitMask);
  }

  private chain(slot: number): void {
    const bucket = this.bucketOf(slot);
    const tail = this.tails[bucket]!;
    this.next[slot] = 0;
    this.previous[slot] = tail;
    this.tails[bucket] = slot;
    if (tail !== 0) {
      this.next[tail] = slot;
      return;
    }
    const level = bucket >> DigitBits;
    const word = bucket >> 5;
    this.heads[bucket] = slot;
    this.bitmap[word]! |= 1 << bucket;
    this.used[level]!++;
    if (word < this.firstWord[level]!) this.firstWord[level] = word;
  }

  private unchain(slot: number): void {
    const when = this.when[slot]!;
    const next = this.next[slot]!;
    const previous = this.previous[slot]!;
    const bucket = next === 0 || previous === 0 ? this.bucketOf(slot) : NoBucket;
    if (when === this.earliest) this.earliest = NaN;
    if (next !== 0) this.previous[next] = previous;
    else this.tails[bucket] = previous;
    if (previous !== 0) this.next[previous] = next;
    else this.heads[bucket] = next;
    if (next === 0 && previous === 0) this.markEmpty(bucket, bucket >> DigitBits);
  }

  private markEmpty(bucket: number, level: number): void {
    this.heads[bucket] = 0;
    this.tails[bucket] = 0;
    this.bitmap[bucket >> 5]! &= ~(1 << bucket);
    this.used[level]!--;
  }

  private lowestLevel(): number {
    let level = 0;
    while (this.used[level] === 0) level++;
    return level;
  }

  private firstBucket(level: number): number {
    let word = this.firstWord[level]!;
    while (this.bitmap[word] === 0) word++;
    this.firstWord[level] = word;
    const bits = this.bitmap[word]!;
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }

  /**
   * Lists the slots of a bucket in `batch`, from index `found` on.
   * @returns the index behind the last; -1 where that would be more than `most`
   */
  private list(head: number, found: number, most: number): number {
    let index = found;
    for (let slot = head; slot !== 0; slot = this.next[slot]!) {
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
    for (let bucket = 0; bucket < this.heads.length; bucket++) {
      const head = this.heads[bucket]!;
      if (head === 0) continue;
      this.next[this.tails[bucket]!] = all;
      all = head;
      this.markEmpty(bucket, bucket >> DigitBits);
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
    for (let lower = 0; lower < level; lower++) {
      this.ends[lower] = this.horizon + Width[lower + 1]!;
      this.firstWord[lower] = (lower << DigitBits) >> 5;
    }
  }

  private allocateBuckets(): void {
    this.heads = new Int32Array(Levels * Buckets);
    this.tails = new Int32Array(Levels * Buckets);
    this.bitmap = new Int32Array((Levels * Buckets) >> 5);
  }

  private grow(): void {
    const old = this.events.length;
    const size = old === 0 ? FirstSlots : old * 2;
    if (size > 1 << 24) panic('more than 16 million events are pending');
    const when = new Float64Array(size);
    when.set(this.when);
    this.when = when;
    this.next = grown(this.next, size);
    this.previous = grown(this.previous, size);
    const first = Math.max(old, 1);
    for (let slot = old; slot < size; slot++) this.events.push(null);
    for (let slot = first; slot < size - 1; slot++) this.next[slot] = slot + 1;
    this.free = first;
  }
}

function grown(array: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}
