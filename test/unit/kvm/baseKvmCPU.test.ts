import { expect } from 'chai';
import { RAX, RDI, RFLAGS, RIP, RSI } from '../../../src/arch/x86/index';
import {
  FatalError,
  MaxTick,
  PanicError,
  setDebugFlags,
  setLogSink,
} from '../../../src/base/index';
import { M5Op } from '../../../src/cpu/index';
import { kvmCoalescedMmio, kvmCoalescedMmioRing } from '../../../src/kvm/abiVcpu';
import type { VcpuExit } from '../../../src/kvm/exits';
import { EventFunctionWrapper } from '../../../src/sim/index';
import {
  aScriptedSystem,
  DEVICE_LATENCY,
  M5OPS_BASE,
  type ScriptedSystem,
  type ScriptedSystemOptions,
} from '../../support/scriptedKvmCpu';

const HLT: VcpuExit = { kind: 'hlt' };
const INTERRUPTED: VcpuExit = { kind: 'interrupted' };

const mmio = (isWrite: boolean, address: number, data: Uint8Array): VcpuExit => ({
  ...{ kind: 'mmio', isWrite, address, data },
});
const io = (isWrite: boolean, port: number, data: Uint8Array, count = 1): VcpuExit => ({
  ...{ kind: 'io', isWrite, port, data, count, size: data.length / count },
});

/** How the guest was entered, from the first time that it ran. */
const entries = (log: readonly string[]): string[] => {
  const all = log.filter(line => line.endsWith('run'));
  return all.slice(all.indexOf('run'));
};

