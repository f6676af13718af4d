/** A configuration script that saves, restores, and tells everything that a program's end shows. */
import { usualCpu } from './guestCpu';

/**
 * The script: `script.ts PROGRAM FROM UNTIL TO [ARGUMENT...]`. FROM is a checkpoint to restore or
 * `-`; UNTIL is how many ticks to run before a checkpoint is written to TO, or `-` to run to the end.
 * CPU=atomic in the environment takes an AtomicSimpleCPU, RESTORE_STATS has statistics go on. The last
 * line of its standard error is JSON.
 */
export const checkpointScript = `
import { createHash } from 'node:crypto';
import * as m5 from 'mini-gem5';
import {
  AddrRange, AtomicSimpleCPU, KvmVM, Process, Root, SEWorkload, SimpleMemory, SrcClockDomain, System, SystemXBar,
  VoltageDomain, X86KvmCPU,
} from 'mini-gem5/objects';

const [program, from, until, to, ...words] = process.argv.slice(2);
const { CPU_NAME = 'cpu', MEM_SIZE: memSize = '512MiB' } = process.env;
const isKvm = ${String(usualCpu === 'X86KvmCPU')} && process.env.CPU !== 'atomic';
const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memMode: isKvm ? 'atomic_noncaching' : 'atomic',
  memRanges: [new AddrRange(memSize)],
  ...(isKvm && { kvmVm: new KvmVM() }),
  [CPU_NAME]: isKvm ? new X86KvmCPU() : new AtomicSimpleCPU(),
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange(memSize) }),
  workload: SEWorkload.initCompatible(program),
});
const cpu = system[CPU_NAME];
cpu.icachePort = system.membus.cpuSidePorts;
cpu.dcachePort = system.membus.cpuSidePorts;
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;
const program_ = new Process({
  cmd: [program, ...words],
  output: process.env.OUTPUT ?? 'cout',
  writablePaths: process.env.WRITABLE === undefined ? [] : [process.env.WRITABLE],
});
cpu.workload = program_;
const restoreStats = process.env.RESTORE_STATS !== undefined;
const root = new Root({ fullSystem: false, system });
m5.instantiate(root, from === '-' ? undefined : from, { restoreStats });

const context = () => cpu.simObject().getContext(0);

/** The program's memory, page by page, and its registers. */
function digest() {
  const { space } = program_.simObject().state;
  const memory = system.simObject().physicalMemory;
  const hash = createHash('sha1');
  const page = new Uint8Array(4096);
  for (const area of space.areas) {
    for (let at = area.start; at < area.end; at += 4096) {
      const physical = space.pageTables.translate(at);
      if (physical < 0) continue;
      memory.readBytes(physical, page);
      hash.update(String(at)).update(page);
    }
  }
  return { memory: hash.digest('hex'), registers: context().dump() };
}

let exit;
if (until !== '-') {
  exit = Number(until) < 0 ? { cause: 'none', code: 0 } : m5.simulate(Number(until));
  for (const directory of to.split(',')) m5.checkpoint(directory);
} else {
  exit = m5.simulate();
}
const calls = program_.simObject().numSyscalls.value;
// What depends on the time of the host, or on the process, is nobody's business here.
const stats = Object.entries(m5.defaultM5().statValues()).filter(([name]) => !name.startsWith('host'));
const result = { stats, cause: exit.cause, code: exit.code, calls, tick: m5.curTick(), ...digest() };
process.stderr.write('\\n' + JSON.stringify(result) + '\\n');
`;

/** What the script tells. */
export interface ScriptResult {
  readonly cause: string;
  readonly code: number;
  /** System calls that were counted. */
  readonly calls: number;
  readonly tick: number;
  /** Checksum of all pages that the program has. */
  readonly memory: string;
  readonly registers: readonly string[];
  /** Names and values of all statistics that do not depend on the host. */
  readonly stats: readonly (readonly [string, unknown])[];
}
