/**
 * Probes: named places in a model that others can watch without the model knowing them.
 *
 * Source of the behaviour: gem5 `sim/probe/probe.hh`, `sim/probe/probe.cc`.
 */
import { EventEmitter } from 'eventemitter3';
import { debugFlag, dprintf } from '../base/index';
import type { SimObject } from './simObject';

const ProbeVerbose = debugFlag(
  'ProbeVerbose',
  'Probe points and listeners that do not find each other',
);

/** A place in a model at which something happens that others may want to know. */
export class ProbePoint<T> {
  readonly name: string;
  /**
   * Whether anybody listens. Test it before making an argument: a point without listeners costs
   * this one test.
   */
  listening = false;
  readonly #emitter = new EventEmitter<{ notify: [T] }>();

  /** @param name - unique within the object. */
  constructor(manager: ProbeManager, name: string) {
    this.name = name;
    manager.addPoint(this as ProbePoint<unknown>);
  }

  /** Tells every listener, in the order in which they were attached, before it returns. */
  notify(value: T): void {
    if (this.listening) this.#emitter.emit('notify', value);
  }

  /** Adds a listener, which is told of everything from now on; one that is there already stays. */
  addListener(listener: ProbeListener<T>): void {
    if (this.#emitter.listeners('notify').includes(listener.callback)) return;
    this.#emitter.on('notify', listener.callback);
    this.listening = true;
  }

  /** Takes a listener away. Others are ignored. */
  removeListener(listener: ProbeListener<T>): void {
    this.#emitter.off('notify', listener.callback);
    this.listening = this.#emitter.listenerCount('notify') > 0;
  }
}

/** Watches the probe points of one name on one object, from construction to {@link detach}. */
export class ProbeListener<T> {
  /** What is called at each notification. */
  readonly callback: (value: T) => void;
  readonly #manager: ProbeManager;
  readonly #name: string;

  /**
   * @param name - of a point that exists already; objects attach in `regProbeListeners()`.
   * @param callback - called synchronously at each notification.
   */
  constructor(manager: ProbeManager, name: string, callback: (value: T) => void) {
    this.callback = callback;
    this.#manager = manager;
    this.#name = name;
    manager.addListener(name, this);
  }

  /** Stops listening. */
  detach(): void {
    this.#manager.removeListener(this.#name, this);
  }
}

/** The probe points of one object, by name. */
export class ProbeManager {
  readonly #object: SimObject;
  readonly #points = new Map<string, ProbePoint<unknown>>();

  constructor(object: SimObject) {
    this.#object = object;
  }

  /** Adds a point. A second point of the same name is ignored, as in gem5. */
  addPoint(point: ProbePoint<unknown>): void {
    if (this.#points.has(point.name)) this.#trace(`point '${point.name}' is there already`);
    else this.#points.set(point.name, point);
  }

  /** @returns whether there is a point of that name. */
  addListener(name: string, listener: ProbeListener<never>): boolean {
    const point = this.#points.get(name);
    if (point === undefined) this.#trace(`no point '${name}' to listen to`);
    // The name decides the type of what a point says; as in gem5 nothing can check it.
    point?.addListener(listener as ProbeListener<unknown>);
    return point !== undefined;
  }

  /** @returns whether there is a point of that name. */
  removeListener(name: string, listener: ProbeListener<never>): boolean {
    const point = this.#points.get(name);
    point?.removeListener(listener as ProbeListener<unknown>);
    return point !== undefined;
  }

  #trace(text: string): void {
    if (ProbeVerbose.enabled) {
      dprintf(ProbeVerbose, this.#object.curTick(), this.#object.name(), text);
    }
  }
}