describe('BaseKvmCPU', () => {
  const systems: ScriptedSystem[] = [];
  const make = (options?: ScriptedSystemOptions): ScriptedSystem => {
    const system = aScriptedSystem(options);
    systems.push(system);
    return system;
  };
  /** A system whose thread is active from the start. */
  const running = (options?: ScriptedSystemOptions): ScriptedSystem => {
    const system = make(options);
    system.cpu.thread.activate();
    return system;
  };
  const at = (system: ScriptedSystem, tick: number, action: () => void): void => {
    system.simulation.eventQueue.schedule(new EventFunctionWrapper(action, 'test'), tick);
  };

  let messages: string[] = [];
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    messages = [];
    previousSink = setLogSink({
      message: (level, text) => messages.push(`${level}: ${text}`),
      debug: () => undefined,
    });
  });
  afterEach(() => {
    for (const { simulation } of systems.splice(0)) simulation.dispose();
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  it('sets the vCPU up when it starts: its CPUID, its signals, all of the state', () => {
    const { simulation, vcpu } = running();
    simulation.simulate(1e6);
    const [cpuid, , mask, ...rest] = vcpu.log;
    expect(cpuid).to.equal('set CPUID');
    expect(mask).to.equal('signal mask 0');
    expect(rest).to.include('write xsave');
    expect(rest.indexOf('write xsave')).to.be.lessThan(rest.indexOf('run'));
  });

  it('stops when the guest halts, and stays idle until it is woken', () => {
    const system = running();
    const { simulation, cpu, vcpu } = system;
    expect(simulation.simulate(1e9).cause).to.equal('simulate() limit reached');
    expect(cpu.status).to.equal('Idle');
    expect(cpu.thread.status()).to.equal('Suspended');
    expect(cpu.kvmStats.numHalt.value).to.equal(1);
    const runs = vcpu.log.filter(line => line === 'run').length;
    cpu.wakeup();
    expect(cpu.status).to.equal('Running');
    simulation.simulate(1e9);
    expect(vcpu.log.filter(line => line === 'run').length).to.equal(runs + 1);
  });

  it('advances simulated time by the host time that the guest ran', () => {
    const script = [mmio(true, 0x10_0000, new Uint8Array(4)), HLT];
    const { simulation, device } = running({ script, runNs: 2000 });
    simulation.simulate(1e9);
    expect(device.accesses.map(access => access.tick)).to.deep.equal([2_000_000]);
  });

  it('lets simulated time run faster than the host’s by hostFactor', () => {
    const script = [mmio(true, 0x10_0000, new Uint8Array(4)), HLT];
    const { simulation, device, cpu } = running({ script, runNs: 2000, cpu: { hostFactor: 4 } });
    simulation.simulate(1e9);
    expect(device.accesses.map(access => access.tick)).to.deep.equal([8_000_000]);
    // At 2 GHz the host's clock ticked 4000 times in each of two runs.
    expect(cpu.baseStats.numCycles.value).to.equal(2 * 4 * 4000);
  });

  it('runs the guest no longer than to the next event, and then right after it', () => {
    const exits = [INTERRUPTED, mmio(false, 0x10_0000, new Uint8Array(1)), HLT];
    const system = running({ script: exits, runNs: 5000 });
    let seen = -1;
    at(system, 5_000_000, () => (seen = system.simulation.curTick()));
    system.simulation.simulate(1e9);
    expect(seen).to.equal(5_000_000);
    const { cpu, device } = system;
    expect(cpu.kvmStats.numExitSignal.value).to.equal(1);
    expect(device.accesses[0]?.tick).to.equal(5_000_000 + 5_000_000);
  });

  it('does not forget what the guest ran too long', () => {
    const exits = [INTERRUPTED, mmio(false, 0x10_0000, new Uint8Array(1)), HLT];
    const system = running({ script: exits, runNs: 5000 });
    const seen: number[] = [];
    for (const tick of [3_000_000, 4_000_000]) {
      at(system, tick, () => seen.push(system.simulation.curTick()));
    }
    system.simulation.simulate(1e9);
    expect(seen).to.deep.equal([3_000_000, 4_000_000]);
    expect(system.device.accesses[0]?.tick).to.equal(10_000_000);
  });

  it('goes on where it was when a signal came that was not the timer', () => {
    const { simulation, device } = running({
      script: [INTERRUPTED, mmio(true, 0x10_0000, new Uint8Array(1)), HLT],
    });
    simulation.simulate(1e9);
    expect(device.accesses[0]?.tick).to.equal(2_000_000);
  });

  it('only finishes what is pending when an event is due at this very tick', () => {
    const script = [mmio(false, 0x10_0000, new Uint8Array(4)), HLT];
    const system = running({ script });
    const { simulation, cpu, vcpu } = system;
    // An event later than CPU ticks at the tick at which the guest gets its answer.
    const late = new EventFunctionWrapper(() => undefined, 'late', false, 99);
    simulation.eventQueue.schedule(late, 1_000_000 + DEVICE_LATENCY);
    simulation.simulate(1e9);
    expect(cpu.kvmStats.numVMHalfEntries.value).to.equal(1);
    expect(entries(vcpu.log)).to.deep.equal([...['run', 'half run', 'run']]);
  });

  it('lets the guest get on even where every tick has an event', () => {
    const { simulation, vcpu } = running({ script: [INTERRUPTED], runNs: 1 });
    for (let i = 0; i < 20; i++) simulation.simulate(1000);
    const all = entries(vcpu.log);
    expect(all.filter(line => line === 'run').length).to.be.greaterThan(3);
    expect(all.filter(line => line === 'half run').length).to.be.greaterThan(3);
  });

  it('reads and writes devices in place, and pays for it', () => {
    const data = new Uint8Array(4);
    const script = [mmio(false, 0x20_0000, data), mmio(true, 0x20_0004, data), HLT];
    const { simulation, cpu, device } = running({ script });
    simulation.simulate(1e9);
    expect(device.accesses).to.deep.equal([
      { tick: 1_000_000, isWrite: false, address: 0x20_0000, data: [1, 2, 3, 4] },
      {
        tick: 2_000_000 + DEVICE_LATENCY,
        isWrite: true,
        address: 0x20_0004,
        data: [1, 2, 3, 4],
      },
    ]);
    expect(cpu.kvmStats.numMMIO.value).to.equal(2);
    expect(cpu.kvmStats.numVMExits.value).to.equal(3);
  });

  it('makes one access of each repetition at a port', () => {
    const script = [io(true, 0x3f8, Uint8Array.of(1, 2, 3, 4, 5, 6), 3), HLT];
    const { simulation, cpu, device } = running({ script });
    simulation.simulate(1e9);
    expect(device.accesses.map(access => access.data)).to.deep.equal([
      ...[
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ]);
    expect(new Set(device.accesses.map(access => access.address))).to.deep.equal(
      new Set([2 ** 52 + 0x3f8]),
    );
    expect(cpu.kvmStats.numIO.value).to.equal(1);
  });

  it('leads the PCI data ports to configuration space while that is enabled', () => {
    const address = new Uint8Array(4);
    new DataView(address.buffer).setUint32(0, 0x8000_1810, true);
    const readBack = new Uint8Array(4);
    const script = [
      ...[io(true, 0xcf8, address), io(false, 0xcf8, readBack)],
      ...[io(true, 0xcfe, Uint8Array.of(9)), HLT],
    ];
    const { simulation, device } = running({ script });
    simulation.simulate(1e9);
    expect([...readBack]).to.deep.equal([...address]);
    expect(device.accesses.map(access => access.address)).to.deep.equal([
      2 ** 52 + 2 ** 51 + 0x1812,
    ]);
  });

  it('sends accesses of other sizes at the PCI address port to whatever is there', () => {
    const script = [io(true, 0xcf8, Uint8Array.of(7)), HLT];
    const { simulation, device } = running({ script });
    simulation.simulate(1e9);
    expect(device.accesses.map(({ address, data }) => [address, ...data])).to.deep.equal([
      [2 ** 52 + 0xcf8, 7],
    ]);
  });

  it('waits in timing mode until the device has answered', () => {
    const data = new Uint8Array(2);
    const system = running({ mode: 'timing', script: [mmio(false, 0x20_0000, data), HLT] });
    const { simulation, cpu, device } = system;
    at(system, 5_000_000, () => {
      expect(cpu.status).to.equal('RunningMMIOPending');
      device.answer();
      expect(cpu.status).to.equal('RunningServiceCompletion');
    });
    simulation.simulate(1e9);
    expect([...data]).to.deep.equal([1, 2]);
    expect(cpu.kvmStats.numHalt.value).to.equal(1);
  });

  it('waits behind the access that has suspended its thread, once the device has answered', () => {
    const script = [mmio(false, 0x20_0000, new Uint8Array(2)), HLT];
    const system = running({ mode: 'timing', script });
    const { simulation, cpu, device, vcpu } = system;
    at(system, 5_000_000, () => {
      cpu.thread.suspend();
      expect(cpu.status).to.equal('RunningMMIOPending');
      device.answer();
      expect(cpu.status).to.equal('Idle');
    });
    simulation.simulate(1e9);
    expect(entries(vcpu.log)).to.deep.equal(['run', 'half run']);
    cpu.wakeup();
    simulation.simulate(1e9);
    expect(cpu.kvmStats.numHalt.value).to.equal(1);
  });

  it('goes on when its thread is suspended and woken while the device takes its time', () => {
    const script = [mmio(false, 0x20_0000, new Uint8Array(2)), HLT];
    const system = running({ mode: 'timing', script });
    at(system, 5_000_000, () => {
      system.cpu.thread.suspend();
      system.cpu.thread.activate();
      expect(system.cpu.status).to.equal('RunningMMIOPending');
      system.device.answer();
    });
    system.simulation.simulate(1e9);
    expect(system.cpu.kvmStats.numHalt.value).to.equal(1);
  });

  it('executes a pseudo-instruction where the guest loads from its address', () => {
    const data = new Uint8Array(8);
    const load = (): VcpuExit => {
      const state = new DataView(vcpu.syncRegs.buffer, vcpu.syncRegs.byteOffset);
      state.setBigUint64(RDI * 8, 0x1_0000_0000n, true);
      state.setBigUint64(RSI * 8, 0x22n, true);
      return mmio(false, M5OPS_BASE + (M5Op.Sum << 8), data);
    };
    const { simulation, cpu, vcpu, device } = running({ script: [load, HLT] });
    simulation.simulate(1e9);
    expect([...data]).to.deep.equal([0x22, 0, 0, 0, 1, 0, 0, 0]);
    expect(cpu.getContext(0).registers().gpr(RAX)).to.equal(0x1_0000_0022n);
    expect(device.accesses).to.deep.equal([]);
    // The load is finished before anything else can happen to the thread.
    expect(entries(vcpu.log)).to.deep.equal(['run', 'half run', 'run']);
  });

  it('waits behind the load of the pseudo-instruction that lets it wait', () => {
    const { simulation, cpu, vcpu } = running({
      script: [mmio(true, M5OPS_BASE + (M5Op.Quiesce << 8), new Uint8Array(1)), HLT],
    });
    simulation.simulate(1e9);
    expect(cpu.status).to.equal('Idle');
    expect(entries(vcpu.log)).to.deep.equal(['run', 'half run']);
    cpu.wakeup();
    simulation.simulate(1e9);
    expect(cpu.kvmStats.numHalt.value).to.equal(1);
  });

  it('keeps the order of timing accesses that the device refuses at first', () => {
    const script = [io(true, 0x80, Uint8Array.of(1, 2, 3), 3), HLT];
    const system = running({ mode: 'timing', script });
    const { simulation, cpu, device } = system;
    device.refusals = 1;
    at(system, 5_000_000, () => device.port.sendRetryReq());
    for (const tick of [6e6, 7e6, 8e6])
      at(system, tick, () => {
        device.answer();
      });
    simulation.simulate(1e9);
    expect(device.accesses.map(access => access.data[0])).to.deep.equal([1, 2, 3]);
    expect(cpu.status).to.equal('Idle');
  });

  it('lets a drain wait for coalesced stores that are under way in timing mode', () => {
    const system = running({ mode: 'timing', cpu: { useCoalescedMMIO: true } });
    const { vcpu, simulation, cpu, device } = system;
    const { ringPage: ring } = vcpu;
    const entry = kvmCoalescedMmioRing.offset.coalesced_mmio;
    ring.setBigUint64(entry + kvmCoalescedMmio.offset.phys_addr, 0x30_0000n, true);
    ring.setUint32(entry + kvmCoalescedMmio.offset.len, 1, true);
    ring.setUint32(kvmCoalescedMmioRing.offset.last, 1, true);
    simulation.simulate(2_000_000);
    expect([cpu.status, device.waiting.length]).to.deep.equal(['Idle', 1]);
    at(system, simulation.curTick() + 5000, () => {
      device.answer();
    });
    simulation.drain();
    expect(device.accesses.length).to.equal(1);
  });

  it('does the stores that waited in the coalesced ring, oldest first', () => {
    const system = running({ cpu: { useCoalescedMMIO: true } });
    const { vcpu, simulation, cpu, device } = system;
    const ring = vcpu.ringPage;
    for (const [i, value] of [11, 22].entries()) {
      const entry = kvmCoalescedMmioRing.offset.coalesced_mmio + i * kvmCoalescedMmio.size;
      ring.setBigUint64(entry + kvmCoalescedMmio.offset.phys_addr, BigInt(0x30_0000 + i), true);
      ring.setUint32(entry + kvmCoalescedMmio.offset.len, 1, true);
      ring.setUint8(entry + kvmCoalescedMmio.offset.data, value);
    }
    ring.setUint32(kvmCoalescedMmioRing.offset.last, 2, true);
    simulation.simulate(1e9);
    expect(device.accesses.map(({ address, data }) => [address, data[0]])).to.deep.equal([
      ...[
        [0x30_0000, 11],
        [0x30_0001, 22],
      ],
    ]);
    expect(cpu.kvmStats.numCoalescedMMIO.value).to.equal(2);
    expect(ring.getUint32(kvmCoalescedMmioRing.offset.first, true)).to.equal(2);
  });

  it('ends the simulation at an exit that nobody expects, and shows the registers', () => {
    const unexpected: VcpuExit[] = [
      { kind: 'shutdown' },
      { kind: 'unknown', hardwareReason: 1n },
      { kind: 'exception', exception: 13, errorCode: 0 },
      { kind: 'fail-entry', hardwareReason: 33n, cpu: 0 },
      { kind: 'internal-error', suberror: 1, data: [] },
      { kind: 'system-event', type: 1, data: [] },
      { kind: 'debug', exception: 1, pc: 0n, dr6: 0n, dr7: 0n },
      { kind: 'hypercall', number: 1n, args: [] },
      { kind: 'unsupported', reason: 99 },
    ];
    for (const exit of unexpected) {
      const { simulation } = running({ script: [exit] });
      let caught: unknown;
      try {
        simulation.simulate(1e9);
      } catch (error) {
        caught = error;
      }
      expect(caught, exit.kind).to.be.instanceOf(PanicError);
      const { message, details } = caught as PanicError;
      expect(message).to.match(/^system\.cpu: /);
      expect(details.join('\n')).to.include('rip').and.to.include('LSTAR');
    }
  });

  it('brings registers only when somebody asks for them, and takes changes along', () => {
    const change = (): VcpuExit => {
      system.vcpu.parts.regs[0] = 5;
      return mmio(true, 0x20_0000, new Uint8Array(1));
    };
    const system: ScriptedSystem = running({ script: [change, change, HLT] });
    const { simulation, cpu, vcpu } = system;
    at(system, 1_500_000, () => {
      const state = cpu.getContext(0).state;
      expect(state.gpr(RAX)).to.equal(5n);
      state.setGpr(RIP, 0x1234n);
    });
    simulation.simulate(1e9);
    expect(vcpu.log.filter(line => line === 'read regs').length).to.equal(1);
    expect(vcpu.log.filter(line => line === 'took sync regs 1').length).to.equal(1);
    expect([...vcpu.syncRegs.subarray(128, 130)]).to.deep.equal([0x34, 0x12]);
  });

  it('delivers an interrupt with the registers of the last exit, also after a half entry', () => {
    const OLD = 1;
    const NEW = 5;
    const system: ScriptedSystem = running({
      script: [
        () => {
          system.vcpu.syncRegs[0] = OLD;
          return mmio(true, 0x20_0000, new Uint8Array(1));
        },
        // Nobody wanted registers, so this exit leaves none in the shared page.
        () => {
          expect(system.vcpu.validSyncRegs).to.equal(0);
          const regs = new DataView(system.vcpu.parts.regs.buffer);
          regs.setUint8(0, NEW);
          regs.setUint32(RFLAGS * 8, 0x202, true);
          system.cpu.requestInterrupt(0x40);
          return mmio(true, M5OPS_BASE + (M5Op.WorkBegin << 8), new Uint8Array(1));
        },
        HLT,
      ],
    });
    const { simulation, cpu, vcpu } = system;
    simulation.simulate(1e9);
    expect(vcpu.log).to.include('interrupt 64');
    expect(cpu.thread.state.gpr(RAX)).to.equal(BigInt(NEW));
  });

  it('finds out when a thread is changed behind the vCPU’s back', () => {
    const system = running({ script: [INTERRUPTED] });
    at(system, 500_000, () => {
      system.cpu.thread.state.setGpr(RAX, 1n);
    });
    expect(() => system.simulation.simulate(1e9)).to.throw(PanicError, 'newer registers');
  });

  it('synchronizes at every entry and exit when told to', () => {
    let runs = 0;
    const count = (): VcpuExit => {
      system.vcpu.syncRegs[0] = ++runs;
      return INTERRUPTED;
    };
    const cpu = { alwaysSyncTC: true };
    const system: ScriptedSystem = running({ script: [count, count, HLT], cpu });
    const seen: bigint[] = [];
    for (const tick of [500_000, 1_500_000]) {
      at(system, tick, () => seen.push(system.cpu.thread.state.gpr(RAX)));
    }
    system.simulation.simulate(1e9);
    expect(seen).to.deep.equal([1n, 2n]);
    // Every set each time: three entries.
    expect(system.vcpu.log.filter(line => line === 'write xsave').length).to.equal(3);
    expect(system.vcpu.log.filter(line => line === 'read xsave').length).to.equal(2);
  });

  it('drains at once between two runs, with the whole state here', () => {
    const system = running({ script: [INTERRUPTED] });
    const { simulation, cpu, vcpu } = system;
    simulation.simulate(1_500_000);
    expect(cpu.status).to.equal('Running');
    vcpu.log.length = 0;
    simulation.drain();
    expect(cpu.status).to.equal('Idle');
    expect(vcpu.log).to.include('read xsave').and.to.include('read debugRegs');
    expect(cpu.thread.state.stale).to.equal(0);
    simulation.simulate(1e6);
    expect(cpu.status).to.equal('Running');
  });

  it('delivers what the guest waits for before it drains, and runs it no further', () => {
    const script = [mmio(false, 0x20_0000, new Uint8Array(1)), HLT];
    const { simulation, cpu, vcpu } = running({ script });
    simulation.simulate(500_000);
    simulation.drain();
    expect(cpu.status).to.equal('Idle');
    expect(entries(vcpu.log)).to.deep.equal(['run', 'half run']);
    simulation.simulate(1e9);
    expect(cpu.kvmStats.numHalt.value).to.equal(1);
  });

  it('runs the guest on while an interrupt is on its way into it', () => {
    let injected = 1;
    const script = [
      (): VcpuExit => {
        vcpu.syncRegs[456 + 8] = injected; // interrupt.injected
        injected = 0;
        return INTERRUPTED;
      },
    ];
    const system = running({ script });
    const { simulation, cpu, vcpu } = system;
    simulation.simulate(500_000);
    simulation.drain();
    expect(cpu.status).to.equal('Idle');
    expect(vcpu.log.filter(line => line === 'run').length).to.equal(2);
    expect(vcpu.interruptWindowRequest).to.equal(false);
  });

  it('makes a new vCPU in the child of a fork and gives it the whole state', () => {
    const { simulation, cpu, vcpu, vm, kvm } = running({ script: [INTERRUPTED] });
    simulation.simulate(1e6);
    simulation.drain();
    vm.notifyFork();
    cpu.notifyFork();
    expect(vcpu.disposed).to.equal(true);
    vcpu.log.length = 0;
    simulation.simulate(1e6);
    expect(vcpu.log).to.include('set CPUID').and.to.include('write xsave');
    expect(kvm.openDescriptors.size).to.equal(2);
  });

  it('refuses to fork while it runs', () => {
    const { simulation, cpu } = running({ script: [INTERRUPTED] });
    simulation.simulate(1e6);
    expect(() => {
      cpu.notifyFork();
    }).to.throw('forked in state Running');
  });

  it('refuses parameters that cannot be meant', () => {
    expect(() => make({ cpu: { usePerfOverflow: true } })).to.throw(
      'usePerfOverflow needs usePerf',
    );
    expect(() => make({ cpu: { numThreads: 2 } })).to.throw('thread');
  });

  it('works past caches, or where there are none', () => {
    const { cpu } = make();
    expect(cpu.memoryMode()).to.equal('atomic_noncaching');
    expect(() => make({ mode: 'timing' })).not.to.throw();
    expect(() => make({ mode: 'atomic' })).to.throw(FatalError, "'atomic_noncaching'");
    expect(cpu.supportTakeOver()).to.equal(true);
  });

  it('is found by its VM, and gives everything back in the end', () => {
    const { simulation, cpu, vm, vcpu, kvm } = running();
    simulation.simulate(1e6);
    expect(vm.validEnvironment()).to.equal(true);
    expect(vm.contextIdToVCpuId(cpu.thread.contextId)).to.equal(0);
    simulation.dispose();
    expect(vcpu.disposed).to.equal(true);
    expect(kvm.openDescriptors.size).to.equal(0);
  });

  it('dumps its state in lines of text', () => {
    const { simulation, cpu } = running({ script: [INTERRUPTED] });
    simulation.simulate(1e6);
    messages.length = 0;
    cpu.dumpIntRegs();
    cpu.dumpSpecRegs();
    cpu.dumpFpuRegs();
    cpu.dumpXSave();
    cpu.dumpXCRs();
    cpu.dumpDebugRegs();
    cpu.dumpMSRs();
    cpu.dumpVCpuEvents();
    const text = messages.join('\n');
    for (const word of ['rax', 'cr3', 'mxcsr', 'in use', 'xcr0', 'dr7', 'STAR', 'injected']) {
      expect(text).to.include(word);
    }
    messages.length = 0;
    cpu.dump();
    expect(messages.length).to.be.greaterThan(80);
  });

  it('traces what it does, when asked to', () => {
    const lines: string[] = [];
    setLogSink({ message: () => undefined, debug: line => lines.push(line) });
    setDebugFlags('KvmAll');
    try {
      const script = [io(true, 0x80, Uint8Array.of(1)), mmio(true, 0x20_0000, new Uint8Array(1))];
      const { simulation, cpu } = running({ script: [...script, HLT] });
      cpu.requestInterrupt(0, 'nmi');
      simulation.simulate(1e9);
      cpu.getContext(0);
    } finally {
      setDebugFlags('-KvmAll');
    }
    const text = lines.join('\n');
    for (const part of [
      ...['ActivateContext', 'Entering KVM', 'Exit: hlt', 'SuspendContext', 'to KVM: '],
      ...['port 0x80', 'MMIO write at 0x200000', 'nmi interrupt', 'from KVM: ', 'at most'],
      'Simulated time is that of a script',
    ]) {
      expect(text).to.include(part);
    }
    expect(lines[0]).to.match(/^ *0: system\./);
  });

  it('runs to the end of time without arming timers past it', () => {
    const { simulation } = running();
    expect(simulation.simulate().cause).to.equal('simulate() limit reached');
    expect(simulation.curTick()).to.equal(MaxTick);
  });
});
