/**
 * Design points from one fast-forward: a program runs on KVM for a while (where there is none, on
 * AtomicSimpleCPU), then eight children go on from there on a timing CPU, each with another clock and
 * another latency of its memory, and measure how long the same instructions take.
 *
 *     mini-gem5 configs/fork-sweep.ts [PROGRAM [ARGUMENTS...]]
 */
import { basename, join } from 'node:path';
import Table from 'cli-table3';
import * as m5 from 'mini-gem5';
import {
  AddrRange,
  Process,
  Root,
  SEWorkload,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  TimingSimpleCPU,
  VoltageDomain,
} from 'mini-gem5/objects';
import { chooseCpuType, systemWith } from './common/cpuTypes';

const FAST_FORWARD = 50e9; // ticks: 50 ms of simulated time
const INSTS = 20_000; // instructions that each child measures
const CLOCKS = ['4GHz', '2GHz', '1GHz', '500MHz'];
const LATENCIES = [30_000, 90_000]; // ticks: 30 ns and 90 ns

const compute = join(__dirname, '..', 'guests', 'bin', 'compute');
const [binary = compute, ...args] = process.argv.slice(2);

const range = new AddrRange('128MiB');
const workload = new Process({ cmd: [binary, ...args] });
const system = new System({
  // One performance level for each clock, so that a child can choose.
  clkDomain: new SrcClockDomain({ clock: CLOCKS, voltageDomain: new VoltageDomain() }),
  memRanges: [range],
  ...systemWith(chooseCpuType()),
  // It waits until a child has it take over, and ends the child's run after so many instructions.
  timingCpu: new TimingSimpleCPU({ cpuId: 0, switchedOut: true, maxInstsAnyThread: INSTS }),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range }),
  workload: SEWorkload.initCompatible(binary),
});
system.cpu.icachePort = system.membus.cpuSidePorts;
system.cpu.dcachePort = system.membus.cpuSidePorts;
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;
system.cpu.workload = workload;
system.timingCpu.workload = workload;
m5.instantiate(new Root({ fullSystem: false, system }));

const exit = m5.simulate(FAST_FORWARD);
console.log(`${basename(binary)} fast-forwarded to tick ${String(m5.curTick())}: ${exit.cause}`);

const points = CLOCKS.flatMap((clock, level) =>
  LATENCIES.map(latency => ({ clock, level, latency })),
);

/** What a child does: the timing CPU takes over, with this clock and latency. */
function measure({ level, latency }: (typeof points)[number]): string {
  m5.switchCpus(system, [[system.cpu, system.timingCpu]], false);
  system.clkDomain.simObject().setPerfLevel(level);
  system.memory.simObject().setLatency(latency);
  m5.stats.reset();
  return m5.simulate().cause;
}

void m5.forkEach(points, measure, { timeout: 60_000 }).then(outcomes => {
  const table = new Table({
    head: ['clock', 'latency (ns)', 'instructions', 'simulated (us)', 'ipc', 'MIPS', 'outdir'],
    colAligns: ['right', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const outcome of outcomes) {
    const { clock, latency } = outcome.value;
    if (outcome.status !== 'done') {
      table.push([clock, latency / 1e3, outcome.status]);
      process.exitCode = 1;
      continue;
    }
    const { stats } = outcome.report;
    const insts = stats['system.timing_cpu.commitStats0.numInsts'] ?? NaN;
    const ticks = stats['simTicks'] ?? NaN;
    table.push([
      clock,
      latency / 1e3,
      insts,
      (ticks / 1e6).toFixed(1),
      (stats['system.timing_cpu.ipc'] ?? NaN).toFixed(4),
      ((insts / ticks) * 1e6).toFixed(1),
      basename(outcome.outdir),
    ]);
  }
  console.log(table.toString());
});
