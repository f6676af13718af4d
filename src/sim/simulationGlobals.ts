/**
 * State of a simulation that belongs to no object. Source of the behaviour: gem5 `sim/globals.cc`.
 */
import type { ExitEvent } from './exitEvents';
import type { CheckpointIn, CheckpointOut, Serializable } from './serializable';
import type { Tick } from '../base/index';

/** What the globals say of an object. */
export interface SavedObject {
  name(): string;
  readonly constructor: { readonly name: string };
}

/** The exit events of a run that have not reached the script yet. */
export class SimulationGlobals implements Serializable {
  /** Exit events that fired while the system drained; later runs deliver them, oldest first. */
  readonly heldExits: ExitEvent[] = [];
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
