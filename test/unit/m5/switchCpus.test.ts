import { expect } from 'chai';
import {
  CpuidFeature,
  threadStateLayout,
  XFeature,
  xsaveLayout,
} from '../../../src/arch/x86/index';
import { FatalError, resetWarnOnce, setLogSink } from '../../../src/base/index';
import { System } from '../../../src/m5/objects';
import { switchCpus, type CpuPair } from '../../../src/m5/switchCpus';
import type { MemoryMode } from '../../../src/mem/index';
import {
  aCPUSystem,
  TestCPUNode,
  TestProcessNode,
  type CPUSystem,
  type TestCPU,
} from '../cpu/testCPU';
import { aSimulation } from '../../support/simulation';

const xstateBv = threadStateLayout.xsave.offset + xsaveLayout.xstateBv;

/** Two CPUs that run and two that wait for them. */
function quartet(): CPUSystem {
  const [a, b] = [new TestProcessNode(), new TestProcessNode()];
  return aCPUSystem({
    cpus: [
      { cpuId: 0, workload: [a] },
      { cpuId: 1, workload: [b] },
      { cpuId: 0, workload: [a], switchedOut: true },
      { cpuId: 1, workload: [b], switchedOut: true },
    ],
  });
}

/** Switches CPUs by their numbers. @returns what was done to the memory system */
function doSwitch(made: CPUSystem, pairs: readonly (readonly [number, number])[]): string[] {
  const { simulation, nodes } = made;
  const done: string[] = [];
  const parts = {
    simulation,
    drain: () => {
      done.push('drain');
      simulation.drain();
    },
    memWriteback: () => done.push('writeback'),
    memInvalidate: () => done.push('invalidate'),
  };
  const chosen = pairs.map(([old, next]): CpuPair => [nodes.cpus[old]!, nodes.cpus[next]!]);
  switchCpus(parts, nodes.system, chosen);
  return done;
}

