/**
 * The base class of every model.
 *
 * Source of the behaviour: gem5 `sim/sim_object.hh`, `sim/sim_object.cc`.
 */
import { fatal } from '../base/index';
import type { Drainable, DrainState } from './drain';
import { EventManager } from './eventManager';
import { param } from './params';
import type { Port } from './port';
import { ProbeManager } from './probe';
import { Parent } from './proxy';
import type { ParamsOf } from './schema';
import { defineSchema, emptySchema } from './schema';
import {
  FirstSectionFormat,
  unserializeSection,
  type CheckpointIn,
  type CheckpointOut,
  type SectionFormat,
  type Serializable,
} from './serializable';
import type { Simulation } from './simulation';
import { StatGroup } from './stats/index';

/** What every object declares. */
export const simObjectSchema = defineSchema('SimObject', emptySchema, {
  description: 'Base class of every simulated object',
  abstract: true,
  params: {
    eventqIndex: param.UInt32(Parent.eventqIndex, 'index of the event queue that the object uses'),
  },
});

/** Parameters of every model. */
export type SimObjectParams = ParamsOf<typeof simObjectSchema>;

/**
 * A simulated object. Its life: construction, port binding, {@link init}, {@link regStats},
 * {@link regProbePoints}, {@link regProbeListeners}, then {@link loadState} (from a checkpoint) or
 * {@link initState} (without one), and, at the first `simulate()`, {@link startup}. After a
 * restore {@link drainResume} follows `startup`.
 */
export abstract class SimObject extends EventManager implements Drainable, Serializable {
  static readonly schema = simObjectSchema;

  readonly params: SimObjectParams;
  /** The simulation that owns this object. */
  readonly simulation: Simulation;
  /** This object's statistics. */
  readonly stats: StatGroup;
  /**
   * Whether the object can begin cold in a system that is otherwise restored, when the checkpoint
   * knows nothing of it: it has no state, or none that others rely upon.
   */
  readonly mayStartFresh: boolean = false;
  #probeManager: ProbeManager | undefined;

  constructor(params: SimObjectParams) {
    super(params.simulation.eventQueueAt(params.eventqIndex));
    this.params = params;
    this.simulation = params.simulation;
    this.stats = new StatGroup(params.simulation, params.name, this);
    this.simulation.addObject(this);
  }

  /** Full path in the configuration tree, such as `system.cpu`. */
  name(): string {
    return this.params.name;
  }

  /** All objects exist and all ports are bound; must not depend on checkpointed state. */
  init(): void {
    // Nothing by default.
  }

  /** Sets up statistics that depend on other objects. Called after {@link init}. */
  regStats(): void {
    // Nothing by default.
  }

  /** Statistics were reset; also called once before the first tick. */
  resetStats(): void {
    // Nothing by default.
  }

  /** Statistics are about to be written. */
  preDumpStats(): void {
    // Nothing by default.
  }

  /** Registers probe points. */
  regProbePoints(): void {
    // Nothing by default.
  }

  /** Attaches listeners to probe points, all of which exist now. */
  regProbeListeners(): void {
    // Nothing by default.
  }

  /** This object's probe points, made on first use. */
  getProbeManager(): ProbeManager {
    this.#probeManager ??= new ProbeManager(this);
    return this.#probeManager;
  }

  /** Cold start: called when no checkpoint is restored. */
  initState(): void {
    // Nothing by default.
  }

  /** Whether a restore without this object would lose nothing of what is saved of it now. */
  get mayBeLeftOut(): boolean {
    return false;
  }

  /** How this class writes its section; a class that changes what it saves raises the version. */
  get sectionFormat(): SectionFormat {
    return FirstSectionFormat;
  }

  /**
   * Restores from the section of this object's name. Without one the object starts cold, which
   * {@link mayStartFresh} has allowed.
   */
  loadState(checkpoint: CheckpointIn): void {
    if (checkpoint.sectionExists(this.name())) unserializeSection(checkpoint, this.name(), this);
    else this.initState();
  }

  /** Last call before simulation, once per process: the first events are scheduled here. */
  startup(): void {
    // Nothing by default.
  }

  /** An object that never has outstanding work is always drained. */
  drain(): 'Draining' | 'Drained' {
    return 'Drained';
  }

  drainResume(): void {
    // Nothing by default.
  }

  /**
   * In the parent, drained, right before a fork: saves what only the parent can read, such as the
   * state of something in the kernel.
   * @throws {FatalError} when the object cannot be forked, saying what to change
   */
  prepareFork(): void {
    // Nothing by default.
  }

  notifyFork(): void {
    // Nothing by default.
  }

  /** This object's place in the drain protocol. */
  drainState(): DrainState {
    return this.simulation.drainManager.stateOf(this);
  }

  /** Reports the end of a drain that {@link drain} answered with `Draining`. */
  protected signalDrainDone(): void {
    this.simulation.drainManager.signalDrainDone(this);
  }

  /** Writes dirty data to memory functionally, keeping it valid. */
  memWriteback(): void {
    // Nothing by default.
  }

  /** Drops cached state without writing it back. */
  memInvalidate(): void {
    // Nothing by default.
  }

  /** Saves the object's own state; only called when it is drained. Nothing by default. */
  serialize(_checkpoint: CheckpointOut): void {
    // Nothing by default.
  }

  /** Restores what `serialize` saved, before `startup`. Nothing by default. */
  unserialize(_checkpoint: CheckpointIn): void {
    // Nothing by default.
  }

  /**
   * Releases what the host lent to this object: descriptors, mappings, timers. Called once, in
   * reverse order of construction, when the simulation is disposed of.
   */
  dispose(): void {
    // Nothing by default.
  }

  /**
   * The port of this name.
   * @param name - property name of the port in the schema.
   * @param _index - element of a vector port, 0 for a scalar one.
   * @throws {FatalError} when the object has no such port.
   */
  getPort(name: string, _index: number): Port {
    return fatal(`${this.name()} does not have any port named ${name}`);
  }
}
