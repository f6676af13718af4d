import { expect } from 'chai';
import { FatalError, PanicError, resetWarnOnce } from '../../../src/base/index';
import { Request, RequestorIDs, SystemThreads, WorkItems } from '../../../src/mem/index';
import type { KvmVMHandle, SystemThreadContext, ThreadStatus } from '../../../src/mem/index';
import { CheckpointError, CheckpointSections } from '../../../src/checkpoint/index';
import { EventFunctionWrapper, serializeSection, unserializeSection } from '../../../src/sim/index';
import type { MemoryImage } from '../../../src/sim/index';
import {
  aClock,
  instantiated,
  messagesOf,
  SimpleMemory,
  System,
  SystemXBar,
  TestRequestor,
  traceOf,
} from '../../support/memory';

type SystemArgs = NonNullable<ConstructorParameters<typeof System>[0]>;

type Memories = readonly InstanceType<typeof SimpleMemory>[];

function aSystem(
  args: SystemArgs = {},
  mem: Memories = [],
): ReturnType<InstanceType<typeof System>['simObject']> {
  const bare = { clkDomain: aClock(), ...args };
  const system = mem.length === 0 ? new System(bare) : new System({ ...bare, mem });
  instantiated(system);
  return system.simObject();
}

/** A stand-in for a thread context. */
class TestContext implements SystemThreadContext {
  contextId = -1;
  readonly sectionName = 'system.cpu.xc.0';
  state: ThreadStatus = 'Active';
  readonly journal: string[] = [];

  setContextId(id: number): void {
    this.contextId = id;
  }

  status(): ThreadStatus {
    return this.state;
  }

  activate(): void {
    this.state = 'Active';
    this.journal.push('activate');
  }

  suspend(): void {
    this.state = 'Suspended';
    this.journal.push('suspend');
  }
}

describe('System', () => {
  it('has the defaults of gem5', () => {
    const system = aSystem();
    expect(system.getMemoryMode()).to.equal('atomic');
    expect(system.cacheLineSize()).to.equal(64);
    expect(system.m5opRange.valid).to.equal(false);
    expect(system.multiThread).to.equal(false);
    expect(system.memories).to.deep.equal([]);
    expect(system.memSize()).to.equal(0);
  });

  it('counts the past-caches mode as atomic', () => {
    const modes = (['atomic', 'timing', 'atomic_noncaching'] as const).map(memMode => {
      const system = aSystem({ memMode });
      return [system.isAtomicMode(), system.isTimingMode(), system.bypassCaches()];
    });
    expect(modes).to.deep.equal([
      [true, false, false],
      [false, true, false],
      [true, false, true],
    ]);
  });

  it('changes its mode only while drained', () => {
    const system = aSystem();
    expect(() => system.setMemoryMode('timing')).to.throw(PanicError, 'drained');
    expect(system.simulation.drainManager.tryDrain()).to.equal(true);
    system.setMemoryMode('timing');
    expect(system.isTimingMode()).to.equal(true);
  });

  it('finds all memories below it', () => {
    const system = aSystem({}, [new SimpleMemory({ range: '1MiB' })]);
    expect(system.memories.map(memory => memory.name())).to.deep.equal(['system.mem']);
    expect(system.memSize()).to.equal(2 ** 20);
    expect([system.isMemAddr(0), system.isMemAddr(2 ** 20)]).to.deep.equal([true, false]);
    expect(system.getPhysMem()).to.equal(system.physicalMemory);
    expect(system.memories[0]!.system).to.equal(system);
  });

  it('keeps 64 KiB for memory-mapped m5ops where it is told to', () => {
    const { m5opRange } = aSystem({ m5opsBase: 0xffff0000 });
    expect([m5opRange.start, m5opRange.size]).to.deep.equal([0xffff0000, 0x10000]);
  });

  it('warns about an unusual cache line size', () => {
    resetWarnOnce();
    const messages = messagesOf(() => aSystem({ cacheLineSize: 48 }));
    expect(messages).to.include('warn: Cache line size is neither 16, 32, 64 nor 128 bytes.');
  });

  it('knows the virtual machine that runs it', () => {
    const system = aSystem();
    expect(system.getKvmVM()).to.equal(null);
    const vm: KvmVMHandle & { system?: unknown } = {
      setSystem(of) {
        this.system = of;
      },
    };
    system.setKvmVM(vm);
    expect(system.getKvmVM()).to.equal(vm);
    expect(vm.system).to.equal(system);
  });

  it('has no port of another name', () => {
    expect(() => aSystem().getPort('nonsense', 0)).to.throw(FatalError, 'any port named nonsense');
  });

  it('insists on a complete interconnect once there is one', () => {
    const build = (memory: boolean, port: boolean) => (): void => {
      const system = new System({
        clkDomain: aClock(),
        cpu: new TestRequestor(),
        mem: new SimpleMemory(),
        other: new SimpleMemory({ range: '1073741824:2147483648' }),
        membus: new SystemXBar(),
      });
      system.cpu.port = system.membus.cpuSidePorts;
      system.mem.port = system.membus.memSidePorts;
      if (memory) system.other.port = system.membus.memSidePorts;
      if (port) system.systemPort = system.membus.cpuSidePorts;
      instantiated(system);
    };
    expect(build(false, true)).to.throw(FatalError, 'system.other.port is not connected');
    expect(build(true, false)).to.throw(FatalError, 'system.system_port is not connected');
    messagesOf(() => expect(build(true, true)).to.not.throw());
  });
});

