/** The timing CPU model, on programs of a few instructions: which packets it sends, and what time they take. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { RBX, RDX } from '../../src/arch/x86/index';
import { resetWarnOnce, setLogSink } from '../../src/base/index';
import type { TimingSimpleCPU as TimingSimpleCPUModel } from '../../src/cpu/index';
import { statValues } from '../../src/m5/statValues';
import {
  IsaFake,
  NoncoherentXBar,
  Process,
  SimpleMemory,
  System,
  SystemXBar,
  TimingSimpleCPU,
  X86EmuLinux,
} from '../../src/m5/objects';
import type { Simulation } from '../../src/sim/index';
import { anElf, CODE } from '../support/elf';
import { SilentHost } from '../support/silentHost';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from '../support/simulation';

/** One cycle at 1 GHz. */
const CYCLE = 1000;
const LATENCY = 20 * CYCLE;
/** `mov $60, %eax; mov $7, %edi; syscall` */
const EXIT_7 = [0xb8, 60, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05];
const NOP = 0x90;

type CPUParams = ConstructorParameters<typeof TimingSimpleCPU>[0];

interface Machine {
  readonly simulation: Simulation;
  readonly cpu: TimingSimpleCPUModel;
}

describe('TimingSimpleCPU', () => {
  let folder = '';
  const made: Simulation[] = [];
  let previousSink: ReturnType<typeof setLogSink> | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-timing-'));
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    for (const simulation of made.splice(0)) simulation.dispose();
    rmSync(folder, { recursive: true });
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  /** A system whose bus takes no time and whose memory takes the same for every access. */
  function machine(code: readonly number[], params: CPUParams = {}, bandwidth = '0GiB/s'): Machine {
    const program = join(folder, 'program');
    const segments = [{ flags: 7, offset: 0x1000, address: CODE, fileSize: 0x100 }];
    writeFileSync(program, anElf({ segments, contents: [[0x1000, code]] }));
    const cpu = new TimingSimpleCPU(params);
    const latencies = { frontendLatency: 0, forwardLatency: 0, responseLatency: 0 };
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      ...{ memMode: 'timing', cpu, membus: new NoncoherentXBar({ ...latencies, width: 64 }) },
      memory: new SimpleMemory({ range: '16MiB', latency: '20ns', bandwidth }),
      workload: new X86EmuLinux(),
    });
    cpu.icachePort = system.membus.cpuSidePorts;
    cpu.dcachePort = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    cpu.workload = new Process({ cmd: [program], input: '/dev/null' });
    const simulation = aSimulation(new SilentHost(folder));
    made.push(simulation);
    simulation.instantiate(new Root({ fullSystem: false, system }));
    return { simulation, cpu: cpu.simObject() };
  }

  /** Packets that the memory has seen: fetches, loads and stores. */
  const stat = ({ simulation }: Machine, name: string): number =>
    statValues(simulation)[`system.${name}`] ?? 0;

  /** Packets that the memory has seen: fetches, loads and stores. */
  function packets(it: Machine): [number, number, number] {
    return [
      stat(it, 'memory.numReads::cpu.inst'),
      stat(it, 'memory.numReads::cpu.data'),
      stat(it, 'memory.numWrites::cpu.data'),
    ];
  }

  it('fetches the words of each instruction, and takes the time of each', () => {
    const run = (code: readonly number[]): [number, number] => {
      const it = machine([...code, ...EXIT_7]);
      expect(it.simulation.simulate().code).to.equal(7);
      return [it.simulation.curTick(), packets(it)[0]];
    };
    const [ticks, fetches] = run([]);
    const [tenTicks, tenFetches] = run(Array<number>(16).fill(NOP));
    expect(tenFetches - fetches).to.equal(16);
    const perFetch = (tenTicks - ticks) / 16;
    expect(perFetch).to.be.at.least(LATENCY);
    expect(perFetch % CYCLE).to.equal(0);
    // The ten bytes of movabs lie in two words; what follows lies in as many as before.
    const [longTicks, longFetches] = run([0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, NOP, NOP]);
    expect([longFetches - fetches, longTicks - ticks]).to.deep.equal([4, 4 * perFetch]);
  });

  it('splits accesses at lines, reads before it writes, and repeats step by step', () => {
    const code = [
      ...[0x48, 0x83, 0xe4, 0xc0], // and $-64, %rsp
      ...[0x48, 0xc7, 0x44, 0x24, 0xfc, 5, 0, 0, 0], // movq $5, -4(%rsp)
      ...[0x48, 0x83, 0x44, 0x24, 0xfc, 2], // addq $2, -4(%rsp)
      ...[0x48, 0x8b, 0x5c, 0x24, 0xfc], // mov -4(%rsp), %rbx
      ...[0x48, 0x8d, 0x7c, 0x24, 0x80], // lea -128(%rsp), %rdi
      ...[0xb9, 3, 0, 0, 0, 0xb0, 0x41, 0xf3, 0xaa], // mov $3, %ecx; mov $0x41, %al; rep stosb
      ...[0x8b, 0x54, 0x24, 0x80], // mov -128(%rsp), %edx
    ];
    const it = machine([...code, ...EXIT_7], { maxInstsAnyThread: 9 });
    expect(it.simulation.simulate().cause).to.equal('a thread reached the max instruction count');
    const [, loads, stores] = packets(it);
    // movq 0+2, addq 2+2, mov 2+0, rep stosb 0+3, mov 1+0
    expect([loads, stores]).to.deep.equal([2 + 2 + 1, 2 + 2 + 3]);
    const { state } = it.cpu.thread;
    expect([state.gpr(RBX), state.gpr(RDX)]).to.deep.equal([7n, 0x414141n]);
    expect(stat(it, 'cpu.commitStats0.numLoadInsts')).to.equal(3);
    expect(stat(it, 'cpu.commitStats0.numStoreInsts')).to.equal(3);
    expect(stat(it, 'cpu.executeStats0.numMemRefs')).to.equal(6);
  });

  it('reads and stores once what an instruction of many accesses reads and stores', () => {
    // mov %rax, -256(%rsp), which brings the page in; mov %rsp, %rbp; enter $0, $31
    const frames = [0x48, 0x89, 0x84, 0x24, 0, 0xff, 0xff, 0xff, 0x48, 0x89, 0xe5, 0xc8, 0, 0, 31];
    const it = machine([...frames, ...EXIT_7]);
    expect(it.simulation.simulate().code).to.equal(7);
    expect(packets(it).slice(1)).to.deep.equal([30, 1 + 32]);
  });

  it('reads each element of a gather once, also those of one address', () => {
    const code = [
      ...[0xc5, 0xed, 0x76, 0xd2], // vpcmpeqd %ymm2, %ymm2, %ymm2
      ...[0xc4, 0xe2, 0x7d, 0x31, 0x0c, 0x25, 0x28, 0x10, 0x40, 0], // vpmovzxbd CODE+40, %ymm1
      ...[0xc4, 0xe2, 0x6d, 0x90, 0x04, 0x8d, 0, 0x10, 0x40, 0], // vpgatherdd %ymm2, CODE(,%ymm1,4), %ymm0
      ...[...EXIT_7, NOP, NOP, NOP, NOP],
    ];
    const indexes = [3, 1, 1, 4, 3, 3, 0, 2];
    const it = machine([...code, ...indexes]);
    expect(code).to.have.length(40);
    expect(it.simulation.simulate().code).to.equal(7);
    expect(packets(it).slice(1)).to.deep.equal([1 + 8, 0]);
    const elements = indexes.slice(0, 4).flatMap(index => code.slice(index * 4, index * 4 + 4));
    expect([...it.cpu.thread.state.fpu.xmm(0)]).to.deep.equal(elements);
  });

  it('sends again what was refused', () => {
    const code = [0x48, 0x83, 0xe4, 0xc0, 0x48, 0x89, 0x44, 0x24, 0xfc]; // and; mov %rax, -4(%rsp)
    const fast = machine([...code, ...EXIT_7]);
    expect(fast.simulation.simulate().code).to.equal(7);
    const slow = machine([...code, ...EXIT_7], {}, '0.05GiB/s');
    expect(slow.simulation.simulate().code).to.equal(7);
    expect(packets(slow)).to.deep.equal(packets(fast));
    expect(slow.simulation.curTick()).to.be.above(fast.simulation.curTick());
  });

  it('executes what it has fetched, also where the program has just written it', () => {
    // movb $7, 1f+1(%rip); 1: mov $0, %edi; mov $60, %eax; syscall
    const code = [0xc6, 0x05, 1, 0, 0, 0, 7, 0xbf, 0, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05];
    expect(machine(code).simulation.simulate().code).to.equal(7);
  });

  it('ends a run after exactly so many instructions, drains there, and goes on', () => {
    const code = Array<number>(50).fill(NOP);
    for (const limit of [1, 2, 49, 52]) {
      const it = machine([...code, ...EXIT_7], { maxInstsAnyThread: limit });
      expect(it.simulation.simulate().cause).to.equal('a thread reached the max instruction count');
      expect(it.cpu.totalInsts()).to.equal(limit);
      it.simulation.drain();
      expect(it.cpu.status).to.equal('Idle');
      expect(it.cpu.totalInsts()).to.equal(limit);
      expect(it.simulation.simulate().code).to.equal(7);
      expect(it.cpu.totalInsts()).to.equal(53);
    }
  });

  it('executes nothing more of a thread that was halted, whatever is on its way to it', () => {
    const code = [0x48, 0x8b, 0x04, 0x24, 0x0f, 0x0b]; // mov (%rsp), %rax; ud2
    for (const [waiting, insts] of [
      ['IcacheWaitResponse', 1],
      ['DcacheWaitResponse', 0],
    ] as const) {
      const it = machine(code);
      const { simulation, cpu } = it;
      while (cpu.status !== waiting || cpu.totalInsts() < insts) simulation.simulate(CYCLE);
      cpu.thread.halt();
      simulation.simulate(10 * LATENCY);
      expect([cpu.status, cpu.totalInsts()]).to.deep.equal(['Idle', insts]);
      simulation.drain();
    }
  });

  it('kills a program by the signal that its fault is', () => {
    const faults: readonly (readonly [code: readonly number[], signal: number, insts?: number])[] =
      [
        [[0x0f, 0x0b], 4],
        [[0x31, 0xc9, 0xf7, 0xf1], 8, 1],
        [[0x8b, 0x04, 0x25, 0, 0, 0, 0], 11],
        [[0x89, 0x04, 0x25, 0, 0, 0, 0], 11],
        [[0xf4], 11],
        // A trap is behind its instruction, and so is where a jump leads.
        [[0xcc], 5, 1],
        [[0xea], 4],
        [[0xe9, 0, 0, 0, 0x10], 11, 1],
        [Array<number>(16).fill(0x66), 11],
      ];
    for (const [code, signal, insts = 0] of faults) {
      const it = machine(code);
      expect(it.simulation.simulate().code).to.equal(128 + signal);
      expect(it.cpu.totalInsts()).to.equal(insts);
    }
  });

  it('warns when what it accesses memory through may keep data from system calls', () => {
    const lines: string[] = [];
    resetWarnOnce();
    setLogSink({ message: (_level, text) => lines.push(text), debug: () => undefined });
    const cpu = new TimingSimpleCPU();
    const program = join(folder, 'program');
    const segments = [{ flags: 7, offset: 0x1000, address: CODE, fileSize: 0x100 }];
    writeFileSync(program, anElf({ segments, contents: [[0x1000, EXIT_7]] }));
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      ...{
        memMode: 'timing',
        cpu,
        device: new IsaFake({ pioAddr: 0x8000_0000 }),
        membus: new SystemXBar(),
      },
      memory: new SimpleMemory({ range: '16MiB' }),
      workload: new X86EmuLinux(),
    });
    cpu.icachePort = system.membus.cpuSidePorts;
    cpu.dcachePort = system.device.pio;
    system.systemPort = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    cpu.workload = new Process({ cmd: [program], input: '/dev/null' });
    const simulation = aSimulation(new SilentHost(folder));
    made.push(simulation);
    simulation.instantiate(new Root({ fullSystem: false, system }));
    expect(simulation.simulate().code).to.equal(7);
    const warned = lines.filter(line => line.startsWith('system.cpu accesses memory through'));
    expect(warned).to.have.length(1);
    expect(warned[0]).to.contain('system.device');
  });
});
