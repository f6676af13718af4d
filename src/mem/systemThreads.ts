/** The thread contexts of a system. Source: gem5 `sim/system.{hh,cc}`. */
import { debugFlag, dprintf, panic } from '../base/index';
import type { ContextID, Tick } from '../base/index';
import { EventFunctionWrapper } from '../sim/index';
import type { CheckpointIn, CheckpointOut, EventManager } from '../sim/index';

/** Traces threads that wait for an interrupt or a time. */
export const Quiesce = debugFlag('Quiesce', 'Threads that pause and resume');

/** What a thread does: runs, waits, is about to end, or has ended. */
export type ThreadStatus = 'Active' | 'Suspended' | 'Halting' | 'Halted';

/** What a system needs of a thread context, whatever CPU has it. */
export interface SystemThreadContext {
  /** Its number in the system; the same for all CPUs that run it one after the other. */
  readonly contextId: ContextID;
  /** Full name of the section of a checkpoint that its state is saved in. */
  readonly sectionName: string;
  /** Called by the system that registers it. */
  setContextId(id: ContextID): void;
  status(): ThreadStatus;
  /** Lets the thread run. */
  activate(): void;
  /** Lets the thread wait until it is activated. */
  suspend(): void;
  /** Another thread has stored to the address that this one holds a lock on. */
  clearExclusive?(): void;
}

interface Entry<T> {
  context: T;
  readonly resumeEvent: EventFunctionWrapper;
}

/** Thread contexts by id; ids are given out from 0 on. */
export class SystemThreads<T extends SystemThreadContext = SystemThreadContext> {
  readonly #name: string;
  readonly #events: EventManager;
  readonly #entries: Entry<T>[] = [];
  /** Names of the sections that a checkpoint has the threads in. */
  #sections: readonly string[] = [];

  /**
   * @param name - the name of the system
   * @param events - where to schedule the end of a pause
   */
  constructor(name: string, events: EventManager) {
    this.#name = name;
    this.#events = events;
  }

  /** The number of thread contexts. */
  get size(): number {
    return this.#entries.length;
  }

  /** Adds a context and gives it the next id. */
  insert(context: T): ContextID {
    const id = this.#entries.length;
    context.setContextId(id);
    const resumeEvent = new EventFunctionWrapper(() => {
      this.#resume(id);
    }, this.#name);
    this.#entries.push({ context, resumeEvent });
    return id;
  }

  /** Puts another context in the place of this id, which goes on waiting if it was. */
  replace(context: T, id: ContextID): T {
    const entry = this.#entry(id);
    const old = entry.context;
    context.setContextId(id);
    entry.context = context;
    return old;
  }

  /** The context of this id. @throws {PanicError} when there is none */
  get(id: ContextID): T {
    return this.#entry(id).context;
  }

  /** All contexts by id. */
  contexts(): readonly T[] {
    return this.#entries.map(entry => entry.context);
  }

  /** The first context whose thread has ended, or null. */
  findFree(): T | null {
    return this.contexts().find(context => context.status() === 'Halted') ?? null;
  }

  /** How many threads have neither ended nor are about to. */
  numRunning(): number {
    return this.contexts().filter(context => {
      const status = context.status();
      return status !== 'Halted' && status !== 'Halting';
    }).length;
  }

  /** Lets a thread wait for an interrupt. */
  quiesce(id: ContextID): void {
    if (Quiesce.enabled) this.#trace('quiesce()');
    this.#entry(id).context.suspend();
    this.endQuiesce(id);
  }

  /** Lets a thread wait for an interrupt, but at the longest until a tick. */
  quiesceTick(id: ContextID, when: Tick): void {
    const entry = this.#entry(id);
    if (Quiesce.enabled) this.#trace(`quiesceTick until ${String(when)}`);
    entry.context.suspend();
    this.#events.reschedule(entry.resumeEvent, when, true);
  }

  /** The thread does not wait for a tick any more: it was woken before it, or has ended. */
  endQuiesce(id: ContextID): void {
    const { resumeEvent } = this.#entry(id);
    if (resumeEvent.scheduled) this.#events.deschedule(resumeEvent);
  }

  /** Lets a thread that waits run on, and not be woken a second time when its wait was to end. */
  wake(id: ContextID): void {
    this.endQuiesce(id);
    this.#entry(id).context.activate();
  }

  #resume(id: ContextID): void {
    if (Quiesce.enabled) this.#trace('activating');
    this.#entry(id).context.activate();
  }

  #entry(id: ContextID): Entry<T> {
    return this.#entries[id] ?? panic(`${this.#name} has no thread context ${String(id)}`);
  }

  #trace(text: string): void {
    dprintf(Quiesce, this.#events.curTick(), this.#name, text);
  }

  /** Saves where each thread is, and until when it waits; 0 for one that does not. */
  serialize(checkpoint: CheckpointOut): void {
    const sections = this.#entries.map(({ context }) => context.sectionName);
    checkpoint.paramOut('threadSections', sections);
    this.#entries.forEach(({ resumeEvent }, id) => {
      const when = resumeEvent.scheduled ? resumeEvent.when : 0;
      checkpoint.paramOut(`quiesceEndTick_${String(id)}`, when);
    });
  }

  /** Lets threads wait as they did. */
  unserialize(checkpoint: CheckpointIn): void {
    const key = 'threadSections';
    this.#sections = checkpoint.has(key) ? checkpoint.strings(key) : [];
    this.#entries.forEach(({ resumeEvent }, id) => {
      const key = `quiesceEndTick_${String(id)}`;
      const when = checkpoint.has(key) ? checkpoint.number(key) : 0;
      if (when !== 0) this.#events.schedule(resumeEvent, when);
    });
  }

  /**
   * Name of the section that the checkpoint being restored has a thread in: another CPU may have run
   * it then. Undefined when it does not say.
   */
  savedSection(id: ContextID): string | undefined {
    return this.#sections[id];
  }
}
