/** Locked instructions of timing CPUs whose programs share memory: nobody comes between read and write. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PageFlags } from '../../src/arch/x86/index';
import { setLogSink } from '../../src/base/index';
import type { TimingSimpleCPU as TimingSimpleCPUModel } from '../../src/cpu/index';
import {
  Process,
  SimpleMemory,
  System,
  SystemXBar,
  TimingSimpleCPU,
  X86EmuLinux,
} from '../../src/m5/objects';
import { statValues } from '../../src/m5/statValues';
import { MemCmd, Packet, RequestFlag } from '../../src/mem/index';
import type { Simulation } from '../../src/sim/index';
import { anElf, CODE } from '../support/elf';
import { TestRequestor, type TestRequestorModel } from '../support/memory';
import { runUntil } from '../support/runUntil';
import { SilentHost } from '../support/silentHost';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from '../support/simulation';

const PAGE = 4096;
/** Two pages that both programs see. */
const SHARED = 0x50_0000;
const ROUNDS = 40;
/** `mov $60, %eax; mov $7, %edi; syscall` */
const EXIT_7 = [0xb8, 60, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05];

const word = (value: number): number[] => [0, 8, 16, 24].map(shift => (value >> shift) & 0xff);

/** Executes some instructions again and again, and then ends. */
function loop(body: readonly number[]): number[] {
  const back = (256 - (body.length + 4)) & 0xff;
  // mov $ROUNDS, %ecx; 1: …; dec %ecx; jnz 1b
  return [0xb9, ...word(ROUNDS), ...body, 0xff, 0xc9, 0x75, back, ...EXIT_7];
}

/** `incl ADDRESS` */
const increment = (address: number): number[] => [0xff, 0x04, 0x25, ...word(address)];
const LOCK = 0xf0;
const lockedIncrement = (address: number): number[] => [LOCK, ...increment(address)];

interface Machine {
  readonly simulation: Simulation;
  readonly cpus: readonly [TimingSimpleCPUModel, TimingSimpleCPUModel];
  readonly other: TestRequestorModel;
  /** Physical addresses of the shared pages. */
  readonly pages: readonly number[];
  isAnyLocked(): boolean;
  /** The 4 bytes at a shared address, as a number. */
  read(address: number): number;
}

