/**
 * State of a simulation that belongs to no object. Source of the behaviour: gem5 `sim/globals.cc`.
 */
import type { ExitEvent } from './exitEvents';
import { unserializeFrom } from './serializable';
import type { CheckpointIn, CheckpointOut, SectionFormat, Serializable } from './serializable';
import type { Tick } from '../base/index';

/** What the globals say of an object. */
export interface SavedObject {
  name(): string;
  readonly constructor: { readonly name: string };
  readonly mayBeLeftOut: boolean;
}

/** Section of a checkpoint with the globals. */
const GLOBALS_SECTION = 'root.globals';

/** Key of the names of objects that a restore may leave out. */
const LEFT_OUT = 'mayBeLeftOut';

/** Version 1 did not say what may be left out. */
const FORMAT: SectionFormat = {
  version: 2,
  upgraders: [values => void values.set(LEFT_OUT, [])],
};

/** What a checkpoint says of the objects that were saved. */
export interface SavedObjects {
  /** Full names, in the order of saving. */
  readonly names: readonly string[];
  /** Their classes, in the same order. */
  readonly classes: readonly string[];
  /** Names of those that a restore loses nothing without. */
  readonly mayBeLeftOut: ReadonlySet<string>;
}

/** Which objects a checkpoint has; none when it does not say. */
export function savedObjects(checkpoint: CheckpointIn): SavedObjects {
  let names: readonly string[] = [];
  let classes: readonly string[] = [];
  let leftOut: readonly string[] = [];
  if (checkpoint.sectionExists(GLOBALS_SECTION)) {
    unserializeFrom(checkpoint, GLOBALS_SECTION, {
      sectionFormat: FORMAT,
      serialize: () => undefined,
      unserialize: () => {
        names = checkpoint.strings('objects');
        classes = checkpoint.strings('classes');
        leftOut = checkpoint.strings(LEFT_OUT);
      },
    });
  }
  return { names, classes, mayBeLeftOut: new Set(leftOut) };
}

/** The exit events of a run that have not reached the script yet. */
export class SimulationGlobals implements Serializable {
  /** Exit events that fired while the system drained; later runs deliver them, oldest first. */
  readonly heldExits: ExitEvent[] = [];
  readonly sectionFormat = FORMAT;
  readonly #objects: () => readonly SavedObject[];

  /** @param objects - all that will be saved, in their order */
  constructor(objects: () => readonly SavedObject[]) {
    this.#objects = objects;
  }

  serialize(checkpoint: CheckpointOut): void {
    const objects = this.#objects();
    checkpoint.paramOut(
      'objects',
      objects.map(object => object.name()),
    );
    checkpoint.paramOut(
      'classes',
      objects.map(object => object.constructor.name),
    );
    checkpoint.paramOut(
      LEFT_OUT,
      objects.filter(object => object.mayBeLeftOut).map(object => object.name()),
    );
    const exits = this.heldExits;
    checkpoint.paramOut(
      'heldExitCauses',
      exits.map(({ cause }) => cause),
    );
    checkpoint.paramOut(
      'heldExitCodes',
      exits.map(({ code }) => code),
    );
    checkpoint.paramOut(
      'heldExitTicks',
      exits.map(({ tick }) => tick),
    );
  }

  unserialize(checkpoint: CheckpointIn): void {
    const codes = checkpoint.numbers('heldExitCodes');
    const ticks = checkpoint.numbers('heldExitTicks');
    const exits = checkpoint
      .strings('heldExitCauses')
      .map((cause, i) => exitEvent(cause, codes[i] ?? 0, ticks[i] ?? 0));
    this.heldExits.splice(0, Infinity, ...exits);
  }
}

/** What a script gets to know of an exit event. */
export function exitEvent(cause: string, code: number, tick: Tick): ExitEvent {
  return { cause, code, tick, getCause: () => cause, getCode: () => code };
}
