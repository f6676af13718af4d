/** The atomic CPU model, on programs of a few instructions, through everything that a program passes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { RAX, RIP } from '../../src/arch/x86/index';
import { setLogSink } from '../../src/base/index';
import { AtomicSimpleCPU as AtomicSimpleCPUModel } from '../../src/cpu/index';
import { NodeHost } from '../../src/m5/nodeHost';
import { SimpleMemory, SystemXBar, System, Process, X86EmuLinux } from '../../src/m5/objects';
import { EventFunctionWrapper, nodeClass, type Simulation } from '../../src/sim/index';
import { anElf, CODE } from '../support/elf';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from '../support/simulation';

const AtomicSimpleCPU = nodeClass(AtomicSimpleCPUModel);
/** One cycle at 1 GHz. */
const CYCLE = 1000;
/** `mov $0x10000, %ecx; 1: dec %ecx; jnz 1b` */
const COUNT_DOWN = [0xb9, 0, 0, 1, 0, 0xff, 0xc9, 0x75, 0xfc];
const COUNT_INSTS = 1 + 2 * 0x10000;
/** `mov $60, %eax; mov $7, %edi; syscall` */
const EXIT_7 = [0xb8, 60, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05];

/** Silent, since what a run says of itself does not belong into the output of a test. */
class TestHost extends NodeHost {
  /** After so many looks the user seems to have pressed Ctrl-C. */
  looksUntilInterrupt = Infinity;

  override print(): void {
    // See above.
  }

  override interrupted(): boolean {
    return --this.looksUntilInterrupt === 0;
  }
}

type CPUParams = ConstructorParameters<typeof AtomicSimpleCPU>[0];

interface Machine {
  readonly simulation: Simulation;
  readonly cpu: AtomicSimpleCPUModel;
  readonly host: TestHost;
}

