/**
 * The few events that come next, in a sorted list. One pass per simulated event: this file is hot.
 *
 * ```
 * head ─► bin (tick 10, priority 0) ─next─► bin (10, 50) ─next─► bin (12, 0) ─► null
 *           │ down  ▲ up                                           │
 *           ▼       │                                              ▼
 *         scheduled before the one above                          ...
 * ```
 *
 * Events of one tick and priority form a bin, served last in, first out; the list runs over the
 * newest of each bin. Cells come from a pool, so that few pending events means few cells, all in
 * the processor's nearest cache. The shape is that of gem5's queue (`sim/eventq.cc`), which keeps
 * everything in it; here the list ends where a walk would get long.
 */
import type { Event } from './event';
import type { Tick } from '../base/index';

/** A walk longer than this many bins asks for the rest of the list to be put elsewhere. */
const LongWalk = 32;
/** How many bins stay when that is done. */
const Kept = 16;
const CellsAtOnce = 16;
/** Not an integer, so that the engine keeps the field as a floating-point number from the start. */
const Fraction = 0.5;

/** The place of one event in the list. */
export class EventCell {
  /** Names the cell in {@link Event.queueState}, from 1. */
  readonly id: number;
  event: Event | null = null;
  when: Tick = Fraction;
  priority = 0;
  /** The next bin; for the topmost cell of a bin only. In the pool: the next free cell. */
  next: EventCell | null = null;
  /** The bin before; for the topmost cell of a bin only, and of no meaning in the first bin. */
  before: EventCell | null = null;
  /** The neighbours in the bin: older, newer. */
  down: EventCell | null = null;
  up: EventCell | null = null;

  constructor(id: number) {
    this.id = id;
  }
}

/** Whether what runs at (`cell.when`, `cell.priority`) comes before (`when`, `priority`). */
function isBefore(cell: EventCell, when: Tick, priority: number): boolean {
  return cell.when < when || (cell.when === when && cell.priority < priority);
}

/** Puts a cell on top of a bin. @returns the next bin */
function putOnTop(cell: EventCell, bin: EventCell): EventCell | null {
  cell.down = bin;
  bin.up = cell;
  return bin.next;
}

/** The sorted list. All of its events come before tick `end`. */
export class NearEvents {
  /** The cell of the event that comes next. */
  head: EventCell | null = null;
  /** Events at this tick or later are kept elsewhere; Infinity when all are here. */
  end: Tick = Infinity;
  private readonly cells: (EventCell | null)[] = [null];
  private spare: EventCell;
  /** During a run of `append`: the last bin. */
  private last: EventCell | null = null;

  constructor() {
    this.spare = this.newCells();
  }

  /** Takes a cell for an event, whose tick is set; `link` puts it in the list. */
  take(event: Event, flags: number): EventCell {
    const cell = this.spare;
    this.spare = cell.next ?? this.newCells();
    event.queueState = flags - (cell.id << 6);
    cell.event = event;
    cell.when = event.queueWhen;
    cell.priority = event.priority;
    return cell;
  }

  /** The same for `append`, and for a tick that the caller sets: it has it closer at hand. */
  takeWithoutTick(event: Event, flags: number): EventCell {
    const cell = this.spare;
    this.spare = cell.next ?? this.newCells();
    event.queueState = flags - (cell.id << 6);
    cell.event = event;
    cell.priority = event.priority;
    return cell;
  }

  /**
   * Puts a cell in the list, on top of its bin.
   * @returns whether the walk was long: time to call `cut`
   */
  link(cell: EventCell): boolean {
    // Written out, not shared with `linkBetween`: the engine compiles a whole pass over an event into
    // one piece of code as long as that stays small enough.
    const { when, priority } = cell;
    let before: EventCell | null = null;
    let at = this.head;
    let steps = 0;
    while (at !== null && isBefore(at, when, priority)) {
      before = at;
      at = at.next;
      steps++;
    }
    if (at !== null) {
      if (at.when === when && at.priority === priority) at = putOnTop(cell, at);
      if (at !== null) at.before = cell;
    }
    cell.next = at;
    cell.before = before;
    if (before === null) this.head = cell;
    else before.next = cell;
    return steps > LongWalk;
  }

  /** Begins a run of `append`; the list must be empty. */
  startFilling(): void {
    this.last = null;
  }

  /** Puts a cell in as `link` does, for runs of events in which each is likely to be the last. */
  append(cell: EventCell): void {
    const { when, priority } = cell;
    const last = this.last;
    if (last !== null && last.when < when) {
      last.next = cell;
      cell.next = null;
      cell.before = last;
      this.last = cell;
      return;
    }
    let at = this.head;
    let before: EventCell | null = null;
    if (last !== null && last.when === when && last.priority === priority) {
      at = last;
      before = last === this.head ? null : last.before;
    }
    while (at !== null && isBefore(at, when, priority)) {
      before = at;
      at = at.next;
    }
    this.linkBetween(before, at, cell);
    if (cell.next === null) this.last = cell;
  }

