/**
 * Clock domains: groups of objects that share a clock.
 *
 * Source of the behaviour: gem5 `sim/clock_domain.hh`, `sim/clock_domain.cc`.
 */
import { debugFlag, dprintf, fatal, panic, type Tick } from '../base/index';
import { param, vectorParam } from './params';
import { Parent } from './proxy';
import { defineSchema, type ParamsOf } from './schema';
import type { CheckpointIn, CheckpointOut } from './serializable';
import { SimObject, simObjectSchema } from './simObject';
import { unit, Value } from './stats/index';
import type { VoltageDomain } from './voltageDomain';

const ClockDomainDebug = debugFlag('ClockDomain', 'Clock periods and performance levels');

/** An object that a clock drives. */
export interface ClockedMember {
  /** The period is about to change: bring cycle counts up to date at the old one. */
  updateClockPeriod(): void;
}

/** What all clock domains declare: nothing of their own. */
export const clockDomainSchema = defineSchema('ClockDomain', simObjectSchema, {
  description: 'A group of objects that share a clock',
  abstract: true,
});

/** A group of objects that share a clock. */
export abstract class ClockDomain extends SimObject {
  static override readonly schema = clockDomainSchema;
  /** Present period in ticks. A plain field because every clocked object reads it often. */
  period: Tick;
  readonly #members: ClockedMember[] = [];
  readonly #children: DerivedClockDomain[] = [];

  constructor(params: ParamsOf<typeof clockDomainSchema>, period: Tick) {
    super(params);
    this.period = period;
    new Value(this.stats, 'clock', unit.Tick, 'clock period in ticks', () => this.period);
  }

  override readonly mayStartFresh = true;

  /** Period in ticks, at least 1. */
  clockPeriod(): Tick {
    return this.period;
  }

  /** The supply voltage, in volts. */
  abstract voltage(): number;

  /** Adds an object that this clock drives. */
  registerWithClockDomain(member: ClockedMember): void {
    this.#members.push(member);
  }

  /** Adds a domain derived from this one. */
  addDerivedDomain(domain: DerivedClockDomain): void {
    this.#children.push(domain);
  }

  /** Writes a line under the flag `ClockDomain`. */
  protected trace(text: string): void {
    if (ClockDomainDebug.enabled) dprintf(ClockDomainDebug, this.curTick(), this.name(), text);
  }

  /** Changes the period, telling every member and derived domain. */
  protected changePeriod(period: Tick): void {
    if (!Number.isSafeInteger(period) || period < 1) {
      panic(`${this.name()} was given a clock period of ${String(period)} ticks`);
    }
    for (const member of this.#members) member.updateClockPeriod();
    this.period = period;
    this.trace(`Setting clock period to ${period} ticks`);
    for (const child of this.#children) child.updateClockPeriod();
  }
}

export const srcClockDomainSchema = defineSchema('SrcClockDomain', clockDomainSchema, {
  description: 'A clock domain with a clock of its own',
  params: {
    clock: vectorParam.Clock('clock of each performance level, fastest first'),
    voltageDomain: param.SimObject<VoltageDomain>(
      'VoltageDomain',
      Parent.voltageDomain,
      'supply of the domain',
    ),
    domainId: param.Int32(-1, 'identity for frequency scaling, -1 for none'),
    initPerfLevel: param.UInt32(0, 'performance level at the start'),
  },
});

export type SrcClockDomainParams = ParamsOf<typeof srcClockDomainSchema>;

/** A clock domain with a clock of its own, with one or more performance levels. */
export class SrcClockDomain extends ClockDomain {
  static override readonly schema = srcClockDomainSchema;
  readonly #periods: readonly Tick[];
  readonly #voltageDomain: VoltageDomain;
  #perfLevel: number;

  /**
   * @throws {FatalError} when the clocks are not listed fastest first, the first level is not among
   *   them, or the voltage domain has several voltages, but not one for each
   */
  constructor(params: SrcClockDomainParams) {
    const { name, clock, initPerfLevel, voltageDomain } = params;
    const first =
      clock[initPerfLevel] ??
      fatal(
        `${name}: performance level ${initPerfLevel} does not exist; clock lists ${clock.length}`,
      );
    super(params, first);
    if (clock.some((period, level) => period < (clock[level - 1] ?? 0))) {
      fatal(`${name}: the clocks of the performance levels must be listed fastest first`);
    }
    const voltages = voltageDomain.voltages.length;
    if (voltages > 1 && voltages !== clock.length) {
      fatal(
        `${name} has ${clock.length} clocks and ${voltageDomain.name()} has ${voltages} voltages; ` +
          'list one voltage for all clocks, or one for each',
      );
    }
    this.#periods = clock;
    this.#voltageDomain = voltageDomain;
    this.#perfLevel = initPerfLevel;
    voltageDomain.registerSrcClockDomain(this);
  }

  override voltage(): number {
    return this.#voltageDomain.voltage();
  }

  /** Present performance level, an index into the list of clocks. */
  perfLevel(): number {
    return this.#perfLevel;
  }

  /** Number of performance levels. */
  numPerfLevels(): number {
    return this.#periods.length;
  }

  /**
   * Changes the performance level, and with it clock and voltage, while running.
   * @throws {FatalError} when there is no such level
   */
  setPerfLevel(level: number): void {
    if (this.#periods[level] === undefined) {
      fatal(`${this.name()} has no performance level ${level}`);
    }
    if (level === this.#perfLevel) return;
    this.trace(`Switching performance level from ${this.#perfLevel} to ${level}`);
    this.#perfLevel = level;
    this.#update();
  }

  /** Voltage and period follow the performance level. */
  #update(): void {
    this.#voltageDomain.sanitiseVoltages();
    const period = this.#periods[this.#perfLevel] ?? panic('a level without a clock');
    if (period !== this.period) this.changePeriod(period);
  }

  override startup(): void {
    super.startup();
    // The voltage follows the initial level, and all of it the level of a checkpoint.
    this.#update();
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('_perfLevel', this.#perfLevel);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    const level = checkpoint.number('_perfLevel');
    if (this.#periods[level] === undefined) {
      fatal(`${this.name()} has no performance level ${level}, which the checkpoint wants`);
    }
    this.#perfLevel = level;
  }
}

export const derivedClockDomainSchema = defineSchema('DerivedClockDomain', clockDomainSchema, {
  description: 'A clock domain whose clock is a division of another',
  params: {
    clkDomain: param.SimObject<ClockDomain>('ClockDomain', undefined, 'domain to divide'),
    clkDivider: param.Unsigned(1, 'how many of its periods make one of ours'),
  },
});

export type DerivedClockDomainParams = ParamsOf<typeof derivedClockDomainSchema>;

/** A clock domain whose clock is a division of another's. */
export class DerivedClockDomain extends ClockDomain {
  static override readonly schema = derivedClockDomainSchema;
  readonly #source: ClockDomain;
  readonly #divider: number;

  constructor(params: DerivedClockDomainParams) {
    if (params.clkDivider < 1) fatal(`${params.name}: the clock divider must be at least 1`);
    super(params, params.clkDomain.period * params.clkDivider);
    this.#source = params.clkDomain;
    this.#divider = params.clkDivider;
    this.#source.addDerivedDomain(this);
  }

  override voltage(): number {
    return this.#source.voltage();
  }

  /** The source's period has changed. */
  updateClockPeriod(): void {
    this.changePeriod(this.#source.period * this.#divider);
  }
}
