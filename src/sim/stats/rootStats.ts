/** The statistics of a simulation as a whole. Source: gem5 `sim/root.cc`, `cpu/base.cc`. */

import type { Tick } from '../../base/index';
import { div } from './expression';
import { Formula } from './formula';
import { Value } from './scalarStats';
import { StatGroup } from './statGroup';
import type { StatContext } from './statGroup';
import { unit } from './unit';

const BYTES_PER_KIB = 1024;

/** What these statistics need to know of the simulation and of the host. */
export interface StatsEnvironment extends StatContext {
  /** Ticks per simulated second. */
  frequency(): number;
  /** The time on a steady clock of the host, in seconds since any moment. */
  hostSeconds(): number;
  /** The address space this process takes on the host, in KiB. */
  hostMemory(): number;
  /** Instructions that all CPUs have simulated. */
  insts(): number;
  /** Operations (instructions, or the smaller steps of a CPU model) that all CPUs have simulated. */
  ops(): number;
}

const tickRate = unit.rate(unit.Tick, unit.Second);
const countRate = unit.rate(unit.Count, unit.Second);

/** Simulated time, host time, and how they compare; merged into the root of the tree. */
export class RootStats extends StatGroup {
  readonly #environment: StatsEnvironment;
  #startTick: Tick = 0;
  #startSeconds: number;
  /** Instructions and operations before the checkpoint that was restored. */
  #instsBefore = 0;
  #opsBefore = 0;

  readonly simSeconds = new Formula(
    this,
    'simSeconds',
    unit.Second,
    'simulated seconds since the last reset',
  );
  readonly simTicks = new Value(
    this,
    'simTicks',
    unit.Tick,
    'simulated ticks since the last reset',
    () => this.#environment.curTick() - this.#startTick,
  );
  readonly finalTick = new Value(
    this,
    'finalTick',
    unit.Tick,
    'current tick (restored from checkpoints, never reset)',
    () => this.#environment.curTick(),
  );
  readonly simFreq = new Value(this, 'simFreq', tickRate, 'ticks per simulated second', () =>
    this.#environment.frequency(),
  );
  readonly hostSeconds = new Value(
    this,
    'hostSeconds',
    unit.Second,
    'elapsed seconds on the host since the last reset',
    () => this.#environment.hostSeconds() - this.#startSeconds,
  ).precision(2);
  readonly hostTickRate = new Formula(
    this,
    'hostTickRate',
    tickRate,
    'simulated ticks per second on the host',
    div(this.simTicks, this.hostSeconds),
  ).precision(0);
  // gem5 prints KiB here and calls them bytes.
  readonly hostMemory = new Value(
    this,
    'hostMemory',
    unit.Byte,
    'bytes of address space taken on the host',
    () => this.#environment.hostMemory() * BYTES_PER_KIB,
  );
  readonly simInsts = new Value(
    this,
    'simInsts',
    unit.Count,
    'simulated instructions',
    () => this.#instsBefore + this.#environment.insts(),
  ).precision(0);
  readonly simOps = new Value(
    this,
    'simOps',
    unit.Count,
    'simulated operations, including micro-operations',
    () => this.#opsBefore + this.#environment.ops(),
  ).precision(0);
  readonly hostInstRate = new Formula(
    this,
    'hostInstRate',
    countRate,
    'simulated instructions per second on the host',
    div(this.simInsts, this.hostSeconds),
  )
    .precision(0)
    .prereq(this.simInsts);
  readonly hostOpRate = new Formula(
    this,
    'hostOpRate',
    countRate,
    'simulated operations per second on the host',
    div(this.simOps, this.hostSeconds),
  )
    .precision(0)
    .prereq(this.simOps);

  constructor(environment: StatsEnvironment) {
    super(environment);
    this.#environment = environment;
    this.#startSeconds = environment.hostSeconds();
    this.simSeconds.set(div(this.simTicks, this.simFreq));
    this.hostMemory.prereq(this.hostMemory);
    this.simInsts.prereq(this.simInsts);
    this.simOps.prereq(this.simOps);
  }

  /** What besides the statistics of this group goes into a checkpoint. */
  saveTotals(): readonly number[] {
    return [this.#startTick, this.simInsts.value, this.simOps.value];
  }

  /** Goes on from what {@link saveTotals} gave; host time counts from now. */
  loadTotals([startTick = 0, insts = 0, ops = 0]: readonly number[]): void {
    this.#startTick = startTick;
    this.#instsBefore = insts;
    this.#opsBefore = ops;
  }

  /** Forgets the instructions of earlier processes. */
  dropTotals(): void {
    this.#instsBefore = 0;
    this.#opsBefore = 0;
  }

  /** The tick of the last reset. */
  get startTick(): Tick {
    return this.#startTick;
  }

  override resetStats(): void {
    this.#startSeconds = this.#environment.hostSeconds();
    this.#startTick = this.#environment.curTick();
    super.resetStats();
  }
}