  /** Takes the first event off the list. Its cell is good until `free`. */
  unlinkFirst(first: EventCell): void {
    const below = first.down;
    const { next } = first;
    if (below === null) {
      this.head = next;
    } else {
      below.next = next;
      if (next !== null) next.before = below;
      below.up = null;
      first.down = null;
      this.head = below;
    }
  }

  /** Gives a cell that is off the list back to the pool. */
  free(cell: EventCell): void {
    cell.event = null;
    cell.next = this.spare;
    this.spare = cell;
  }

  /** The cell of this number if it holds that event, else null. */
  find(id: number, event: Event): EventCell | null {
    const cell = this.cells[id];
    return cell?.event === event ? cell : null;
  }

  /** Takes an event out. */
  remove(cell: EventCell): void {
    this.unlink(cell);
    this.free(cell);
  }

  /**
   * Moves the event of cell `id` to the tick that it now has, on top of its bin there.
   * @returns whether the walk was long: time to call `cut`
   */
  move(id: number, event: Event): boolean {
    const cell = this.cells[id]!;
    const when = event.queueWhen;
    if (cell.up !== null || when < cell.when) {
      this.unlink(cell);
      cell.when = when;
      return this.link(cell);
    }
    // On top already.
    if (when === cell.when) return false;
    const { next, down } = cell;
    const before = down ?? (this.head === cell ? null : cell.before);
    this.unlink(cell);
    cell.when = when;
    return this.linkBehind(before, next, cell);
  }

  /**
   * Shortens the list, by whole ticks, and takes what it cuts off for cells that the caller empties
   * with `giveUp`.
   * @returns the first cell cut off, or null when all of the list is one tick
   */
  cut(): EventCell | null {
    let last = this.head;
    for (let kept = 1; kept < Kept && last !== null; kept++) last = last.next;
    while (last?.next?.when === last?.when && last !== null) last = last.next;
    const rest = last?.next ?? null;
    if (last === null || rest === null) return null;
    last.next = null;
    this.end = rest.when;
    return rest;
  }

  /** Hands the events of a list that was cut off to `take`, oldest first within a bin. */
  giveUp(rest: EventCell, take: (event: Event) => void): void {
    let bin: EventCell | null = rest;
    while (bin !== null) {
      const nextBin: EventCell | null = bin.next;
      let cell: EventCell | null = bin;
      while (cell.down !== null) cell = cell.down;
      while (cell !== null) {
        const { up, event }: EventCell = cell;
        cell.up = null;
        cell.down = null;
        this.free(cell);
        if (event !== null) take(event);
        cell = up;
      }
      bin = nextBin;
    }
  }

  /** The events in the order in which they will be served. */
  *inOrder(): Generator<Event> {
    for (let bin = this.head; bin !== null; bin = bin.next) {
      for (let cell: EventCell | null = bin; cell !== null; cell = cell.down) {
        if (cell.event !== null) yield cell.event;
      }
    }
  }

  /** `link` for a cell that comes after bin `before`, which bin `next` follows. */
  private linkBehind(before: EventCell | null, next: EventCell | null, cell: EventCell): boolean {
    const { when, priority } = cell;
    let last = before;
    let at = next;
    let steps = 0;
    while (at !== null && isBefore(at, when, priority)) {
      last = at;
      at = at.next;
      steps++;
    }
    this.linkBetween(last, at, cell);
    return steps > LongWalk;
  }

  /** Links a cell in behind bin `before` (null: in front), where bin `at` is now. */
  private linkBetween(before: EventCell | null, at: EventCell | null, cell: EventCell): void {
    let next = at;
    if (next !== null) {
      if (next.when === cell.when && next.priority === cell.priority) next = putOnTop(cell, next);
      if (next !== null) next.before = cell;
    }
    cell.next = next;
    cell.before = before;
    if (before === null) this.head = cell;
    else before.next = cell;
  }

  private unlink(cell: EventCell): void {
    const { up, down } = cell;
    if (up !== null) {
      up.down = down;
      if (down !== null) down.up = up;
      cell.up = null;
      cell.down = null;
      return;
    }
    const { before } = cell;
    let heir = cell.next;
    if (down !== null) {
      down.next = heir;
      if (heir !== null) heir.before = down;
      down.up = null;
      cell.down = null;
      heir = down;
    }
    if (heir !== null) heir.before = before;
    if (this.head === cell) this.head = heir;
    else if (before !== null) before.next = heir;
  }

  /** More cells for the pool: the first of a chain of free ones. */
  private newCells(): EventCell {
    let first = new EventCell(this.cells.length);
    this.cells.push(first);
    for (let made = 1; made < CellsAtOnce; made++) {
      const cell = new EventCell(this.cells.length);
      this.cells.push(cell);
      cell.next = first;
      first = cell;
    }
    return first;
  }
}
