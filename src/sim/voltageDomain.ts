/** Source: gem5 `sim/voltage_domain.hh`, `sim/voltage_domain.cc`, `sim/VoltageDomain.py`. */
import { debugFlag, dprintf, fatal } from '../base/index';
import { vectorParam } from './params';
import { defineSchema, type ParamsOf } from './schema';
import type { CheckpointIn, CheckpointOut } from './serializable';
import { SimObject, simObjectSchema } from './simObject';
import { unit, Value } from './stats/index';

const VoltageDomainDebug = debugFlag('VoltageDomain', 'Voltages and who asks for them');

export const voltageDomainSchema = defineSchema('VoltageDomain', simObjectSchema, {
  description: 'A group of clock domains that share a supply voltage',
  params: {
    voltage: vectorParam.Voltage(
      '1V',
      'operational voltages, highest first: one, or one for each performance level of the clocks',
    ),
  },
});

export type VoltageDomainParams = ParamsOf<typeof voltageDomainSchema>;

/** A clock that a voltage domain supplies. */
export interface SuppliedClock {
  /** Its performance level; 0 is the fastest. */
  perfLevel(): number;
}

/**
 * A supply voltage, with the levels it may take. Where there are several, the voltage is that of the
 * fastest performance level that any of its clock domains has.
 */
export class VoltageDomain extends SimObject {
  static override readonly schema = voltageDomainSchema;
  /** Operating points in volts, highest first. */
  readonly voltages: readonly number[];
  readonly #clocks: SuppliedClock[] = [];
  #perfLevel = 0;

  /** @throws {FatalError} when there is no voltage, or they are not listed highest first */
  constructor(params: VoltageDomainParams) {
    super(params);
    this.voltages = params.voltage;
    if (this.voltages.length === 0) fatal(`${this.name()} needs a voltage at least`);
    if (this.voltages.some((voltage, i) => voltage > (this.voltages[i - 1] ?? Infinity))) {
      fatal(`${this.name()}: the voltages must be listed highest first`);
    }
    new Value(this.stats, 'voltage', unit.Volt, 'voltage of the domain', () => this.voltage());
  }

  /**
   * The present voltage, or that of a performance level, in volts.
   * @throws {FatalError} when there is no such level
   */
  voltage(level = this.#perfLevel): number {
    return this.voltages[level] ?? fatal(`${this.name()} has no performance level ${level}`);
  }

  /** The present performance level, an index into {@link voltages}. */
  perfLevel(): number {
    return this.#perfLevel;
  }

  /** Called by each source clock that this domain supplies. */
  registerSrcClockDomain(clock: SuppliedClock): void {
    this.#clocks.push(clock);
  }

  /** Sets the voltage to what the fastest of the clocks needs. They call it when they change. */
  sanitiseVoltages(): void {
    if (this.voltages.length === 1) return;
    const level = Math.min(...this.#clocks.map(clock => clock.perfLevel()));
    if (level === this.#perfLevel) return;
    this.#perfLevel = level;
    if (VoltageDomainDebug.enabled) {
      const text = `Setting voltage to ${this.voltage().toFixed(3)}V idx: ${level}`;
      dprintf(VoltageDomainDebug, this.curTick(), this.name(), text);
    }
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('_perfLevel', this.#perfLevel);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#perfLevel = checkpoint.number('_perfLevel');
  }

  override readonly mayStartFresh = true;
}