describe('m5.switchCpus()', () => {
  it('drains, and moves all threads, and back', () => {
    const made = quartet();
    const { cpus, system } = made;
    made.simulation.simulate(10);
    const states = cpus.slice(0, 2).map(cpu => cpu.getContext(0).state);
    expect(doSwitch(made, [[0, 2], [1, 3]])).to.deep.equal(['drain']); // prettier-ignore
    expect(cpus.map(cpu => cpu.switchedOut())).to.deep.equal([true, true, false, false]);
    expect(cpus.slice(2).map(cpu => cpu.getContext(0).state)).to.deep.equal(states);
    expect(system.getThreadContext(1)).to.equal(cpus[3]!.getContext(0));
    made.simulation.simulate(10);
    doSwitch(made, [[2, 0]]);
    expect(cpus.map(cpu => cpu.switchedOut())).to.deep.equal([false, true, true, false]);
    made.simulation.simulate(10);
  });

  it('changes the memory mode, and empties caches on the way to one without', () => {
    const done = (mode: MemoryMode): string[] => {
      const made = quartet();
      for (const cpu of made.cpus.slice(2)) cpu.mode = mode;
      const calls = doSwitch(made, [[0, 2], [1, 3]]); // prettier-ignore
      expect(made.system.getMemoryMode()).to.equal(mode);
      return calls;
    };
    expect(done('timing')).to.deep.equal(['drain']);
    expect(done('atomic_noncaching')).to.deep.equal(['drain', 'writeback', 'invalidate']);
  });

  it('takes a system and pairs, and says so', () => {
    const { simulation, nodes } = quartet();
    const { system, cpus } = nodes;
    const [cpu, other] = cpus;
    const wrong = [null, [cpu, other], [[cpu]], [[cpu, null]]].map(pairs => [system, pairs]);
    for (const given of [...wrong, [null, [[cpu, other]]]]) {
      expect(() => {
        Reflect.apply(switchCpus, undefined, [{ simulation }, ...given]);
      }).to.throw(FatalError, 'switchCpus() takes a system and a list of pairs of CPUs');
    }
  });

  it('names the CPU that cannot take part, and changes nothing', () => {
    const cases: readonly {
      readonly pairs: readonly (readonly [number, number])[];
      readonly set?: (cpus: readonly TestCPU[]) => void;
      readonly text: string;
    }[] = [
      { pairs: [], text: 'needs a list of pairs' },
      { pairs: [[0, 2], [0, 3]], text: 'twice' }, // prettier-ignore
      { pairs: [[0, 1], [1, 3]], text: 'system.cpu1 is a new CPU and in the list of old CPUs' }, // prettier-ignore
      { pairs: [[0, 1]], text: 'system.cpu1 is a new CPU and already active' },
      { pairs: [[2, 3]], text: 'system.cpu2 is an old CPU and inactive' },
      { pairs: [[0, 3]], text: 'cpuId' },
      {
        pairs: [[0, 2], [1, 3]], // prettier-ignore
        set: cpus => (cpus[3]!.mode = 'timing'),
        text: "system.cpu3 and system.cpu2 require different memory modes ('timing' and 'atomic')",
      },
      {
        pairs: [[0, 2]],
        set: cpus => (cpus[2]!.mode = 'timing'),
        text: "system.cpu1 must be switched too: it requires the memory mode 'atomic'",
      },
      {
        pairs: [[0, 2]],
        set: cpus => (cpus[2]!.canTakeOver = false),
        text: 'system.cpu2 does not support CPU handover',
      },
      {
        pairs: [[0, 2]],
        set: cpus => (cpus[0]!.canTakeOver = false),
        text: 'system.cpu0 does not support CPU handover',
      },
    ];
    for (const { pairs, set, text } of cases) {
      const made = quartet();
      set?.(made.cpus);
      expect(() => doSwitch(made, pairs)).to.throw(FatalError, text);
      expect(made.cpus.map(cpu => cpu.switchedOut())).to.deep.equal([false, false, true, true]);
      expect(made.simulation.drainManager.isDrained()).to.equal(false);
    }
    const { simulation, nodes } = quartet();
    const parts = { simulation, drain() {}, memWriteback() {}, memInvalidate() {} };
    const { system, cpus } = nodes;
    expect(() => switchCpus(parts, system, [[system, cpus[2]!]])).to.throw('not a BaseCPU');
    expect(() => switchCpus(parts, cpus[0]!, [[cpus[0]!, cpus[2]!]])).to.throw('not a System');
    const early = { ...parts, simulation: aSimulation() };
    const orphans: CpuPair = [new TestCPUNode(), new TestCPUNode()];
    expect(() => switchCpus(early, new System(), [orphans])).to.throw(
      FatalError,
      'm5.instantiate()',
    );
    expect(() => switchCpus(parts, system, [orphans])).to.throw(FatalError, 'is not part of');
  });

  it('says before it happens that a program uses registers that the new CPU has no code for', () => {
    const warnings = (prepare: (cpus: readonly TestCPU[]) => void): string[] => {
      const lines: string[] = [];
      resetWarnOnce();
      const sink = setLogSink({ message: (_level, text) => lines.push(text), debug: () => {} });
      try {
        const made = quartet();
        made.cpus[2]!.features = [CpuidFeature.sse2];
        prepare(made.cpus);
        doSwitch(made, [[0, 2]]);
      } finally {
        setLogSink(sink);
      }
      return lines;
    };
    const fpu = (cpus: readonly TestCPU[]) => cpus[0]!.getContext(0).state.fpu;
    expect(warnings(cpus => fpu(cpus).materialize(XFeature.AVX))).to.deep.equal([]);
    const [avx = ''] = warnings(cpus => fpu(cpus).setYmm(3, new Uint8Array(32).fill(1)));
    expect(avx).to.match(/^system\.cpu2 does not execute AVX, .*GLIBC_TUNABLES=.*-AVX2/);
    const setComponents = (cpus: readonly TestCPU[]): void => {
      const { state } = cpus[0]!.getContext(0);
      new DataView(state.buffer).setUint32(state.offset + xstateBv, XFeature.Hi16Zmm, true);
    };
    const [avx512 = ''] = warnings(setComponents);
    expect(avx512).to.match(/^system\.cpu2 does not execute AVX-512, .*-AVX512F/);
    expect(
      warnings(cpus => {
        setComponents(cpus);
        cpus[2]!.features = null;
      }),
    ).to.deep.equal([]);
  });
});