describe('AtomicSimpleCPU', () => {
  let folder = '';
  const made: Simulation[] = [];
  let previousSink: ReturnType<typeof setLogSink> | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-atomic-'));
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    for (const simulation of made.splice(0)) simulation.dispose();
    rmSync(folder, { recursive: true });
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  function machine(code: readonly number[], params: CPUParams = {}): Machine {
    const program = join(folder, 'program');
    const segments = [{ flags: 7, offset: 0x1000, address: CODE, fileSize: 0x100 }];
    writeFileSync(program, anElf({ segments, contents: [[0x1000, code]] }));
    const cpu = new AtomicSimpleCPU(params);
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      ...{ memMode: 'atomic', cpu, membus: new SystemXBar() },
      memory: new SimpleMemory({ range: '16MiB' }),
      workload: new X86EmuLinux(),
    });
    cpu.icachePort = system.membus.cpuSidePorts;
    cpu.dcachePort = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    cpu.workload = new Process({ cmd: [program], input: '/dev/null' });
    const host = new TestHost(folder);
    const simulation = aSimulation(host);
    made.push(simulation);
    simulation.instantiate(new Root({ fullSystem: false, system }));
    return { simulation, host, cpu: cpu.simObject() };
  }

  it('runs behind a crossbar without a word of complaint', () => {
    const warnings: string[] = [];
    setLogSink({ message: (_, text) => warnings.push(text), debug: () => undefined });
    machine(EXIT_7).simulation.simulate();
    expect(warnings).to.deep.equal([]);
  });

  it('executes an instruction each cycle, up to the exit status', () => {
    const { simulation, cpu } = machine([...COUNT_DOWN, ...EXIT_7]);
    const exit = simulation.simulate();
    expect([exit.cause, exit.code]).to.deep.equal(['exiting with last active thread context', 7]);
    const insts = COUNT_INSTS + 3;
    expect(cpu.totalInsts()).to.equal(insts);
    expect(cpu.commitStats[0]!.numInsts.value).to.equal(insts);
    // The first touch of the code page takes a cycle more.
    expect(cpu.baseStats.numCycles.value).to.equal(insts + 1);
    expect(simulation.eventQueue.curTick).to.equal(insts * CYCLE);
  });

  it('ends a run after exactly so many instructions, and goes on from there', () => {
    for (const limit of [1, 2, 63, 64, 65, 1000, 100_001]) {
      const { simulation, cpu } = machine([...COUNT_DOWN, ...EXIT_7], { maxInstsAnyThread: limit });
      const exit = simulation.simulate();
      expect(exit.cause).to.equal('a thread reached the max instruction count');
      expect(cpu.totalInsts()).to.equal(limit);
      expect(simulation.simulate().code).to.equal(7);
      expect(cpu.totalInsts()).to.equal(COUNT_INSTS + 3);
    }
  });

  it('lets events happen between the instructions that they lie between', () => {
    const { simulation, cpu } = machine([...COUNT_DOWN, ...EXIT_7]);
    const seen: number[] = [];
    for (const cycle of [1, 2, 10, 11, 500]) {
      const event = new EventFunctionWrapper(() => seen.push(cpu.totalInsts()), 'look');
      simulation.eventQueue.schedule(event, cycle * CYCLE + 1);
    }
    simulation.simulate();
    // One cycle went to the fault that brought the code in.
    expect(seen).to.deep.equal([1, 2, 10, 11, 500]);
  });

  it('gives AVX to a thread for which a KVM CPU had not switched it on', () => {
    // xor %ecx, %ecx; xgetbv; mov %eax, %edi; mov $60, %eax; syscall
    const code = [0x31, 0xc9, 0x0f, 0x01, 0xd0, 0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05];
    const { simulation, cpu } = machine(code);
    const { state } = cpu.thread;
    state.cr4 &= ~0x40000n;
    state.xcr0 = 1n;
    expect(simulation.simulate().code).to.equal(7);
  });

  it('executes code that the program has just written', () => {
    // movb $7, 1f+1(%rip); 1: mov $0, %edi; mov $60, %eax; syscall
    const code = [0xc6, 0x05, 1, 0, 0, 0, 7, 0xbf, 0, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05];
    const { simulation } = machine(code);
    expect(simulation.simulate().code).to.equal(7);
  });

  it('kills a program by the signal that its fault is', () => {
    const faults: readonly (readonly [readonly number[], number])[] = [
      [[0x0f, 0x0b], 4],
      [[0x31, 0xc9, 0xf7, 0xf1], 8],
      [[0x8b, 0x04, 0x25, 0, 0, 0, 0], 11],
      [[0xf4], 11],
      [[0xcc], 5],
      [[0xea], 4],
      [[0xe9, 0, 0, 0, 0x10], 11],
    ];
    for (const [code, signal] of faults) {
      const exit = machine(code).simulation.simulate();
      expect([exit.code, exit.cause]).to.deep.equal([128 + signal, exit.cause]);
    }
  });

  it('answers a trap that it is drained in front of: RIP is behind the instruction already', () => {
    // nop; nop; int3; ud2
    const code = [0x90, 0x90, 0xcc, 0x0f, 0x0b];
    const undisturbed = machine(code).simulation;
    const expected = undisturbed.simulate();
    const { simulation, cpu } = machine(code);
    simulation.simulate(3 * CYCLE + 1);
    expect(cpu.thread.state.gprNumber(RIP)).to.equal(CODE + 3);
    simulation.drain();
    const exit = simulation.simulate();
    expect([exit.cause, exit.code]).to.deep.equal([expected.cause, 128 + 5]);
    expect(simulation.curTick()).to.equal(undisturbed.curTick());
  });

  it('loses no time of instructions executed ahead when Ctrl-C ends the run and it is drained', () => {
    // mov $0xc00000, %ecx; 1: dec %ecx; jnz 1b
    const count = [0xb9, 0, 0, 0xc0, 0, 0xff, 0xc9, 0x75, 0xfc];
    const insts = 1 + 2 * 0xc00000 + 3;
    const { simulation, cpu, host } = machine([...count, ...EXIT_7]);
    host.looksUntilInterrupt = 2;
    expect(simulation.simulate().cause).to.equal('user interrupt received');
    expect(cpu.totalInsts()).to.be.within(1, insts - 1);
    simulation.drain();
    expect(simulation.simulate().code).to.equal(7);
    expect([cpu.totalInsts(), simulation.curTick()]).to.deep.equal([insts, insts * CYCLE]);
  });

  it('counts the registers of the x87 from the same one after a store of MMX has faulted', () => {
    // fninit; fld1, which is in register 7
    const start = [0xdb, 0xe3, 0xd9, 0xe8];
    // movq %mm7, 0
    const nowhere = machine([...start, 0x0f, 0x7f, 0x3c, 0x25, 0, 0, 0, 0]);
    expect(nowhere.simulation.simulate().code).to.equal(128 + 11);
    const left = nowhere.cpu.thread.state.fpu;
    expect([left.fsw, left.ftw]).to.deep.equal([7 << 11, 0x80]);
    // movq %mm7, -0x2000(%rsp), where the page is only now brought in; mov -0x2000(%rsp), %rax; jmp .
    const stack = [0xbc, 0x24, 0, 0xe0, 0xff, 0xff];
    const load = [0x48, 0x8b, 0x84, ...stack.slice(1)];
    const { simulation, cpu } = machine([...start, 0x0f, 0x7f, ...stack, ...load, 0xeb, 0xfe]);
    simulation.simulate(100 * CYCLE);
    const { fpu } = cpu.thread.state;
    expect([fpu.fsw, fpu.ftw]).to.deep.equal([0, 0xff]);
    expect(cpu.thread.state.gpr(RAX)).to.equal(1n << 63n);
    expect(fpu.st(7).slice(0, 8)).to.deep.equal(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80));
  });

  it('reads the time stamp counter as cycles that have passed', () => {
    // nop; nop; rdtsc; jmp .
    const { simulation, cpu } = machine([0x90, 0x90, 0x0f, 0x31, 0xeb, 0xfe]);
    simulation.simulate(100 * CYCLE);
    expect(cpu.thread.state.gprNumber(RAX)).to.equal(3);
    expect(cpu.thread.state.gprNumber(RIP)).to.equal(CODE + 4);
  });
});
