/**
 * Runs a program without an operating system on a PC of few devices.
 *
 *     mini-gem5 configs/baremetal.ts --kernel IMAGE [--command-line WORDS] [--serial stdout] ...
 *
 * docs/bare-metal.md says what the program finds.
 */
import * as m5 from 'mini-gem5';
import {
  AddrRange,
  Bridge,
  IOXBar,
  IsaDebugExit,
  IsaFake,
  KvmVM,
  Pc,
  QemuFwCfgIo,
  Root,
  SerialNullDevice,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  Terminal,
  Uart8250,
  VoltageDomain,
  X86BareMetalWorkload,
  x86IOAddress,
  X86KvmCPU,
  x86PciConfigRange,
} from 'mini-gem5/objects';
import { parseBaremetalOptions } from './common/baremetalOptions';
import { CheckpointedRun } from './common/checkpointedRun';
import { checkpointToRestore } from './common/checkpointOptions';
import { reportExit } from './common/reportExit';

const options = parseBaremetalOptions(process.argv.slice(2));
if (options.numCpus < 1) m5.fatal('--num-cpus 0: there must be one CPU at least');

// Devices are between 3 and 4 GiB on a PC; more memory goes on above them.
const GIB = 2 ** 30;
const memSize = new AddrRange(options.memSize).size;
const lowEnd = Math.min(memSize, 3 * GIB);
const memRanges = [new AddrRange(0, lowEnd)];
if (memSize > 3 * GIB) memRanges.push(new AddrRange(4 * GIB, GIB + memSize));

function serialDevice(): Terminal | SerialNullDevice {
  const { serial } = options;
  if (serial === 'none') return new SerialNullDevice();
  if (serial === 'stdout') return new Terminal({ outfile: 'stdoutput' });
  if (serial === 'stdio') return new Terminal({ outfile: 'stdoutput', stdin: true });
  if (serial.startsWith('unix:')) {
    return new Terminal({ outfile: 'none', socket: serial.slice('unix:'.length) });
  }
  return new Terminal({ outfile: 'file', filename: serial });
}

// What nobody answers ends the run, unless it is sent to where ports are answered with ones.
const unassigned = options.unassigned === 'ones' ? [new AddrRange(lowEnd, 4 * GIB)] : [];
const PORTS = new AddrRange(x86IOAddress(0), x86IOAddress(0xffff) + 1);

const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  cpuClkDomain: new SrcClockDomain({
    clock: options.cpuClock,
    voltageDomain: new VoltageDomain(),
  }),
  memMode: options.memMode,
  memRanges,
  m5opsBase: 0xffff0000,
  ...options.system,
  kvmVm: new KvmVM(),
  cpu: Array.from({ length: options.numCpus }, () => new X86KvmCPU()),
  membus: new SystemXBar(),
  memory: memRanges.map(range => new SimpleMemory({ range })),
  bridge: new Bridge({ delay: '50ns', ranges: [...unassigned, PORTS, x86PciConfigRange] }),
  iobus: new IOXBar(),
  pc: new Pc({ kernelChips: options.kernelChips }),
  com1: new Uart8250({ pioAddr: x86IOAddress(0x3f8), device: serialDevice() }),
  exitPort: new IsaDebugExit({ m5ops: true }),
  fwCfg: new QemuFwCfgIo({ commandLine: options.commandLine }),
  // Where nothing is, ports and PCI functions read as ones, and swallow what is written.
  fake: new IsaFake({ pioAddr: PORTS.start, pioSize: PORTS.size }),
  noPci: new IsaFake({ pioAddr: x86PciConfigRange.start, pioSize: x86PciConfigRange.size }),
  workload: new X86BareMetalWorkload({
    objectFile: options.kernel,
    commandLine: options.commandLine,
    modules: options.modules,
    format: options.format,
    ...(options.loadAddr !== undefined && { loadAddr: options.loadAddr }),
  }),
});
for (const cpu of system.cpu) {
  cpu.clkDomain = system.cpuClkDomain;
  cpu.icachePort = system.membus.cpuSidePorts;
  cpu.dcachePort = system.membus.cpuSidePorts;
}
system.systemPort = system.membus.cpuSidePorts;
for (const memory of system.memory) memory.port = system.membus.memSidePorts;

// Ports are on a bus of their own, behind a bridge.
system.bridge.cpuSidePort = system.membus.memSidePorts;
system.bridge.memSidePort = system.iobus.cpuSidePorts;
system.com1.pio = system.iobus.memSidePorts;
system.exitPort.pio = system.iobus.memSidePorts;
system.fwCfg.pio = system.iobus.memSidePorts;
system.fake.pio = system.iobus.default;
system.noPci.pio = system.iobus.memSidePorts;

const { outdir } = m5.options;
const checkpoint = checkpointToRestore(options.checkpoints, outdir);
m5.instantiate(new Root({ fullSystem: true, system }), checkpoint, options.checkpoints);

const run = new CheckpointedRun(options.checkpoints, outdir);
const exit = run.simulate(options.absMaxTick);
run.end();
process.exitCode = reportExit(exit);
