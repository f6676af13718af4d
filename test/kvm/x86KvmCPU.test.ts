import { spawn } from 'node:child_process';
import { expect } from 'chai';
import { CS, RAX, RBX, RCX, RIP } from '../../src/arch/x86/index';
import { AddrRange, PanicError, setLogSink } from '../../src/base/index';
import { hostResources, mappingCount, openDescriptorCount } from '../../src/host/index';
import { KVM_GET_TSC_KHZ } from '../../src/kvm/abi';
import { NodeHost } from '../../src/m5/nodeHost';
import { EventFunctionWrapper } from '../../src/sim/index';
import { CODE } from '../support/bareGuest';
import { aBareKvmCpu, type BareKvmCpu, type BareKvmCpuOptions } from '../support/bareKvmCpu';
import { collectGarbage } from '../support/garbage';
import { describeWithKvm } from '../support/kvm';

const MILLISECOND = 1e9;
/** Longer than anything here takes: a limit for what goes wrong. */
const LONG = 5000 * MILLISECOND;
/** `out %al, $0xe9` */
const OUT_E9 = [0xe6, 0xe9];
/** `jmp .` */
const ENDLESS = [0xeb, 0xfe];
const HLT = [0xf4];
/** `inc %rax; jmp back` */
const COUNT = [0x48, 0xff, 0xc0, 0xeb, 0xfb];