describe('Locked instructions of TimingSimpleCPU', () => {
  let folder = '';
  const made: Simulation[] = [];
  let previousSink: ReturnType<typeof setLogSink> | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-locked-'));
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    for (const simulation of made.splice(0)) simulation.dispose();
    rmSync(folder, { recursive: true });
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  function aProcess(name: string, code: readonly number[]): InstanceType<typeof Process> {
    const program = join(folder, name);
    const segments = [
      { flags: 5, offset: 0x1000, address: CODE, fileSize: 0x100 },
      { flags: 6, offset: 0x1000, address: SHARED, fileSize: 0, memorySize: 2 * PAGE },
    ];
    writeFileSync(program, anElf({ segments, contents: [[0x1000, code]] }));
    return new Process({ cmd: [program], input: '/dev/null' });
  }

  /** Two CPUs and a requestor at one bus. */
  function machine(first: readonly number[], second: readonly number[]): Machine {
    const processes = [aProcess('first', first), aProcess('second', second)] as const;
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      ...{ memMode: 'timing', membus: new SystemXBar(), workload: new X86EmuLinux() },
      ...{ cpu0: new TimingSimpleCPU({ cpuId: 0 }), cpu1: new TimingSimpleCPU({ cpuId: 1 }) },
      ...{ other: new TestRequestor(), memory: new SimpleMemory({ range: '16MiB' }) },
    });
    for (const cpu of [system.cpu0, system.cpu1]) {
      cpu.icachePort = system.membus.cpuSidePorts;
      cpu.dcachePort = system.membus.cpuSidePorts;
    }
    [system.cpu0.workload, system.cpu1.workload] = processes;
    system.other.port = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    const simulation = aSimulation(new SilentHost(folder));
    made.push(simulation);
    simulation.instantiate(new Root({ fullSystem: false, system }));
    const [one, two] = processes.map(process => process.simObject().state.space);
    if (one === undefined || two === undefined) throw new Error('two programs');
    const pages = [SHARED, SHARED + PAGE].map(at => one.pageFor(at, 'write'));
    for (const [i, page] of pages.entries()) {
      two.pageFor(SHARED + i * PAGE, 'write');
      two.pageTables.map(SHARED + i * PAGE, page, PAGE, PageFlags.Writable | PageFlags.User);
    }
    const model = system.simObject();
    return {
      ...{ simulation, cpus: [system.cpu0.simObject(), system.cpu1.simObject()], pages },
      other: system.other.simObject(),
      isAnyLocked: () => model.locks.isAnyHeld,
      read: address =>
        [3, 2, 1, 0].reduce((value, i) => {
          const at = address - SHARED + i;
          const byte = new Uint8Array(1);
          model.physicalMemory.readBytes((pages[Math.floor(at / PAGE)] ?? 0) + (at % PAGE), byte);
          return value * 256 + (byte[0] ?? 0);
        }, 0),
    };
  }

  function finish({ simulation }: Machine): void {
    expect(simulation.simulate().code).to.equal(7);
  }

  /** Aligned, across a line, across a page. */
  const PLACES = [SHARED, SHARED + 62, SHARED + PAGE - 2];

  it('lose no increment of one another, also across lines and pages', () => {
    for (const place of PLACES) {
      const it = machine(loop(lockedIncrement(place)), loop(lockedIncrement(place)));
      finish(it);
      expect(it.read(place)).to.equal(2 * ROUNDS);
      expect(it.isAnyLocked()).to.equal(false);
    }
  });

  it('are what it takes: without LOCK increments are lost', () => {
    const it = machine(loop(increment(SHARED)), loop(increment(SHARED)));
    finish(it);
    expect(it.read(SHARED)).to.be.below(2 * ROUNDS);
  });

  it('are XADD, CMPXCHG and XCHG too, with or without LOCK', () => {
    // mov $1, %eax; lock xadd %eax, SHARED
    const add = [0xb8, 1, 0, 0, 0, LOCK, 0x0f, 0xc1, 0x04, 0x25, ...word(SHARED)];
    // mov SHARED, %eax; 1: lea 1(%rax), %edx; lock cmpxchg %edx, SHARED; jne 1b
    const compare = [0x8b, 0x04, 0x25, ...word(SHARED), 0x8d, 0x50, 0x01];
    compare.push(LOCK, 0x0f, 0xb1, 0x14, 0x25, ...word(SHARED), 0x75, 0x100 - 14);
    // A lock of XCHG around an increment: 1: mov $1, %eax; xchg %eax, SHARED+8; test %eax, %eax; jne 1b
    const guarded = [0xb8, 1, 0, 0, 0, 0x87, 0x04, 0x25, ...word(SHARED + 8), 0x85, 0xc0];
    guarded.push(0x75, 0x100 - 16, ...increment(SHARED));
    guarded.push(0xc7, 0x04, 0x25, ...word(SHARED + 8), 0, 0, 0, 0); // movl $0, SHARED+8
    for (const body of [add, compare, guarded]) {
      const it = machine(loop(body), loop(body));
      finish(it);
      expect(it.read(SHARED)).to.equal(2 * ROUNDS);
    }
  });

  it('keep any other requestor out, at every tick', () => {
    const it = machine(loop(lockedIncrement(SHARED)), EXIT_7);
    const count = 500;
    for (let i = 0; i < count; i++) {
      const request = it.other.request(it.pages[0] ?? 0, 4, RequestFlag.ATOMIC_RETURN_OP);
      request.atomicOp = (bytes, at) => void (bytes[at + 1] = (bytes[at + 1] ?? 0) + 1);
      const pkt = new Packet(request, MemCmd.SwapReq);
      pkt.allocate();
      it.other.sendAt(1 + i * 7_001, pkt);
    }
    finish(it);
    it.simulation.simulate(count * 10_000);
    expect(it.other.port.responses).to.have.length(count);
    expect(it.read(SHARED)).to.equal(ROUNDS + (count % 256) * 256);
  });

  it('are packets of their own kind; registers are not locked', () => {
    const body = [...lockedIncrement(SHARED), ...increment(SHARED), 0x87, 0xc2]; // xchg %eax, %edx
    const it = machine(loop([...body, 0x87, 0x04, 0x25, ...word(SHARED + 8)]), EXIT_7);
    finish(it);
    const sent = (cmd: string): number | undefined =>
      statValues(it.simulation)[`system.membus.transDist::${cmd}`];
    for (const cmd of ['LockedRMWReadReq', 'LockedRMWReadResp', 'LockedRMWWriteReq']) {
      expect(sent(cmd)).to.equal(2 * ROUNDS);
    }
    expect(sent('WriteReq')).to.equal(ROUNDS);
  });

  it('leave nothing locked, wherever a drain stops them', () => {
    const [, , place = SHARED] = PLACES;
    const it = machine(loop(lockedIncrement(place)), loop(lockedIncrement(place)));
    let drains = 0;
    while (it.simulation.simulate(37_000).cause === 'simulate() limit reached') {
      it.simulation.drain();
      drains++;
      expect(it.isAnyLocked()).to.equal(false);
      expect(it.cpus.map(cpu => cpu.status)).to.deep.equal(['Idle', 'Idle']);
    }
    expect(drains).to.be.above(10);
    expect(it.read(place)).to.equal(2 * ROUNDS);
  });

  it('keep nobody out when their thread is halted, holding a lock or waiting for one', () => {
    for (const waiting of ['DcacheWaitResponse', 'DcacheRetry']) {
      const it = machine(loop(lockedIncrement(SHARED)), loop(lockedIncrement(SHARED)));
      const [halted, other] = it.cpus;
      runUntil(it.simulation, () => it.isAnyLocked() && halted.status === waiting, 1000);
      halted.thread.halt();
      runUntil(it.simulation, () => other.totalInsts() >= 3 * ROUNDS, 1_000_000);
      expect(halted.status).to.equal('Idle');
      expect(it.isAnyLocked()).to.equal(false);
      expect(it.read(SHARED)).to.be.at.least(ROUNDS);
    }
  });
});
