/**
 * Options about counting instructions and switching CPUs, under gem5's names (configs/common/Options.py),
 * and the stages that they make of a run (configs/common/Simulation.py).
 */
import { InvalidArgumentError, type Command } from 'commander';
import { fatal } from 'mini-gem5';
import { chooseCpuType, cpuType, kvmIsUsable, type CpuType } from './cpuTypes';
import { positiveNumber } from './wholeNumber';

/** How far to fast-forward: so many instructions, so many seconds, or to the first m5_work_begin. */
export type FastForward =
  | { readonly kind: 'insts'; readonly insts: number }
  | { readonly kind: 'time'; readonly seconds: number }
  | { readonly kind: 'work' };

/** What the command line asks for. */
export interface SwitchOptions {
  readonly maxinsts?: number;
  readonly fastForward?: FastForward;
  readonly fastForwardCpu?: string;
  readonly standardSwitch?: number;
  readonly warmupInsts?: number;
  readonly repeatSwitch?: number;
  readonly progInterval?: string;
}

/** Adds the options to a command. */
export function addSwitchOptions(program: Command): Command {
  return program
    .option('-I, --maxinsts <count>', 'stop after so many instructions', positiveNumber)
    .option(
      '-F, --fast-forward <how far>',
      'get there before the CPU of --cpu-type takes over: a number of instructions, a time such as ' +
        '20ms, or "work" for the first m5_work_begin',
      fastForward,
    )
    .option('--fast-forward-cpu <class>', 'class of the CPU that fast-forwards')
    .option(
      '-s, --standard-switch <ticks>',
      'warm up on a TimingSimpleCPU for so long before the CPU of --cpu-type takes over',
      positiveNumber,
    )
    .option(
      '-W, --warmup-insts <count>',
      'warm up for so many instructions instead; needs --standard-switch',
      positiveNumber,
    )
    .option(
      '--repeat-switch <ticks>',
      'switch between the CPU that fast-forwards and that of --cpu-type again and again',
      positiveNumber,
    )
    .option('-p, --prog-interval <time>', 'say how far CPUs are at this interval, such as 1ms');
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, ps: 1e-12 };

function fastForward(text: string): FastForward {
  if (text === 'work') return { kind: 'work' };
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([munp]?s)$/.exec(text) ?? [];
  const scale = SECONDS[unit ?? ''];
  if (scale !== undefined) return { kind: 'time', seconds: Number(digits) * scale };
  const insts = Number(text);
  if (text !== '' && Number.isSafeInteger(insts) && insts > 0) return { kind: 'insts', insts };
  throw new InvalidArgumentError('Give a number of instructions, a time such as 20ms, or "work".');
}

/** When a stage is over. */
export type Until = FastForward | { readonly kind: 'ticks'; readonly ticks: number };

/** A CPU, and how long it runs before the next takes over; the last one runs to the end. */
export interface Stage {
  /** Name in the system, as gem5's. */
  readonly name: 'cpu' | 'switchCpus' | 'switchCpus_1' | 'repeatSwitchCpus';
  readonly type: CpuType;
  readonly until?: Until;
  /** Stop after so many instructions of this CPU; 0 for never. */
  readonly maxInsts: number;
}

/** The stages of a run, and how it takes turns in the end. */
export interface StagePlan {
  readonly stages: readonly Stage[];
  /** The CPU that takes turns with the last of the stages, and for how many ticks. */
  readonly repeat?: { readonly stage: Stage; readonly ticks: number };
}

/** Classes of CPUs, undefined for what is best. */
export interface WantedCpus {
  /** Of the CPU that counts. */
  readonly cpuType: string | undefined;
  /** Of the CPU that a checkpoint is restored with; undefined also when none is. */
  readonly restoreWithCpu: string | undefined;
}

/** For how many ticks a checkpoint's CPU runs before the one that counts takes over, as in gem5. */
const RESTORED_TICKS = 10_000;

/** What a run has to do with checkpoints. */
export interface CheckpointUse {
  /** Whether it begins at one. */
  readonly isRestored: boolean;
  /** Whether the command line wants some at ticks that it names. */
  readonly takesCheckpoints: boolean;
}