describeWithKvm('X86KvmCPU', () => {
  const made: BareKvmCpu[] = [];
  const guest = (options: BareKvmCpuOptions): BareKvmCpu => {
    const bare = aBareKvmCpu(options);
    made.push(bare);
    return bare;
  };
  const dispose = (): void => {
    for (const { simulation } of made.splice(0)) simulation.dispose();
  };
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    dispose();
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  /** Runs until the guest has written to the device so often. */
  const untilWrites = ({ simulation, device }: BareKvmCpu, count: number): void => {
    device.onWrite = () => {
      if (device.writes.length === count) simulation.exitSimLoop('enough');
    };
    expect(simulation.simulate(LONG).cause).to.equal('enough');
  };

  /** Runs a guest that counts in RAX until it is beyond `count`, as long as a busy host takes. */
  const untilBeyond = ({ simulation, cpu }: BareKvmCpu, count: bigint): void => {
    const deadline = performance.now() + 60_000;
    do simulation.simulate(20 * MILLISECOND);
    while (cpu.getContext(0).state.gpr(RAX) <= count && performance.now() < deadline);
    expect(cpu.getContext(0).state.gpr(RAX) > count).to.equal(true);
  };

  for (const mode of ['real', 'long', 'user'] as const) {
    it(`reaches a device at a port from ${mode} mode`, () => {
      // mov al, 0x42; out; jmp .
      const bare = guest({ mode, code: [0xb0, 0x42, ...OUT_E9, ...ENDLESS] });
      const { device, cpu } = bare;
      untilWrites(bare, 1);
      expect(device.writes.map(({ address, data }) => [address, data])).to.deep.equal([
        [2 ** 52 + 0xe9, [0x42]],
      ]);
      expect(cpu.kvmStats.numIO.value).to.equal(1);
    });
  }

  it('hands a program what a device answers at a port and in memory', () => {
    // in al, 0xe9; mov ah, al; mov al, [rbx]; out 0xe9, ax; jmp .
    const code = [0xe4, 0xe9, 0x88, 0xc4, 0x8a, 0x03, 0x66, 0xe7, 0xe9, ...ENDLESS];
    const bare = guest({ code });
    const { device, cpu } = bare;
    cpu.thread.state.setGpr(RBX, 0x1000_0000n);
    untilWrites(bare, 1);
    expect(device.writes[0]?.data).to.deep.equal([2, 1]);
    expect(cpu.kvmStats.numMMIO.value).to.equal(1);
  });

  it('is stopped at the next event, and simulated time is the host’s', () => {
    const { simulation, cpu } = guest({ code: ENDLESS });
    const start = performance.now();
    simulation.simulate(MILLISECOND);
    simulation.simulate(20 * MILLISECOND);
    expect(performance.now() - start)
      .to.be.greaterThan(20.9)
      .and.lessThan(60_000);
    expect(simulation.curTick()).to.equal(21 * MILLISECOND);
    expect(cpu.kvmStats.numExitSignal.value).to.be.greaterThan(0);
  });

  it('takes simulated time from the guest’s counter, whatever hostFreq is', () => {
    // rdtsc; mov ebx, eax; again: rdtsc; sub eax, ebx; cmp eax, 100,000,000; jb again; out
    const look = [0x0f, 0x31, 0x89, 0xc3, 0x0f, 0x31, 0x29, 0xd8, 0x3d, 0x00, 0xe1, 0xf5, 0x05];
    for (const hostFreq of ['100MHz', '50GHz']) {
      const { simulation, vm, device } = guest({
        code: [...look, 0x72, 0xf5, ...OUT_E9],
        hostFreq,
      });
      device.onWrite = () => {
        simulation.exitSimLoop('written');
      };
      expect(simulation.simulate(10_000 * MILLISECOND).cause).to.equal('written');
      const other = vm.createVCPU(vm.allocVCPUID());
      const kilohertz = other.ioctl(KVM_GET_TSC_KHZ, 0, 'asking for the frequency');
      other.dispose();
      // Only a busy host makes it differ: by time that passes outside of the guest, or before it exits.
      expect(simulation.curTick() / ((1e8 / kilohertz) * MILLISECOND), hostFreq).to.be.within(
        0.15,
        12,
      );
    }
  });

  it('lets events happen on time while the guest runs', () => {
    const { simulation } = guest({ code: ENDLESS });
    const seen: number[] = [];
    const event = new EventFunctionWrapper(() => {
      seen.push(simulation.curTick());
      if (seen.length < 10) simulation.eventQueue.schedule(event, simulation.curTick() + 5e8);
    }, 'test');
    simulation.eventQueue.schedule(event, 5e8);
    simulation.simulate(10 * MILLISECOND);
    expect(seen).to.deep.equal(Array.from({ length: 10 }, (_, i) => (i + 1) * 5e8));
  });

  it('suspends the thread when the guest halts', () => {
    const { simulation, cpu } = guest({ mode: 'long', code: HLT });
    simulation.simulate();
    expect(cpu.status).to.equal('Idle');
    expect(cpu.thread.status()).to.equal('Suspended');
    expect(cpu.getContext(0).state.rip).to.equal(BigInt(CODE + 1));
  });

  it('ends the simulation with a dump when the guest faults over and over', () => {
    const { simulation } = guest({ code: [0x0f, 0x0b] }); // ud2, and no handlers
    try {
      simulation.simulate(LONG);
      expect.fail('nothing happened');
    } catch (error) {
      expect(error).to.be.instanceOf(PanicError);
      expect((error as PanicError).message).to.include('triple fault');
      expect((error as PanicError).details.length).to.be.greaterThan(50);
    }
  });

  it('shows and changes registers of a guest between two runs', () => {
    const bare = guest({ code: COUNT });
    const { cpu } = bare;
    untilBeyond(bare, 1000n);
    const { state } = cpu.getContext(0);
    expect(state.segment(CS).dpl).to.equal(3);
    state.setGpr(RAX, 0n);
    state.setGpr(RCX, 77n);
    untilBeyond(bare, 1000n);
    expect(cpu.getContext(0).state.gpr(RCX)).to.equal(77n);
  });

  it('drains and goes on where it was', () => {
    const bare = guest({ code: COUNT });
    const { simulation, cpu } = bare;
    untilBeyond(bare, 0n);
    simulation.drain();
    expect(cpu.status).to.equal('Idle');
    untilBeyond(bare, cpu.thread.state.gpr(RAX));
  });

  it('drains with an access half done, and does it once', () => {
    // in al, 0xe9; out 0xe9, al; jmp .
    const bare = guest({ code: [0xe4, 0xe9, ...OUT_E9, ...ENDLESS] });
    const { simulation, cpu, device } = bare;
    while (cpu.kvmStats.numIO.value === 0) simulation.simulate(100_000);
    simulation.drain();
    untilWrites(bare, 1);
    expect(device.writes.map(({ data }) => data)).to.deep.equal([[1]]);
  });

  it('lets a guest get on, however close the events are', () => {
    const { simulation, cpu } = guest({ code: [...OUT_E9, 0xeb, 0xfc] });
    const { numIO } = cpu.kvmStats;
    const deadline = performance.now() + 60_000;
    while (numIO.value < 3 && performance.now() < deadline) simulation.simulate(100_000);
    expect(numIO.value).to.equal(3);
  });

  it('goes on in a new VM, as the child of a fork has to, with vector registers and all', () => {
    const bare = guest({ code: COUNT });
    const { simulation, cpu, vm } = bare;
    untilBeyond(bare, 0n);
    const pattern = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
    cpu.getContext(0).state.fpu.setYmm(9, pattern);
    simulation.drain();
    const counted = cpu.thread.state.gpr(RAX);
    vm.notifyFork();
    cpu.notifyFork();
    untilBeyond(bare, counted);
    const { state } = cpu.getContext(0);
    expect([...state.fpu.ymm(9)]).to.deep.equal([...pattern]);
  });

  it('collects stores to coalesced ranges and does them at the next exit', () => {
    // mov [rbx], al; inc al; cmp al, 20; jne back; out; jmp .
    const code = [0x88, 0x03, 0xfe, 0xc0, 0x3c, 20, 0x75, 0xf8, ...OUT_E9, ...ENDLESS];
    const bare = guest({
      code,
      useCoalescedMMIO: true,
      coalescedMMIO: [AddrRange.rangeSize(0x1000_0000, 0x1000)],
    });
    const { cpu, device } = bare;
    cpu.thread.state.setGpr(RBX, 0x1000_0000n);
    untilWrites(bare, 21);
    expect(device.writes.map(({ data }) => data[0])).to.deep.equal([
      ...Array.from({ length: 20 }, (_, i) => i),
      20,
    ]);
    expect(cpu.kvmStats.numCoalescedMMIO.value).to.equal(20);
    expect(cpu.kvmStats.numMMIO.value).to.equal(0);
  });

  it('takes an interrupt that is injected while the guest can take one', () => {
    // sti; nop; out; jmp .   vector 0x20 -> 0x9000: out 0xea, al
    const { simulation, cpu, system, device } = guest({
      mode: 'real',
      code: [0xfb, 0x90, ...OUT_E9, ...ENDLESS],
    });
    system.physicalMemory.writeBytes(0x20 * 4, Uint8Array.of(0x00, 0x90, 0x00, 0x00));
    system.physicalMemory.writeBytes(0x9000, Uint8Array.of(0xe6, 0xea, ...ENDLESS));
    device.onWrite = () => {
      if (device.writes.length === 1) cpu.requestInterrupt(0x20);
      else simulation.exitSimLoop('enough');
    };
    simulation.simulate(LONG);
    expect(device.writes.map(({ address }) => address - 2 ** 52)).to.deep.equal([0xe9, 0xea]);
    expect(cpu.kvmStats.numInterrupts.value).to.equal(1);
  });

  it('ends an endless guest at Ctrl-C', () => {
    const { simulation } = guest({ code: ENDLESS, host: new NodeHost('/nonexistent') });
    const killer = spawn('sh', ['-c', `sleep 0.3; kill -INT ${String(process.pid)}`]);
    try {
      expect(simulation.simulate().cause).to.equal('user interrupt received');
    } finally {
      killer.kill();
    }
  });

  it('runs two CPUs of two simulations in turn without mixing them up', () => {
    const a = guest({ code: COUNT });
    const b = guest({ code: COUNT });
    b.cpu.thread.state.setGpr(RCX, 5n);
    for (const { simulation } of [a, b, a]) simulation.simulate(20 * MILLISECOND);
    expect(a.cpu.getContext(0).state.gpr(RCX)).to.equal(0n);
    expect(b.cpu.getContext(0).state.gpr(RCX)).to.equal(5n);
    expect(a.cpu.getContext(0).state.gpr(RIP)).to.be.oneOf([BigInt(CODE), BigInt(CODE + 3)]);
  });

  it('leaves no descriptor, mapping or timer behind', () => {
    const once = (): void => {
      untilWrites(guest({ code: OUT_E9.concat(ENDLESS) }), 1);
      dispose();
    };
    once();
    const before = [openDescriptorCount(), hostResources.size];
    const growth = (): number => {
      collectGarbage();
      const mappings = mappingCount();
      for (let i = 0; i < 20; i++) once();
      collectGarbage();
      return mappingCount() - mappings;
    };
    // The engine's own heap may grow by dozens of mappings as well, but not time after time.
    let least = growth();
    for (let again = 0; least >= 20 * 2 && again < 3; again++) least = Math.min(least, growth());
    expect([openDescriptorCount(), hostResources.size]).to.deep.equal(before);
    expect(least).to.be.lessThan(20 * 2);
  });
});
