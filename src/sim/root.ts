/** Source: gem5 `sim/root.hh`, `sim/root.cc`, `sim/Root.py`. */
import { debugFlag, dprintf, type Tick } from '../base/index';
import { EventFunctionWrapper } from './event';
import { param } from './params';
import { defineSchema, type ParamsOf } from './schema';
import { SimObject, simObjectSchema } from './simObject';
import { serializeSection, unserializeSection } from './serializable';
import type { CheckpointIn, CheckpointOut } from './serializable';

const TimeSync = debugFlag('TimeSync', 'Waiting for real time to catch up');

export const rootSchema = defineSchema('Root', simObjectSchema, {
  description: 'The root of the tree of simulated objects',
  params: {
    fullSystem: param.Bool('if this is a full system simulation'),
    timeSyncEnable: param.Bool(false, 'whether simulated time must not outrun real time'),
    timeSyncPeriod: param.Clock('100ms', 'how often that is looked at, in simulated time'),
    timeSyncSpinThreshold: param.Clock('100us', 'waits shorter than this are not worth sleeping'),
  },
  defaults: { eventqIndex: 0 },
});

export type RootParams = ParamsOf<typeof rootSchema>;

/** The root of the tree. Its statistics are those of the whole simulation. */
export class Root extends SimObject {
  static override readonly schema = rootSchema;
  declare readonly params: RootParams;
  readonly #syncEvent: EventFunctionWrapper;
  /** Real time, in seconds, of the last look at it. */
  #lastSeconds = 0;

  constructor(params: RootParams) {
    super(params);
    this.#syncEvent = new EventFunctionWrapper(() => {
      this.#syncTime();
    }, params.name);
  }

  override startup(): void {
    super.startup();
    this.timeSyncEnable(this.params.timeSyncEnable);
  }

  /** Whether simulated time is held back so that it does not outrun real time. */
  timeSyncEnabled(): boolean {
    return this.#syncEvent.scheduled;
  }

  /** Holds simulated time back from now on, or no longer. */
  timeSyncEnable(enable: boolean): void {
    if (enable === this.timeSyncEnabled()) return;
    if (!enable) {
      this.deschedule(this.#syncEvent);
      return;
    }
    this.#lastSeconds = this.simulation.host.seconds();
    const { timeSyncPeriod } = this.params;
    const periods = Math.floor(this.curTick() / timeSyncPeriod) + 1;
    this.schedule(this.#syncEvent, periods * timeSyncPeriod);
  }

  /** A period of simulated time is over: waits until it is over in real time too. */
  #syncTime(): void {
    const { host } = this.simulation;
    const { timeSyncPeriod, timeSyncSpinThreshold } = this.params;
    const period = this.#inSeconds(timeSyncPeriod);
    for (;;) {
      const rest = this.#lastSeconds + period - host.seconds();
      if (rest <= 0) break;
      if (rest <= this.#inSeconds(timeSyncSpinThreshold)) continue;
      if (TimeSync.enabled) {
        dprintf(TimeSync, this.curTick(), this.name(), 'Sleeping to sync with real time.');
      }
      host.sleep(rest);
    }
    this.#lastSeconds = host.seconds();
    this.schedule(this.#syncEvent, this.curTick() + timeSyncPeriod);
  }

  #inSeconds(ticks: Tick): number {
    return ticks / this.simulation.ticksPerSecond;
  }

  override serialize(checkpoint: CheckpointOut): void {
    checkpoint.paramOut('curTick', this.curTick());
    serializeSection(checkpoint, 'globals', this.simulation.globals);
    serializeSection(checkpoint, 'requests', this.simulation.requests);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    this.setCurTick(checkpoint.number('curTick'));
    unserializeSection(checkpoint, 'globals', this.simulation.globals);
    // Checkpoints of earlier versions have none.
    if (!checkpoint.sectionExists(`${this.name()}.requests`)) return;
    unserializeSection(checkpoint, 'requests', this.simulation.requests);
  }
}
