import { expect } from 'chai';
import { FatalError, setLogSink } from '../../src/base/index';
import { GuestCounters } from '../../src/kvm/guestCounters';
import { KickSignal } from '../../src/kvm/kickSignal';
import { aBareKvmCpu } from '../support/bareKvmCpu';
import { describeWithKvm } from '../support/kvm';
import { aKvmMachine, type KvmMachine, type KvmMachineOptions } from '../support/kvmMachine';
import { runUntil } from '../support/runUntil';

const MILLISECOND = 1e9;
const ENDLESS = [0xeb, 0xfe];

/** What opening the processor's own counters ends with here: the counters, or why there are none. */
function hardwareCounters(): GuestCounters | FatalError {
  try {
    return new GuestCounters('system.cpu', new KickSignal());
  } catch (error) {
    if (error instanceof FatalError) return error;
    throw error;
  }
}

describeWithKvm('Performance counters of a KVM CPU', () => {
  const made: KvmMachine[] = [];
  const machine = (options: Partial<KvmMachineOptions>): KvmMachine => {
    const built = aKvmMachine({ code: ENDLESS, ...options });
    made.push(built);
    return built;
  };
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    for (const { simulation } of made.splice(0)) simulation.dispose();
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  it('count what the guest executes', () => {
    const { simulation, cpus } = machine({ cpu: { usePerf: true } });
    const [cpu] = cpus;
    // They count nanoseconds: a run of no time would count none.
    runUntil(simulation, () => cpu!.totalInsts() > 1e6);
    expect(cpu!.totalInsts()).to.be.lessThan(15e9);
    expect(cpu!.commitStats[0]!.numInsts.value).to.equal(cpu!.totalInsts());
    expect(cpu!.totalOps()).to.equal(cpu!.totalInsts());
  });

  it('end the run when so many instructions are executed', () => {
    const { simulation, cpus } = machine({ cpu: { usePerf: true, maxInstsAnyThread: 5_000_000 } });
    const exit = simulation.simulate(10_000 * MILLISECOND);
    expect(exit.cause).to.equal('a thread reached the max instruction count');
    expect(cpus[0]!.totalInsts()).to.be.greaterThan(4_999_999);
    // They stop again at a count that is scheduled later.
    const first = cpus[0]!.totalInsts();
    cpus[0]!.scheduleInstStop(0, 3_000_000, 'three more');
    expect(simulation.simulate(10_000 * MILLISECOND).cause).to.equal('three more');
    expect(cpus[0]!.totalInsts() - first).to.be.greaterThan(2_999_999);
  });

  it('bound runs by cycles with usePerfOverflow', () => {
    const cpu = { usePerf: true, usePerfOverflow: true, hostFreq: '1GHz' };
    const { simulation, cpus } = machine({ cpu });
    runUntil(simulation, () => cpus[0]!.totalInsts() > 1e6);
    expect(cpus[0]!.kvmStats.numExitSignal.value).to.be.greaterThan(0);
  });

  it('are the processor’s own, or a clear error where it has none', () => {
    const counters = hardwareCounters();
    if (counters instanceof FatalError) {
      expect(counters.message).to.match(/performance counters.*usePerf = false/);
      const { simulation, cpu } = aBareKvmCpu({ code: ENDLESS, usePerf: true });
      expect(() => simulation.simulate(MILLISECOND)).to.throw(FatalError, `${cpu.name()}: `);
      simulation.dispose();
      return;
    }
    counters.dispose();
    const { simulation, cpu } = aBareKvmCpu({ code: ENDLESS, usePerf: true });
    runUntil(simulation, () => cpu.totalInsts() > 1e6);
    simulation.dispose();
  });

  it('do not exist without usePerf, and nothing is counted', () => {
    const { simulation, cpus } = machine({});
    simulation.simulate(MILLISECOND);
    expect(cpus[0]!.totalInsts()).to.equal(0);
  });
});