describe('Requestors', () => {
  it('have fixed ids for those that every system has', () => {
    const system = aSystem();
    const names = [RequestorIDs.writebacks, RequestorIDs.functional, RequestorIDs.interrupt].map(
      id => system.getRequestorName(id),
    );
    expect(names).to.deep.equal(['writebacks', 'functional', 'interrupt']);
    expect(new Request(0, 1, 0, RequestorIDs.functional).requestorId).to.equal(1);
  });

  it('have names relative to the system, and the same id each time they ask', () => {
    const system = aSystem();
    const id = system.requestors.lookup('system.functional');
    expect(id).to.equal(1);
    expect(system.requestors.lookup('functional')).to.equal(1);
    expect(system.requestors.lookup('nobody')).to.equal(RequestorIDs.invalid);
    expect(system.getRequestorId(system, 'functional')).to.equal(1);
    expect(() => system.requestors.lookupObject(system)).to.throw(FatalError, 'several');
    expect(() => system.getRequestorName(99)).to.throw(FatalError, 'no requestor');
  });

  it('must ask before statistics are sized', () => {
    const system = aSystem({}, [new SimpleMemory()]);
    expect(system.maxRequestors()).to.equal(3);
    expect(() => system.getRequestorId(system, 'late')).to.throw(FatalError, 'in init()');
    expect(() => system.getGlobalRequestorId('later')).to.throw(FatalError, 'in init()');
  });
});

describe('Thread contexts', () => {
  it('get ids from 0 on, and can be replaced', () => {
    const system = aSystem();
    const [a, b, c] = [new TestContext(), new TestContext(), new TestContext()];
    expect([system.registerThreadContext(a), system.registerThreadContext(b)]).to.deep.equal([
      0, 1,
    ]);
    expect(b.contextId).to.equal(1);
    system.replaceThreadContext(c, 1);
    expect(system.getThreadContext(1)).to.equal(c);
    expect(c.contextId).to.equal(1);
    expect(system.threads.contexts()).to.deep.equal([a, c]);
    expect(system.threads.size).to.equal(2);
    expect(() => system.getThreadContext(2)).to.throw(PanicError, 'no thread context 2');
  });

  it('are counted while they run, and found when they have ended', () => {
    const { threads } = aSystem();
    const contexts = (['Active', 'Suspended', 'Halting', 'Halted'] as const).map(state => {
      const context = new TestContext();
      context.state = state;
      threads.insert(context);
      return context;
    });
    expect(threads.numRunning()).to.equal(2);
    expect(threads.findFree()).to.equal(contexts[3]);
    contexts[3]!.state = 'Active';
    expect(threads.findFree()).to.equal(null);
  });

  it('wait until a tick', () => {
    const system = aSystem();
    const context = new TestContext();
    system.registerThreadContext(context);
    system.threads.quiesceTick(0, 500);
    expect(context.state).to.equal('Suspended');
    system.simulation.simulate(499);
    expect(context.state).to.equal('Suspended');
    system.simulation.simulate(2);
    expect(context.state).to.equal('Active');
    system.threads.quiesce(0);
    system.simulation.simulate(10000);
    expect(context.journal).to.deep.equal(['suspend', 'activate', 'suspend']);
  });

  it('go on waiting when another context takes their place', () => {
    const system = aSystem();
    const [old, next] = [new TestContext(), new TestContext()];
    system.registerThreadContext(old);
    system.threads.quiesceTick(0, 500);
    expect(system.threads).to.be.instanceOf(SystemThreads);
    expect(system.threads.replace(next, 0)).to.equal(old);
    system.simulation.simulate(1000);
    expect([old.journal, next.journal]).to.deep.equal([['suspend'], ['activate']]);
  });
});

