/** Source of the behaviour: gem5 `sim/voltage_domain.hh`, `sim/VoltageDomain.py`. */
import { vectorParam } from './params';
import { defineSchema, type ParamsOf } from './schema';
import { SimObject, simObjectSchema } from './simObject';
import { unit, Value } from './stats/index';

export const voltageDomainSchema = defineSchema('VoltageDomain', simObjectSchema, {
  description: 'A group of clock domains that share a supply voltage',
  params: {
    voltage: vectorParam.Voltage('1V', 'operational voltages, highest first'),
  },
});

export type VoltageDomainParams = ParamsOf<typeof voltageDomainSchema>;

/** A supply voltage, with the levels it may take. */
export class VoltageDomain extends SimObject {
  static override readonly schema = voltageDomainSchema;
  /** Operating points in volts, highest first. */
  readonly voltages: readonly number[];

  constructor(params: VoltageDomainParams) {
    super(params);
    this.voltages = params.voltage;
    new Value(this.stats, 'voltage', unit.Volt, 'voltage of the domain', () => this.voltage());
  }

  /** The present voltage, in volts. */
  voltage(): number {
    return this.voltages[0] ?? 0;
  }
}
