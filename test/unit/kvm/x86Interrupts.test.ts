import { expect } from 'chai';
import { CS, MpState, RFLAGS, RFlags } from '../../../src/arch/x86/index';
import { FatalError, setLogSink } from '../../../src/base/index';
import type { VcpuExit } from '../../../src/kvm/exits';
import { EventFunctionWrapper } from '../../../src/sim/index';
import {
  aScriptedSystem,
  type ScriptedSystem,
  type ScriptedSystemOptions,
} from '../../support/scriptedKvmCpu';

const HLT: VcpuExit = { kind: 'hlt' };
const INTERRUPTED: VcpuExit = { kind: 'interrupted' };
const WINDOW: VcpuExit = { kind: 'irq-window-open' };

describe('Interrupts of a KVM CPU without in-kernel local APIC', () => {
  const systems: ScriptedSystem[] = [];
  /** A system whose thread is active and takes interrupts, unless `flags` says otherwise. */
  const running = (options?: ScriptedSystemOptions, flags = 0x202n): ScriptedSystem => {
    const system = aScriptedSystem(options);
    systems.push(system);
    const { thread } = system.cpu;
    thread.state.rflags = flags;
    thread.activate();
    // What the guest has when it stops is what it was given.
    new DataView(system.vcpu.syncRegs.buffer).setBigUint64(RFLAGS * 8, flags, true);
    new DataView(system.vcpu.parts.regs.buffer).setBigUint64(RFLAGS * 8, flags, true);
    return system;
  };
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    for (const { simulation } of systems.splice(0)) simulation.dispose();
    if (previousSink !== undefined) setLogSink(previousSink);
  });
  const injected = ({ vcpu }: ScriptedSystem): string[] =>
    vcpu.log.filter(line => line.startsWith('interrupt') || line === 'nmi');

  it('are injected at the next entry when the guest can take one', () => {
    const system = running({ script: [INTERRUPTED] });
    system.simulation.simulate(1e6);
    system.cpu.requestInterrupt(0x30);
    system.simulation.simulate(1e6);
    expect(injected(system)).to.deep.equal(['interrupt 48']);
    expect(system.cpu.kvmStats.numInterrupts.value).to.equal(1);
    expect(system.vcpu.interruptWindowRequest).to.equal(false);
  });

  it('go in one by one, the others through a window', () => {
    const system = running({ script: [INTERRUPTED, WINDOW, INTERRUPTED] });
    const { cpu, vcpu, simulation } = system;
    cpu.requestInterrupt(0x30);
    cpu.requestInterrupt(0x50);
    simulation.simulate(500_000);
    expect(injected(system)).to.deep.equal(['interrupt 80']);
    expect(vcpu.interruptWindowRequest).to.equal(true);
    simulation.simulate(1e7);
    expect(injected(system)).to.deep.equal(['interrupt 80', 'interrupt 48']);
    expect(vcpu.interruptWindowRequest).to.equal(false);
  });

  it('wait for a window while KVM says that the guest cannot take any', () => {
    const open = (): VcpuExit => {
      system.vcpu.readyForInterruptInjection = true;
      return WINDOW;
    };
    const system: ScriptedSystem = running({ script: [INTERRUPTED, open, INTERRUPTED] });
    system.vcpu.readyForInterruptInjection = false;
    system.cpu.requestInterrupt(0x30);
    system.simulation.simulate(1_500_000);
    expect(injected(system)).to.deep.equal([]);
    expect(system.vcpu.interruptWindowRequest).to.equal(true);
    system.simulation.simulate(1e7);
    expect(injected(system)).to.deep.equal(['interrupt 48']);
  });

  it('are not injected when the registers say no, whatever KVM says', () => {
    const system = running({ script: [INTERRUPTED] }, BigInt(RFlags.Fixed));
    system.cpu.requestInterrupt(0x30);
    system.simulation.simulate(1e6);
    expect(injected(system)).to.deep.equal([]);
    expect(system.vcpu.interruptWindowRequest).to.equal(true);
  });

  it('include NMIs, which nothing holds off', () => {
    const system = running({ script: [INTERRUPTED] }, BigInt(RFlags.Fixed));
    system.vcpu.readyForInterruptInjection = false;
    system.cpu.requestInterrupt(0, 'nmi');
    system.simulation.simulate(1e6);
    expect(injected(system)).to.deep.equal(['nmi']);
  });

  it('follow what else is given to the vCPU, which might undo them', () => {
    const system = running({ script: [INTERRUPTED] });
    system.cpu.requestInterrupt(0, 'nmi');
    system.simulation.simulate(1e6);
    const { log } = system.vcpu;
    expect(log.indexOf('write events')).to.be.lessThan(log.indexOf('nmi'));
    expect(log.filter(line => line.startsWith('took sync regs'))).to.deep.equal([]);
  });

  it('wake a thread that waits in HLT', () => {
    const system = running();
    system.simulation.simulate(1e6);
    expect(system.cpu.thread.status()).to.equal('Suspended');
    system.cpu.requestInterrupt(0x30);
    expect(system.cpu.thread.status()).to.equal('Active');
    system.simulation.simulate(1e6);
    expect(injected(system)).to.deep.equal(['interrupt 48']);
  });

  it('do not wake one that has disabled them, but an NMI does', () => {
    const { cpu, simulation } = running({}, BigInt(RFlags.Fixed));
    simulation.simulate(1e6);
    cpu.requestInterrupt(0x30);
    expect(cpu.thread.status()).to.equal('Suspended');
    cpu.requestInterrupt(0, 'nmi');
    expect(cpu.thread.status()).to.equal('Active');
  });

  it('are not slept over when they come while the guest is on its way into HLT', () => {
    const system = running({ script: [HLT, INTERRUPTED] });
    const request = new EventFunctionWrapper(() => {
      system.cpu.requestInterrupt(0x30);
    }, 'test');
    // The guest has stopped at tick 0 and is served at tick 1,000,000.
    system.simulation.eventQueue.schedule(request, 500_000);
    system.simulation.simulate(1e7);
    expect(system.cpu.kvmStats.numHalt.value).to.equal(1);
    expect(injected(system)).to.deep.equal(['interrupt 48']);
    expect(system.cpu.thread.status()).to.equal('Active');
  });

  it('ask for their window again after a drain, which has needed it itself', () => {
    let injected = 1;
    const system: ScriptedSystem = running({
      script: [
        (): VcpuExit => {
          system.vcpu.syncRegs[456 + 8] = injected; // interrupt.injected
          injected = 0;
          return INTERRUPTED;
        },
      ],
    });
    system.vcpu.readyForInterruptInjection = false;
    system.cpu.requestInterrupt(0x30);
    system.simulation.simulate(500_000);
    system.simulation.drain();
    expect(system.vcpu.interruptWindowRequest).to.equal(false);
    system.simulation.simulate(1e6);
    expect(system.vcpu.interruptWindowRequest).to.equal(true);
  });

  it('are kept while the simulation drains', () => {
    const system = running({ script: [INTERRUPTED] });
    system.simulation.simulate(1e6);
    system.cpu.requestInterrupt(0x30);
    system.simulation.drain();
    expect(injected(system)).to.deep.equal([]);
    system.simulation.simulate(1e6);
    expect(injected(system)).to.deep.equal(['interrupt 48']);
  });

  it('let INIT reset a processor, which then waits for SIPI', () => {
    const system = running({ script: [INTERRUPTED] });
    const { cpu, simulation, vcpu } = system;
    simulation.simulate(1e6);
    cpu.requestInterrupt(0, 'init');
    simulation.simulate(1e6);
    expect(cpu.thread.status()).to.equal('Suspended');
    expect([cpu.thread.state.rip, cpu.thread.state.mpState]).to.deep.equal([
      0xfff0n,
      MpState.InitReceived,
    ]);
    // Nothing but SIPI wakes it.
    cpu.requestInterrupt(0x30);
    cpu.requestInterrupt(0, 'nmi');
    expect(cpu.thread.status()).to.equal('Suspended');
    vcpu.log.length = 0;
    cpu.requestInterrupt(0x9a, 'startup');
    expect(cpu.thread.status()).to.equal('Active');
    simulation.simulate(500_000);
    expect(cpu.thread.state.segment(CS).selector).to.equal(0x9a00);
    expect(cpu.thread.state.mpState).to.equal(MpState.Runnable);
  });

  it('let KVM complete what it answered the guest before INIT resets the processor', () => {
    const load: VcpuExit = {
      ...{ kind: 'mmio', isWrite: false, address: 0x20_0000, data: new Uint8Array(4) },
    };
    const system = running({ script: [load, INTERRUPTED] });
    const { cpu, simulation, vcpu } = system;
    const request = new EventFunctionWrapper(() => {
      cpu.requestInterrupt(0, 'init');
    }, 'test');
    // The guest has stopped at tick 0 and is served at tick 1,000,000.
    simulation.eventQueue.schedule(request, 500_000);
    simulation.simulate(1e7);
    const entries = vcpu.log.filter(line => line === 'run' || line === 'half run');
    expect(entries.slice(entries.indexOf('run'))).to.deep.equal(['run', 'half run']);
    expect(cpu.thread.status()).to.equal('Suspended');
    expect(cpu.thread.state.rip).to.equal(0xfff0n);
  });

  it('let INIT and SIPI follow each other at once', () => {
    const system = running({ script: [INTERRUPTED] });
    system.cpu.requestInterrupt(0, 'init');
    system.cpu.requestInterrupt(0x12, 'startup');
    system.simulation.simulate(500_000);
    expect(system.cpu.thread.status()).to.equal('Active');
    expect(system.cpu.thread.state.segment(CS).selector).to.equal(0x1200);
  });

  it('ignore SIPI while the processor runs', () => {
    const { cpu, simulation } = running({ script: [INTERRUPTED] });
    cpu.requestInterrupt(0x9a, 'startup');
    simulation.simulate(500_000);
    expect(cpu.thread.state.segment(CS).selector).to.equal(0);
    expect(cpu.thread.status()).to.equal('Active');
  });

  it('are the in-kernel chip’s where there is one', () => {
    const system = aScriptedSystem();
    systems.push(system);
    system.vm.createIRQChip();
    system.simulation.simulate(1000);
    expect(() => {
      system.cpu.requestInterrupt(0x30);
    }).to.throw(FatalError, 'setIRQLine()');
  });
});