/** @throws {FatalError} when options exclude each other, or a CPU cannot do what is asked of it */
export function planStages(
  options: SwitchOptions,
  wanted: WantedCpus,
  checkpoints: CheckpointUse,
): StagePlan {
  checkCombination(options, wanted, checkpoints);
  const { maxinsts = 0, standardSwitch, warmupInsts, repeatSwitch } = options;
  const measured = cpuType(wanted.cpuType ?? 'TimingSimpleCPU');
  const first = firstType(options, wanted);
  if (repeatSwitch !== undefined) {
    const stage = checked({ name: 'repeatSwitchCpus', type: measured, maxInsts: maxinsts });
    const start = checked({ name: 'cpu', type: first, maxInsts: 0 });
    return { stages: [start], repeat: { stage, ticks: repeatSwitch } };
  }
  const until = endOfFirst(options, wanted);
  if (until === undefined) {
    const type = chooseCpuType(wanted.restoreWithCpu ?? wanted.cpuType, maxinsts !== 0);
    return { stages: [checked({ name: 'cpu', type, maxInsts: maxinsts })] };
  }
  const start: Stage = { name: 'cpu', type: first, until, maxInsts: instsOf(until) };
  const last = (name: Stage['name']): Stage => ({ name, type: measured, maxInsts: maxinsts });
  if (standardSwitch === undefined) return { stages: [start, last('switchCpus')].map(checked) };
  const warmup: Until =
    warmupInsts === undefined
      ? { kind: 'ticks', ticks: standardSwitch }
      : { kind: 'insts', insts: warmupInsts };
  const warming: Stage = {
    ...{ name: 'switchCpus', type: 'TimingSimpleCPU', until: warmup },
    maxInsts: instsOf(warmup),
  };
  return { stages: [start, warming, last('switchCpus_1')].map(checked) };
}

/** When the first CPU hands over to the next; undefined when it does not. */
function endOfFirst(
  { fastForward: forward, standardSwitch }: SwitchOptions,
  { cpuType: measured, restoreWithCpu }: WantedCpus,
): Until | undefined {
  if (forward !== undefined) return forward;
  if (standardSwitch !== undefined) return { kind: 'insts', insts: 1 };
  const differs = restoreWithCpu !== undefined && (measured ?? restoreWithCpu) !== restoreWithCpu;
  return differs ? { kind: 'ticks', ticks: RESTORED_TICKS } : undefined;
}

function instsOf(until: Until): number {
  return until.kind === 'insts' ? until.insts : 0;
}

/** The CPU that gets there: one that counts, where instructions are counted, else the fastest. */
function firstType(
  { fastForwardCpu, fastForward: how }: SwitchOptions,
  { restoreWithCpu }: WantedCpus,
): CpuType {
  const wanted = restoreWithCpu ?? fastForwardCpu;
  if (wanted !== undefined) return cpuType(wanted);
  const counts = how === undefined || how.kind === 'insts';
  return !counts && kvmIsUsable() ? 'X86KvmCPU' : 'AtomicSimpleCPU';
}

/** KVM stops at an instruction only where there are performance counters, and then not exactly. */
function checked(stage: Stage): Stage {
  if (stage.maxInsts === 0 || stage.type !== 'X86KvmCPU') return stage;
  const fastForwards = stage.name === 'cpu' && stage.until !== undefined;
  const instead = fastForwards ? ', or give --fast-forward a time, such as 20ms, or "work"' : '';
  return fatal(
    'X86KvmCPU does not stop at a number of instructions; take AtomicSimpleCPU, which does' +
      instead,
  );
}

function checkCombination(
  options: SwitchOptions,
  { restoreWithCpu }: WantedCpus,
  { isRestored, takesCheckpoints }: CheckpointUse,
): void {
  const {
    fastForward: forward,
    fastForwardCpu,
    standardSwitch,
    warmupInsts,
    repeatSwitch,
  } = options;
  const refuse = (condition: boolean, text: string): void => {
    if (condition) fatal(text);
  };
  const both = (a: string, b: string): string => `Can't specify both ${a} and ${b}`;
  refuse(forward !== undefined && isRestored, both('--fast-forward', '--checkpoint-restore'));
  refuse(
    standardSwitch !== undefined && repeatSwitch !== undefined,
    both('--standard-switch', '--repeat-switch'),
  );
  refuse(
    forward !== undefined && repeatSwitch !== undefined,
    both('--fast-forward', '--repeat-switch'),
  );
  refuse(
    takesCheckpoints && repeatSwitch !== undefined,
    both('--take-checkpoints', '--repeat-switch'),
  );
  refuse(
    fastForwardCpu !== undefined && restoreWithCpu !== undefined,
    both('--fast-forward-cpu', '--restore-with-cpu'),
  );
  refuse(
    warmupInsts !== undefined && standardSwitch === undefined,
    '--warmup-insts needs --standard-switch',
  );
  const switches = forward ?? standardSwitch ?? repeatSwitch;
  refuse(
    fastForwardCpu !== undefined && switches === undefined,
    '--fast-forward-cpu needs --fast-forward, --standard-switch or --repeat-switch',
  );
}