/** Sections without what belongs to memory. */
class SectionsOnly extends CheckpointSections {
  override memoryImage(name: string): MemoryImage {
    return { size: this.imageSources.get(name)?.size ?? 0, pages: [], checkpoint: 0n };
  }
}

describe('A checkpoint of a system', () => {
  it('has the locks of memory and the ends of pauses', () => {
    const build = (): ReturnType<typeof aSystem> =>
      aSystem({}, [new SimpleMemory({ range: '1MiB' }), new SimpleMemory({ range: high })]);
    const high = '1048576:2097152';
    const saved = build();
    const contexts = [new TestContext(), new TestContext()];
    for (const context of contexts) saved.registerThreadContext(context);
    saved.threads.quiesceTick(1, 700);
    saved.memories[0]!.lockedAddrList.add({ addr: 0x40, contextId: 0 });
    saved.memories[1]!.lockedAddrList.add({ addr: 0x100040, contextId: 1 });
    const checkpoint = new SectionsOnly('.');
    serializeSection(checkpoint, 'system', saved);
    expect([...checkpoint.section('system')!]).to.deep.equal([
      ['threadSections', ['system.cpu.xc.0', 'system.cpu.xc.0']],
      ['quiesceEndTick_0', 0],
      ['quiesceEndTick_1', 700],
      ['workItems', []],
      ['workItemStarts', []],
      ['workItemsBegun', 0],
      ['workItemsEnded', 0],
      ['workItemCpus', []],
    ]);

    const restored = build();
    const waiting = [new TestContext(), new TestContext()];
    for (const context of waiting) restored.registerThreadContext(context);
    unserializeSection(checkpoint, 'system', restored);
    expect(restored.memories.map(memory => memory.lockedAddrList.locks)).to.deep.equal([
      [{ addr: 0x40, contextId: 0 }],
      [{ addr: 0x100040, contextId: 1 }],
    ]);
    restored.simulation.simulate(1000);
    expect(waiting.map(context => context.journal)).to.deep.equal([[], ['activate']]);
    expect(() => unserializeSection(checkpoint, 'system', aSystem())).to.throw(
      CheckpointError,
      "section 'system.physmem': it is of a system with 2 backing stores; this system has 0",
    );
  });
});

describe('Work items', () => {
  it('are timed from begin to end', () => {
    const system = aSystem();
    const { workItems, simulation } = system;
    const at = (when: number, body: () => void): void =>
      system.schedule(new EventFunctionWrapper(body, 'test'), when);
    at(100, () => workItems.begin(0, 2));
    at(150, () => workItems.end(0, 3));
    at(600, () => workItems.end(0, 2));
    const lines = traceOf(() => {
      WorkItems.enable();
      simulation.simulate(1000);
      WorkItems.disable();
    });
    expect(lines).to.deep.equal([
      '    100: system: Work item begin: 0 2',
      '    600: system: Work item end: 0 2 500',
    ]);
    const times = system.stats.resolveStat('work_item_type2') as unknown as {
      data(): { samples: number };
    };
    expect(times.data().samples).to.equal(1);
  });

  it('have kinds below the number that the system is told', () => {
    const { workItems } = aSystem({ numWorkIds: 2 });
    workItems.begin(0, 2);
    expect(() => workItems.end(0, 2)).to.throw(FatalError, 'not below numWorkIds (2)');
  });
});
