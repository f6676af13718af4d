/**
 * Design points from one fast-forward: a program runs on KVM for a while, then eight children go on
 * from there, each with another clock and another latency of its memory, and measure how long the
 * program's memory takes to read.
 *
 *     mini-gem5 configs/fork-sweep.ts [PROGRAM [ARGUMENTS...]]
 *
 * KVM runs at the host's speed, so clocks and latencies do not slow it; what is measured is the memory
 * system, in timing mode, by a requestor of its own (common/memoryReader.ts).
 */
import { basename, join } from 'node:path';
import Table from 'cli-table3';
import * as m5 from 'mini-gem5';
import {
  AddrRange,
  KvmVM,
  Process,
  Root,
  SEWorkload,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  VoltageDomain,
  X86KvmCPU,
} from 'mini-gem5/objects';
import { MemoryReader } from './common/memoryReader';

const FAST_FORWARD = 50e9; // ticks: 50 ms of simulated time
const LINES = 4096; // 256 KiB of the program's memory
const CLOCKS = ['4GHz', '2GHz', '1GHz', '500MHz'];
const LATENCIES = [30_000, 90_000]; // ticks: 30 ns and 90 ns

const compute = join(__dirname, '..', 'guests', 'bin', 'compute');
const [binary = compute, ...args] = process.argv.slice(2);

const range = new AddrRange('128MiB');
const system = new System({
  // One performance level for each clock, so that a child can choose.
  clkDomain: new SrcClockDomain({ clock: CLOCKS, voltageDomain: new VoltageDomain() }),
  memMode: 'atomic_noncaching',
  memRanges: [range],
  kvmVm: new KvmVM(),
  cpu: new X86KvmCPU(),
  reader: new MemoryReader(),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range }),
  workload: SEWorkload.initCompatible(binary),
});
system.cpu.icachePort = system.membus.cpuSidePorts;
system.cpu.dcachePort = system.membus.cpuSidePorts;
system.reader.port = system.membus.cpuSidePorts;
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;
system.cpu.workload = new Process({ cmd: [binary, ...args] });
m5.instantiate(new Root({ fullSystem: false, system }));

const exit = m5.simulate(FAST_FORWARD);
console.log(`${basename(binary)} fast-forwarded to tick ${String(m5.curTick())}: ${exit.cause}`);

const points = CLOCKS.flatMap((clock, level) =>
  LATENCIES.map(latency => ({ clock, level, latency })),
);

/** What a child does: the processor rests, and its memory is read with this clock and latency. */
function measure({ level, latency }: (typeof points)[number]): number {
  system.cpu.simObject().switchOut();
  system.simObject().setMemoryMode('timing');
  system.clkDomain.simObject().setPerfLevel(level);
  system.memory.simObject().setLatency(latency);
  m5.stats.reset();
  const reader = system.reader.simObject();
  reader.read(0, LINES);
  m5.simulate();
  return reader.checksum;
}

void m5.forkEach(points, measure, { timeout: 60_000 }).then(outcomes => {
  const table = new Table({
    head: ['clock', 'latency (ns)', 'simulated (us)', 'mean (ns)', 'GB/s', 'checksum', 'outdir'],
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
    const ticks = stats['simTicks'] ?? NaN;
    table.push([
      clock,
      latency / 1e3,
      (ticks / 1e6).toFixed(1),
      ((stats['system.reader.latency::mean'] ?? NaN) / 1e3).toFixed(1),
      ((LINES * 64) / (ticks / 1e3)).toFixed(2),
      (outcome.result >>> 0).toString(16),
      basename(outcome.outdir),
    ]);
  }
  console.log(table.toString());
});
