import { expect } from 'chai';
import { FatalError, PanicError, setLogSink } from '../../../src/base/index';
import { CheckpointSections } from '../../../src/checkpoint/index';
import { serializeSection, unserializeSection } from '../../../src/sim/index';
import { aCPUSystem, TestProcessNode } from './testCPU';
import type { CPUSystemOptions } from './testCPU';

describe('BaseCPU', () => {
  it('gives its threads to the system and to their processes', () => {
    const processes = [new TestProcessNode(), new TestProcessNode(), new TestProcessNode()];
    const [a, b, c] = processes;
    const { system, cpus } = aCPUSystem({
      cpus: [{ workload: [a!] }, { numThreads: 2, workload: [b!, c!] }],
      multiThread: true,
    });
    expect(system.threads.size).to.equal(3);
    const contexts = cpus.flatMap(cpu => cpu.threadContexts);
    expect(contexts.map(({ contextId }) => contextId)).to.deep.equal([0, 1, 2]);
    expect(contexts.map(({ threadId }) => threadId)).to.deep.equal([0, 0, 1]);
    expect(system.getThreadContext(2)).to.equal(contexts[2]);
    for (const [i, process] of processes.entries()) {
      expect(process.simObject().contexts).to.deep.equal([contexts[i]]);
      expect(contexts[i]!.process).to.equal(process.simObject());
    }
    expect(contexts[0]!.userFeatures).to.deep.equal({ fsgsbase: true, xcr0: 7 });
  });

  it('numbers CPUs that have no number, by system, and requestors by port', () => {
    const { cpus, system } = aCPUSystem({ cpus: [{}, { cpuId: 7 }, {}] });
    expect(cpus.map(cpu => cpu.cpuId())).to.deep.equal([0, 7, 2]);
    expect(system.getRequestorName(cpus[0]!.instRequestorId)).to.equal('cpu0.inst');
    expect(system.getRequestorName(cpus[0]!.dataRequestorId)).to.equal('cpu0.data');
    expect(aCPUSystem({ cpus: [{}] }).cpus[0]!.cpuId()).to.equal(0);
  });

  it('refuses what does not fit, and says what to change', () => {
    const cases: readonly (readonly [CPUSystemOptions, string])[] = [
      [{ cpus: [{}], memMode: 'timing' }, 'memMode'],
      [{ cpus: [{}], withoutDataPorts: true }, 'system.cpu.dcachePort = '],
      [{ cpus: [{ numThreads: 2 }] }, 'multiThread'],
      [{ cpus: [{ workload: [new TestProcessNode(), new TestProcessNode()] }] }, 'workload'],
    ];
    for (const [options, text] of cases) {
      expect(() => aCPUSystem(options)).to.throw(FatalError, text);
    }
  });

  it('leaves a CPU that is switched out alone, whatever the memory mode', () => {
    const { system, cpus } = aCPUSystem({ cpus: [{ switchedOut: true }], memMode: 'timing' });
    expect(system.threads.size).to.equal(0);
    expect(cpus[0]!.switchedOut()).to.equal(true);
  });

  it('has statistics under their usual names', () => {
    const { cpus } = aCPUSystem({ cpus: [{}] });
    const [cpu] = cpus;
    cpu!.baseStats.numCycles.value = 100;
    cpu!.commitStats[0]!.numInsts.value = 40;
    expect(cpu!.baseStats.cpi.total()).to.equal(2.5);
    expect(cpu!.baseStats.ipc.total()).to.equal(0.4);
    expect(cpu!.commitStats[0]!.cpi.path()).to.equal('system.cpu.commitStats0.cpi');
    expect(cpu!.commitStats[0]!.ipc.total()).to.equal(0.4);
  });

  it('stops the run when an instruction count is reached, with gem5’s causes', () => {
    const { simulation, cpus } = aCPUSystem({
      cpus: [{ maxInstsAnyThread: 100, simpointStartInsts: [30, 60] }],
    });
    const { instEvents } = cpus[0]!.getContext(0);
    const causes = [29, 30, 60, 100].map(insts => {
      instEvents.serviceEvents(insts);
      return simulation.simulate(1).cause;
    });
    expect(causes).to.deep.equal([
      ...['simulate() limit reached', 'simpoint starting point found'],
      ...['simpoint starting point found', 'a thread reached the max instruction count'],
    ]);
    expect(cpus[0]!.getCurrentInstCount(0)).to.equal(100);
    cpus[0]!.scheduleInstStop(0, 5, 'five more');
    instEvents.serviceEvents(105);
    expect(simulation.simulate(1).cause).to.equal('five more');
  });

  it('stops only when the last thread has reached its count', () => {
    const { simulation, cpus } = aCPUSystem({
      cpus: [{ numThreads: 2, maxInstsAllThreads: 10 }],
      multiThread: true,
    });
    const [first, second] = cpus[0]!.threadContexts;
    first!.instEvents.serviceEvents(50);
    expect(simulation.simulate(1).cause).to.equal('simulate() limit reached');
    second!.instEvents.serviceEvents(10);
    expect(simulation.simulate(1).cause).to.equal('all threads reached the max instruction count');
  });

  it('reports progress at its interval, and not while it is switched out', () => {
    const lines: string[] = [];
    const before = setLogSink({
      message: (_level, text) => lines.push(text),
      debug: () => undefined,
    });
    try {
      const { simulation, cpus } = aCPUSystem({ cpus: [{ progressInterval: '10ns' }] });
      simulation.simulate(5000);
      cpus[0]!.commitStats[0]!.numInsts.value = 5;
      simulation.simulate(20_000);
      expect(lines).to.deep.equal([
        ...[
          'system.cpu progress event, total committed:5, progress insts committed: 5, IPC: 0.50000000',
          'system.cpu progress event, total committed:5, progress insts committed: 0, IPC: 0.00000000',
        ],
      ]);
    } finally {
      setLogSink(before);
    }
  });

  describe('taking over', () => {
    const pair = (): ReturnType<typeof aCPUSystem> => {
      const process = new TestProcessNode();
      return aCPUSystem({
        cpus: [
          { cpuId: 0, workload: [process] },
          { cpuId: 0, workload: [process], switchedOut: true },
        ],
      });
    };

    it('moves context id, status, registers and ports to the new CPU, and back', () => {
      const { system, cpus } = pair();
      const [old, next] = cpus;
      const oldContext = old!.getContext(0);
      const nextContext = next!.getContext(0);
      oldContext.activate();
      const { state } = oldContext;
      state.rip = 0x1234n;
      const peers = [old!.getInstPort().peer, old!.getDataPort().peer];

      old!.switchOut();
      next!.takeOverFrom(old!);
      expect([old!.switchedOut(), next!.switchedOut()]).to.deep.equal([true, false]);
      expect(old!.calls).to.include('flush');
      expect(nextContext.state).to.equal(state);
      expect(oldContext.state).to.not.equal(state);
      expect([nextContext.contextId, nextContext.status()]).to.deep.equal([0, 'Active']);
      expect(oldContext.status()).to.equal('Halted');
      expect(system.getThreadContext(0)).to.equal(nextContext);
      expect([next!.getInstPort().peer, next!.getDataPort().peer]).to.deep.equal(peers);
      expect(old!.getInstPort().isConnected).to.equal(false);
      expect(nextContext.process).to.have.property('contexts').that.deep.equals([nextContext]);

      next!.switchOut();
      old!.takeOverFrom(next!);
      expect(oldContext.state.rip).to.equal(0x1234n);
      expect(system.getThreadContext(0)).to.equal(oldContext);
    });

    it('fetches registers from the old CPU and unties them from its vCPU', () => {
      const { cpus } = pair();
      const [old, next] = cpus;
      const { state } = old!.getContext(0);
      state.dirty = 0;
      state.source = { pull: () => undefined };
      old!.switchOut();
      next!.takeOverFrom(old!);
      expect(old!.calls).to.include('sync 0');
      expect(state.source).to.equal(null);
      expect(state.dirty).to.not.equal(0);
    });

    it('is refused between CPUs that are not each other’s replacement', () => {
      const { cpus } = aCPUSystem({
        cpus: [{ cpuId: 0 }, { cpuId: 1, switchedOut: true }],
      });
      const [old, next] = cpus;
      expect(() => {
        next!.takeOverFrom(old!);
      }).to.throw(PanicError);
      old!.switchOut();
      expect(() => {
        next!.takeOverFrom(old!);
      }).to.throw(FatalError, 'cpuId');
      expect(() => {
        old!.switchOut();
      }).to.throw(PanicError);
    });

    it('is refused between threads of different processes', () => {
      const { cpus } = aCPUSystem({
        cpus: [
          { cpuId: 0, workload: [new TestProcessNode()] },
          { cpuId: 0, workload: [new TestProcessNode()], switchedOut: true },
        ],
      });
      cpus[0]!.switchOut();
      expect(() => {
        cpus[1]!.takeOverFrom(cpus[0]!);
      }).to.throw(FatalError, 'workload');
    });
  });

  it('saves and restores its threads, and nothing while it is switched out', () => {
    const { cpus } = aCPUSystem({ cpus: [{}, { switchedOut: true }] });
    const [cpu, out] = cpus;
    const context = cpu!.getContext(0);
    context.activate();
    context.suspend();
    context.state.rip = 0x4321n;
    const checkpoint = new CheckpointSections('');
    for (const each of cpus) serializeSection(checkpoint, each.name(), each);
    expect(checkpoint.sectionNames()).to.deep.equal([
      ...['system.cpu0', 'system.cpu0.xc.0', 'system.cpu1'],
    ]);
    expect(checkpoint.section('system.cpu0.xc.0')?.get('_status')).to.equal(1);

    const again = aCPUSystem({ cpus: [{}, { switchedOut: true }] });
    for (const each of again.cpus) unserializeSection(checkpoint, each.name(), each);
    const restored = again.cpus[0]!.getContext(0);
    expect([restored.status(), restored.state.rip]).to.deep.equal(['Suspended', 0x4321n]);
    expect(out!.calls).to.deep.equal([]);
  });
});
