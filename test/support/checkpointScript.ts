/** A configuration script that saves, restores, and tells everything that a program's end shows. */
import { cpuParams, usualCpu } from './guestCpu';

/**
 * The script: `script.ts PROGRAM FROM UNTIL TO [ARGUMENT...]`. FROM is a checkpoint to restore or
 * `-`; UNTIL is how many ticks to run before a checkpoint is written to TO, or `-` to run to the end.
 * The last line of its standard error is JSON.
 */
export const checkpointScript = `
import { createHash } from 'node:crypto';
import * as m5 from 'mini-gem5';
import * as objects from 'mini-gem5/objects';
const { AddrRange, Process, Root, SEWorkload, SimpleMemory, SrcClockDomain, System } = objects;
const { SystemXBar, VoltageDomain } = objects;

const [program, from, until, to, ...words] = process.argv.slice(2);
const memSize = process.env.MEM_SIZE ?? '512MiB';
const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memRanges: [new AddrRange(memSize)],
  ${cpuParams(usualCpu, "[process.env.CPU_NAME ?? 'cpu']")}
  membus: new SystemXBar(),
  memory: new SimpleMemory({ range: new AddrRange(memSize) }),
  workload: SEWorkload.initCompatible(program),
});
const cpu = system[process.env.CPU_NAME ?? 'cpu'];
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
m5.instantiate(new Root({ fullSystem: false, system }), from === '-' ? undefined : from);

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
const result = { cause: exit.cause, code: exit.code, calls, tick: m5.curTick(), ...digest() };
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
}
