/**
 * A first system: one CPU, a bus, 512 MiB of memory, and a program that says hello.
 *
 *     mini-gem5 configs/hello.ts [PROGRAM [ARGUMENTS...]]
 *
 * The counterpart of gem5's configs/learning_gem5/part1/simple.py.
 */
import { join } from 'node:path';
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
  VoltageDomain,
} from 'mini-gem5/objects';
import { chooseCpuType, systemWith } from './common/cpuTypes';

// The program to run, and its arguments.
const hello = join(__dirname, '..', 'guests', 'bin', 'hello');
const [binary = hello, ...args] = process.argv.slice(2);

// The system: its clock, its memory and the parts that need no wiring.
const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memRanges: [new AddrRange('512MiB')],
  ...systemWith(chooseCpuType()), // its CPU: KVM's, or where that cannot be used, one in software
  membus: new SystemXBar(),
  memory: new SimpleMemory(),
  workload: SEWorkload.initCompatible(binary),
});

// The CPU speaks to the bus directly: there are no caches.
system.cpu.icachePort = system.membus.cpuSidePorts;
system.cpu.dcachePort = system.membus.cpuSidePorts;

// The memory covers the whole range.
system.memory.range = system.memRanges[0];
system.memory.port = system.membus.memSidePorts;

// The system's own port, for functional accesses.
system.systemPort = system.membus.cpuSidePorts;

// The process that the CPU runs.
system.cpu.workload = new Process({ cmd: [binary, ...args] });

const root = new Root({ fullSystem: false, system });
m5.instantiate(root);

console.log('Beginning simulation!');
const exit = m5.simulate();
console.log(`Exiting @ tick ${String(m5.curTick())} because ${exit.cause}`);
process.exitCode = exit.code;
