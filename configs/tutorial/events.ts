/**
 * Events: a metronome that beats, an echo at the same tick, and an alarm that is put off.
 *
 *     mini-gem5 configs/tutorial/events.ts
 */
import * as m5 from 'mini-gem5';
import {
  debugFlag,
  defineSchema,
  dprintf,
  EventFunctionWrapper,
  EventPriority,
  nodeClass,
  SimObject,
  simObjectSchema,
} from 'mini-gem5/model';
import { Root } from 'mini-gem5/objects';

/** Ticks from one beat to the next. */
const PERIOD = 100;

const MetronomeFlag = debugFlag('Metronome', 'What the metronome of the tutorial does');
MetronomeFlag.enable();

const metronomeSchema = defineSchema('Metronome', simObjectSchema, {
  description: 'An object that beats four times and then ends the run',
});

class MetronomeModel extends SimObject {
  static override readonly schema = metronomeSchema;

  // An event has something to do and a name. It does nothing until it is scheduled.
  readonly #beatEvent = new EventFunctionWrapper(() => this.#beat(), `${this.name()}.beat`);

  // Of two events at one tick, the one with the smaller priority is served first.
  readonly #echoEvent = new EventFunctionWrapper(
    () => this.#trace('echo'),
    `${this.name()}.echo`,
    false,
    EventPriority.Stat_Event_Pri,
  );

  readonly #alarmEvent = new EventFunctionWrapper(
    () => this.#trace('alarm: no beat for 150 ticks'),
    `${this.name()}.alarm`,
  );

  #beatsLeft = 4;

  // The first events are scheduled here: ports are bound and state is restored by now.
  override startup(): void {
    this.schedule(this.#echoEvent, PERIOD);
    this.schedule(this.#beatEvent, PERIOD);
    this.schedule(this.#alarmEvent, 150);
  }

  #beat(): void {
    this.#beatsLeft--;
    this.#trace(`beat, ${this.#beatsLeft} left`);
    if (this.#beatsLeft === 0) {
      if (this.#alarmEvent.scheduled) this.deschedule(this.#alarmEvent);
      this.simulation.exitSimLoop('the metronome has stopped', 3);
      return;
    }
    // An event is free again while it is served, so it can schedule itself.
    const pause = this.#beatsLeft === 1 ? 2 * PERIOD : PERIOD;
    this.schedule(this.#beatEvent, this.curTick() + pause);
    // Moves the alarm to another tick; `true` allows that it has gone off meanwhile.
    this.reschedule(this.#alarmEvent, this.curTick() + 150, true);
  }

  #trace(text: string): void {
    if (MetronomeFlag.enabled) dprintf(MetronomeFlag, this.curTick(), this.name(), text);
  }
}

const Metronome = nodeClass(MetronomeModel, metronomeSchema);

const root = new Root({ fullSystem: false, metronome: new Metronome() });
m5.instantiate(root);

// A run ends at its limit, or when an object ends it. The next one goes on from there.
let exit = m5.simulate(250);
console.log(`Stopped @ tick ${m5.curTick()} because ${exit.cause}`);
exit = m5.simulate();
console.log(`Exiting @ tick ${m5.curTick()} because ${exit.cause}, code ${exit.code}`);
