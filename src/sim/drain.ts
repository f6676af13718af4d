/**
 * Draining: bringing every object into a state that can be saved, forked or switched.
 *
 * Source of the behaviour: gem5 `sim/drain.hh`, `sim/drain.cc`.
 */
import { debugFlag, dprintf, panic, type Tick } from '../base/index';

/** Traces who is asked to drain, who answers what, and who resumes. */
export const DrainDebug = debugFlag('Drain', 'Drain requests, answers and resumes');

/**
 * - `Running`: the normal state.
 * - `Draining`: asked to drain, not yet done.
 * - `Drained`: no outstanding work; state may be saved.
 * - `Resuming`: the manager is waking the objects.
 */
export type DrainState = 'Running' | 'Draining' | 'Drained' | 'Resuming';

/** An object that takes part in draining, be it a SimObject or not. */
export interface Drainable {
  /** Name for messages. */
  name(): string;
  /**
   * Asks the object to drain. Called repeatedly and must be idempotent. An object that answers
   * `Draining` calls {@link DrainManager.signalDrainDone} later, never from inside this call.
   */
  drain(): 'Draining' | 'Drained';
  /** What the object waits for while it drains, in a few words, for messages. */
  whyNotDrained?(): string;
  /** Restarts the object after a drain. */
  drainResume(): void;
  /** In the child of a fork, with the system drained: close or reopen what the parent owns too. */
  notifyFork(): void;
}

/** Coordinates the draining of one simulation's objects. */
export class DrainManager {
  #state: DrainState = 'Running';
  readonly #states = new Map<Drainable, DrainState>();
  readonly #onDrained: () => void;
  readonly #curTick: () => Tick;
  /** Objects asked in the current round that have not answered `Drained` yet. */
  readonly #waitingFor = new Set<Drainable>();

  /**
   * @param onDrained - called when the last draining object signals that it is done.
   * @param curTick - the present tick, for the trace
   */
  constructor(onDrained: () => void, curTick: () => Tick) {
    this.#onDrained = onDrained;
    this.#curTick = curTick;
  }

  /** State of the system as a whole. */
  get state(): DrainState {
    return this.#state;
  }

  /** True when every object has drained. */
  isDrained(): boolean {
    return this.#state === 'Drained';
  }

  /** Adds an object. While the system drains, a new object counts as running until it is asked. */
  register(object: Drainable): void {
    this.#states.set(object, this.#state === 'Drained' ? 'Drained' : 'Running');
  }

  /** Removes an object that ceases to exist. */
  unregister(object: Drainable): void {
    this.#states.delete(object);
    this.#waitingFor.delete(object);
  }

  /** State of one object. */
  stateOf(object: Drainable): DrainState {
    if (this.#state === 'Running') return 'Running';
    return this.#states.get(object) ?? panic(`${object.name()} is not registered for draining`);
  }

  /** The objects that have been asked to drain and have not finished. */
  undrained(): Drainable[] {
    return [...this.#waitingFor];
  }

  /**
   * Asks every object to drain, once.
   * @returns true when all answered `Drained` at once; else simulate until the manager's
   * callback reports the end, then call again, since draining one object may disturb another.
   */
  tryDrain(): boolean {
    if (this.#state === 'Drained') panic('tryDrain() called on a system that is drained already');
    if (this.#waitingFor.size !== 0) panic('tryDrain() called while objects are still draining');
    this.#state = 'Draining';
    let drained = true;
    for (const object of [...this.#states.keys()]) {
      this.#states.set(object, 'Draining');
      const answer = object.drain();
      this.#states.set(object, answer);
      if (DrainDebug.enabled) this.#trace(object, `drain request: ${answer}`);
      if (answer === 'Drained') continue;
      this.#waitingFor.add(object);
      drained = false;
    }
    if (!drained) return false;
    this.#state = 'Drained';
    return true;
  }

  /** An object reports that it has finished draining. Ignored unless it was asked to. */
  signalDrainDone(object: Drainable): void {
    if (this.#state !== 'Draining' || !this.#waitingFor.delete(object)) return;
    if (DrainDebug.enabled) this.#trace(object, `done, ${this.#waitingFor.size} still draining`);
    this.#states.set(object, 'Drained');
    if (this.#waitingFor.size === 0) this.#onDrained();
  }

  /** Wakes every object after a drain. Objects created meanwhile are woken too. */
  resume(): void {
    if (this.#state === 'Running' || this.#state === 'Resuming') {
      panic(`resume() called on a system that is ${this.#state}`);
    }
    this.#waitingFor.clear();
    this.#state = 'Resuming';
    for (;;) {
      const sleeping = [...this.#states].filter(([, state]) => state !== 'Running');
      if (sleeping.length === 0) break;
      for (const [object] of sleeping) {
        this.#states.set(object, 'Running');
        if (DrainDebug.enabled) this.#trace(object, 'resume');
        object.drainResume();
      }
    }
    this.#state = 'Running';
  }

  /**
   * In the child of a fork: tells the objects.
   * @param told - those that know already
   */
  notifyFork(told: ReadonlySet<Drainable>): void {
    for (const object of this.#states.keys()) if (!told.has(object)) object.notifyFork();
  }

  /** Gives a drain up: objects that have drained are woken, and the others just go on. */
  abandon(): void {
    this.#waitingFor.clear();
    for (const [object, state] of this.#states) {
      if (state === 'Draining') this.#states.set(object, 'Running');
    }
    this.resume();
  }

  /** Before a restore: every object counts as drained, so that the first run resumes all. */
  preCheckpointRestore(): void {
    if (this.#state !== 'Running') panic(`cannot restore while the system is ${this.#state}`);
    for (const object of this.#states.keys()) this.#states.set(object, 'Drained');
    this.#state = 'Drained';
  }

  #trace(object: Drainable, text: string): void {
    dprintf(DrainDebug, this.#curTick(), object.name(), text);
  }
}
