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

/** The sorted list. All of its events come before tick `end`. */
export class NearEvents {
  /** The cell of the event that comes next. */
  head: EventCell | null = null;
  /** Events at this tick or later are kept elsewhere; Infinity when all are here. */
  end: Tick = Infinity;
  private readonly cells: (EventCell | null)[] = [null];
  private spare: EventCell;
  /** During a run of `append`: the last bin, and the one in front of it or an earlier one. */
  private last: EventCell | null = null;
  private beforeLast: EventCell | null = null;

  constructor() {
    this.spare = this.newCells();
  }

  /** Takes a cell for an event; `link` or `append` puts it in the list. */
  take(event: Event, when: Tick, flags: number): EventCell {
    const cell = this.spare;
    this.spare = cell.next ?? this.newCells();
    event.queueState = flags - (cell.id << 6);
    cell.event = event;
    cell.when = when;
    cell.priority = event.priority;
    return cell;
  }

  /**
   * Puts a cell in the list, on top of its bin.
   * @returns whether the walk was long: time to call `cut`
   */
  link(cell: EventCell): boolean {
    // Written out, not shared with `linkAfter`: the engine compiles a whole pass over an event into
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
    if (at !== null && at.when === when && at.priority === priority) {
      cell.next = at.next;
      cell.down = at;
      at.up = cell;
    } else {
      cell.next = at;
    }
    if (before === null) this.head = cell;
    else before.next = cell;
    return steps > LongWalk;
  }

  private linkAfter(start: EventCell | null, cell: EventCell): boolean {
    const { when, priority } = cell;
    let before = start;
    let at = start === null ? this.head : start.next;
    let steps = 0;
    while (at !== null && isBefore(at, when, priority)) {
      before = at;
      at = at.next;
      steps++;
    }
    this.linkBetween(before, at, cell);
    return steps > LongWalk;
  }

  /** Begins a run of `append`; the list must be empty. */
  startFilling(): void {
    this.last = null;
    this.beforeLast = null;
  }

  /** Puts a cell in as `link` does, for runs of events in which each is likely to be the last. */
  append(cell: EventCell): void {
    const { when, priority } = cell;
    const last = this.last;
    if (last !== null && last.when < when) {
      last.next = cell;
      cell.next = null;
      this.beforeLast = last;
      this.last = cell;
      return;
    }
    const inLastBin = last !== null && last.when === when && last.priority === priority;
    let before = inLastBin ? this.beforeLast : null;
    let at = before === null ? this.head : before.next;
    while (at !== null && isBefore(at, when, priority)) {
      before = at;
      at = at.next;
    }
    this.linkBetween(before, at, cell);
    if (cell.next === null) {
      this.beforeLast = before;
      this.last = cell;
    }
  }

  /** Takes the first event off the list. Its cell is good until `free`. */
  unlinkFirst(first: EventCell): void {
    const below = first.down;
    if (below === null) {
      this.head = first.next;
    } else {
      below.next = first.next;
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

  /**
   * Takes an event out.
   * @returns whether the walk was long: time to call `cut`
   */
  remove(cell: EventCell): boolean {
    if (cell.up !== null) {
      this.unlinkBelow(cell);
      return false;
    }
    const steps = this.unlinkTop(cell);
    this.free(cell);
    return steps > LongWalk;
  }

  /**
   * Moves an event to another tick, on top of its bin there.
   * @returns whether a walk was long: time to call `cut`
   */
  move(cell: EventCell, event: Event, when: Tick, flags: number): boolean {
    if (cell.up !== null || when < cell.when) {
      const long = this.remove(cell);
      return this.link(this.take(event, when, flags)) || long;
    }
    // Later than now: the walk that finds the cell goes on to the new place.
    let before: EventCell | null = null;
    let steps = 0;
    for (let at = this.head; at !== cell && at !== null; at = at.next) {
      before = at;
      steps++;
    }
    this.replace(before, cell);
    this.free(cell);
    return this.linkAfter(before, this.take(event, when, flags)) || steps > LongWalk;
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
  giveUp(rest: EventCell, take: (event: Event, when: Tick) => void): void {
    let bin: EventCell | null = rest;
    while (bin !== null) {
      const nextBin: EventCell | null = bin.next;
      let cell: EventCell | null = bin;
      while (cell.down !== null) cell = cell.down;
      while (cell !== null) {
        const { up, event, when }: EventCell = cell;
        cell.up = null;
        cell.down = null;
        this.free(cell);
        if (event !== null) take(event, when);
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

  /** Links a cell in behind bin `before` (null: in front), where bin `at` is now. */
  private linkBetween(before: EventCell | null, at: EventCell | null, cell: EventCell): void {
    if (at !== null && at.when === cell.when && at.priority === cell.priority) {
      cell.next = at.next;
      cell.down = at;
      at.up = cell;
    } else {
      cell.next = at;
    }
    if (before === null) this.head = cell;
    else before.next = cell;
  }

  private unlinkBelow(cell: EventCell): void {
    const { up, down } = cell;
    if (up !== null) up.down = down;
    if (down !== null) down.up = up;
    cell.up = null;
    cell.down = null;
    this.free(cell);
  }

  private unlinkTop(cell: EventCell): number {
    let before: EventCell | null = null;
    let steps = 0;
    for (let at = this.head; at !== cell && at !== null; at = at.next) {
      before = at;
      steps++;
    }
    this.replace(before, cell);
    return steps;
  }

  /** Takes the topmost cell of a bin, behind bin `before`, out of the list. */
  private replace(before: EventCell | null, cell: EventCell): void {
    let heir = cell.next;
    const below = cell.down;
    if (below !== null) {
      below.next = heir;
      below.up = null;
      cell.down = null;
      heir = below;
    }
    if (before === null) this.head = heir;
    else before.next = heir;
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
