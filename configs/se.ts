/**
 * Runs one program in syscall emulation.
 *
 *     mini-gem5 configs/se.ts -c PROGRAM [-o "ARGUMENTS"] [--cpu-type CLASS] ...
 *     mini-gem5 configs/se.ts -c PROGRAM --take-checkpoints 1000000000,1000000000
 *     mini-gem5 configs/se.ts -c PROGRAM -r 1
 *     mini-gem5 configs/se.ts -c PROGRAM --fast-forward 1000000 --maxinsts 100000
 *
 * The counterpart of gem5's configs/deprecated/example/se.py.
 */
import * as m5 from 'mini-gem5';
import {
  AddrRange,
  LIBRARY_FOLDERS,
  Process,
  Root,
  SEWorkload,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  VoltageDomain,
} from 'mini-gem5/objects';
import { CheckpointedRun } from './common/checkpointedRun';
import { checkpointToRestore } from './common/checkpointOptions';
import { reportExit } from './common/reportExit';
import { parseSeOptions } from './common/seOptions';
import { planStages } from './common/switchOptions';
import {
  allCpus,
  firstCpu,
  makeCpus,
  runStages,
  runTurns,
  waitingCpus,
  workParameters,
} from './common/switchRun';

const options = parseSeOptions(process.argv.slice(2));
const { outdir } = m5.options;
const checkpoint = checkpointToRestore(options.checkpoints, outdir);
const { cpuType } = options;
const restoreWithCpu = checkpoint === undefined ? undefined : options.restoreWithCpu;
const plan = planStages(
  options.switching,
  { cpuType, restoreWithCpu },
  {
    isRestored: checkpoint !== undefined,
    takesCheckpoints: options.checkpoints.takeCheckpoints !== undefined,
  },
);

const workload = new Process({
  executable: options.executable,
  cmd: options.cmd,
  env: options.env,
  input: options.input,
  output: options.output,
  errout: options.errout,
  readablePaths: ['.', ...LIBRARY_FOLDERS, ...options.readable],
  writablePaths: options.writable,
  hostTime: options.hostTime,
});
const { progInterval: progressInterval = '0s' } = options.switching;
const cpus = makeCpus(plan, { progressInterval });

const system = new System({
  clkDomain: new SrcClockDomain({
    clock: options.sysClock,
    voltageDomain: new VoltageDomain({ voltage: options.sysVoltage }),
  }),
  cpuClkDomain: new SrcClockDomain({
    clock: options.cpuClock,
    voltageDomain: new VoltageDomain(),
  }),
  // Above the memory, and where 32-bit code could reach it too if that is below.
  m5opsBase: Math.max(0xffff0000, new AddrRange(options.memSize).size),
  memRanges: [new AddrRange(options.memSize)],
  ...firstCpu(cpus),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange(options.memSize) }),
  ...workParameters(plan),
  ...options.system,
  workload: SEWorkload.initCompatible(options.executable),
});
// Those that take over later get its ports then.
Object.assign(system, waitingCpus(cpus));
for (const cpu of allCpus(cpus)) {
  cpu.clkDomain = system.cpuClkDomain;
  cpu.workload = workload;
}
system.cpu.icachePort = system.membus.cpuSidePorts;
system.cpu.dcachePort = system.membus.cpuSidePorts;
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;

m5.instantiate(new Root({ fullSystem: false, system }), checkpoint, options.checkpoints);

console.log('**** REAL SIMULATION ****');
const run = new CheckpointedRun(options.checkpoints, outdir);
const { absMaxTick } = options;
const exit =
  runStages(run, system, cpus, absMaxTick) ??
  (cpus.repeat === undefined
    ? run.simulate(absMaxTick)
    : runTurns(run, system, [cpus.stages[0], cpus.repeat], absMaxTick));
run.end();
process.exitCode = reportExit(exit);
