/** The CPUs of the stages of a run, and the run through them (gem5's configs/common/Simulation.py). */
import * as m5 from 'mini-gem5';
import type { System } from 'mini-gem5/objects';
import type { CheckpointedRun } from './checkpointedRun';
import { makeCpu, systemWith, type Cpu, type CpuParams } from './cpuTypes';
import type { Stage, StagePlan, Until } from './switchOptions';

/** A CPU by the stage that it is for. */
interface StagedCpu {
  readonly stage: Stage;
  readonly cpu: Cpu;
}

/** A CPU that takes turns with another, and how many ticks each turn has. */
type Turns = StagedCpu & { readonly ticks: number };

/** The CPUs of a plan. */
export interface StagedCpus {
  /** Those of the stages, the first of which runs from the start. */
  readonly stages: readonly [StagedCpu, ...StagedCpu[]];
  readonly repeat?: Turns;
}

/** Makes the CPUs of a plan. @param params - of all of them */
export function makeCpus({ stages, repeat }: StagePlan, params: CpuParams): StagedCpus {
  const make = (stage: Stage): StagedCpu => ({
    stage,
    cpu: makeCpu(stage.type, {
      ...params,
      ...{ cpuId: 0, switchedOut: stage.name !== 'cpu', maxInstsAnyThread: stage.maxInsts },
    }),
  });
  const [first, ...others] = stages.map(make);
  if (first === undefined) return m5.fatal('a run without a CPU');
  return {
    stages: [first, ...others],
    ...(repeat === undefined ? {} : { repeat: { ...make(repeat.stage), ticks: repeat.ticks } }),
  };
}

function waiting({ stages, repeat }: StagedCpus): readonly StagedCpu[] {
  const [, ...others] = stages;
  return repeat === undefined ? others : [...others, repeat];
}

/** All of them, the first in front. */
export function allCpus(cpus: StagedCpus): readonly Cpu[] {
  return [...cpus.stages.slice(0, 1), ...waiting(cpus)].map(({ cpu }) => cpu);
}

/** Parameters of the system that depend on its CPUs, the first of them among them. */
export function firstCpu(cpus: StagedCpus): ReturnType<typeof systemWith> {
  const [{ stage, cpu }] = cpus.stages;
  const others = waiting(cpus).map(({ stage: { type } }) => type);
  return systemWith(stage.type, cpu, others);
}

/** Parameters of the system by which a stage that goes to the first piece of work ends there. */
export function workParameters({ stages }: StagePlan): { readonly workBeginExitCount?: number } {
  return stages.some(({ until }) => until?.kind === 'work') ? { workBeginExitCount: 1 } : {};
}

/** All CPUs but the first, by their names in the system. */
export function waitingCpus(cpus: StagedCpus): Readonly<Record<string, Cpu>> {
  return Object.fromEntries(waiting(cpus).map(({ stage, cpu }) => [stage.name, cpu]));
}

/** Exits that a stage is over by. */
function isOver({ cause }: m5.ExitEvent, until: Until): boolean {
  switch (until.kind) {
    case 'insts':
      return cause === 'a thread reached the max instruction count' || cause === 'switchcpu';
    case 'work':
      return /^work(?:begin| started count reach)$/.test(cause) || cause === 'switchcpu';
    case 'time':
    case 'ticks':
      return cause === 'simulate() limit reached' || cause === 'switchcpu';
  }
}

function runStage(run: CheckpointedRun, until: Until, maxTick: number): m5.ExitEvent {
  if (until.kind === 'insts') console.log(`Switch at instruction count:${String(until.insts)}`);
  if (until.kind === 'insts' || until.kind === 'work') return run.simulateTo(maxTick);
  const ticks = until.kind === 'time' ? m5.ticks.fromSeconds(until.seconds) : until.ticks;
  return run.simulateTo(Math.min(m5.curTick() + ticks, maxTick));
}

/**
 * Runs all stages but the last.
 * @param maxTick - when the run ends at the latest
 * @returns why the run ended before the last stage; undefined when it is the turn of that
 */
export function runStages(
  run: CheckpointedRun,
  system: System,
  { stages }: StagedCpus,
  maxTick = Infinity,
): m5.ExitEvent | undefined {
  for (const [i, { stage, cpu }] of stages.entries()) {
    const next = stages[i + 1];
    if (next === undefined || stage.until === undefined) return undefined;
    const exit = runStage(run, stage.until, maxTick);
    if (!isOver(exit, stage.until) || m5.curTick() >= maxTick) return exit;
    console.log(`Switched CPUS @ tick ${String(m5.curTick())}`);
    m5.switchCpus(system, [[cpu, next.cpu]]);
  }
  return undefined;
}

/** Has two CPUs take turns until the run ends. @param maxTick - when it ends at the latest */
export function runTurns(
  run: CheckpointedRun,
  system: System,
  [first, second]: readonly [StagedCpu, Turns],
  maxTick = Infinity,
): m5.ExitEvent {
  console.log('starting switch loop');
  let [running, waiting] = [first.cpu, second.cpu];
  for (;;) {
    const end = Math.min(m5.curTick() + second.ticks, maxTick);
    const exit = run.simulateTo(end);
    if (exit.cause !== 'simulate() limit reached' || end >= maxTick) return exit;
    m5.switchCpus(system, [[running, waiting]]);
    [running, waiting] = [waiting, running];
  }
}
