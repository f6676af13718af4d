/** Traps as a CPU hands them over, on a whole system but for the CPU itself. */
import { expect } from 'chai';
import { constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointSections, openCheckpoint, writeCheckpoint } from '../../../src/checkpoint/index';
import {
  R10,
  R11,
  R8,
  R9,
  RAX,
  RCX,
  RDI,
  RDX,
  RIP,
  RSI,
  RSP,
  supervisorAddress,
  X86ThreadState,
} from '../../../src/arch/x86/index';
import { FatalError, InvalidContextID, type ContextID } from '../../../src/base/index';
import {
  SimpleMemory as SimpleMemoryModel,
  simpleMemorySchema,
  System as SystemModel,
  systemSchema,
  type ThreadStatus,
} from '../../../src/mem/index';
import {
  Process as ProcessModel,
  processSchema,
  X86EmuLinux as X86EmuLinuxModel,
  x86EmuLinuxSchema,
  type ProcessThreadContext,
} from '../../../src/se/index';
import { syscallNumber } from '../../../src/se/syscallNames';
import {
  defineSchema,
  nodeClass,
  param,
  Parent,
  SimObject,
  simObjectSchema,
  unserializeSection,
  type CheckpointIn,
  type ExitEvent,
  type ParamsOf,
  type Simulation,
} from '../../../src/sim/index';
import { anElf, CODE } from '../../support/elf';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

/** A thread context that remembers what became of it. */
class TestContext implements ProcessThreadContext {
  contextId: ContextID = InvalidContextID;
  readonly sectionName = 'system.cpu.xc.0';
  readonly state = new X86ThreadState();
  /** What it has stopped for is still to be served. */
  stopped = false;
  #status: ThreadStatus = 'Halted';

  registers(): X86ThreadState {
    return this.state;
  }

  betweenInstructions(): boolean {
    return !this.stopped;
  }

  setContextId(id: ContextID): void {
    this.contextId = id;
  }

  status(): ThreadStatus {
    return this.#status;
  }

  activate(): void {
    this.#status = 'Active';
  }

  suspend(): void {
    this.#status = 'Suspended';
  }

  halt(): void {
    this.#status = 'Halted';
  }
}

const testCpuSchema = defineSchema('TestCpu', simObjectSchema, {
  description: 'Has threads and executes nothing',
  params: {
    process: param.SimObjectOrNull<ProcessModel>('Process', Parent.any, 'the program'),
    threads: param.Int(1, 'number of threads'),
    system: param.SimObject<SystemModel>('System', Parent.any, 'the system'),
  },
});

class TestCpuModel extends SimObject {
  static override readonly schema = testCpuSchema;
  declare readonly params: ParamsOf<typeof testCpuSchema>;
  readonly contexts: TestContext[] = [];

  override init(): void {
    for (let i = 0; i < this.params.threads; i++) {
      const context = new TestContext();
      this.params.system.registerThreadContext(context);
      this.params.process?.assignThreadContext(context);
      this.contexts.push(context);
    }
  }
}

const System = nodeClass(SystemModel, systemSchema);
const SimpleMemory = nodeClass(SimpleMemoryModel, simpleMemorySchema);
const Process = nodeClass(ProcessModel, processSchema);
const X86EmuLinux = nodeClass(X86EmuLinuxModel, x86EmuLinuxSchema);
const TestCpu = nodeClass(TestCpuModel, testCpuSchema);

interface Running {
  readonly simulation: Simulation;
  readonly context: TestContext;
  readonly process: ProcessModel;
  readonly workload: X86EmuLinuxModel;
}

interface Options {
  readonly memory?: string;
  readonly cmd?: readonly string[];
  readonly threads?: number;
  readonly emulating?: boolean;
  readonly checkpoint?: CheckpointIn;
}

describe('Process and X86EmuLinux', () => {
  let folder = '';
  let program = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-process-'));
    program = join(folder, 'program');
    writeFileSync(program, anElf());
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** A system that is about to run a program. */
  function start({
    memory = '4MiB',
    cmd,
    threads = 1,
    emulating = true,
    checkpoint,
  }: Options = {}): Running {
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      memory: new SimpleMemory({ range: memory }),
      ...(emulating && { workload: new X86EmuLinux() }),
      cpu: new TestCpu({ threads }),
      process: new Process({
        ...{ cmd: cmd ?? [program, 'argument'], env: ['NAME=value'], cwd: folder },
        ...{ input: '', output: '', errout: '', writablePaths: [folder] },
      }),
    });
    const simulation = aSimulation();
    try {
      simulation.instantiate(new Root({ system, fullSystem: false }), checkpoint);
    } catch (error) {
      simulation.dispose();
      throw error;
    }
    const { workload } = system.simObject();
    const context = system.cpu.simObject().contexts[0];
    if (context === undefined || !(workload instanceof X86EmuLinuxModel)) throw new Error('no CPU');
    return { simulation, context, process: system.process.simObject(), workload };
  }

  /** Lets the program execute `syscall` at its entry point. */
  function syscall({ context, workload }: Running, name: string, ...args: number[]): void {
    const { state } = context;
    state.setGprNumber(RAX, syscallNumber(name) ?? -1);
    [RDI, RSI, RDX, R10].forEach((register, i) => {
      state.setGprNumber(register, args[i] ?? 0);
    });
    state.setGprNumber(RCX, CODE + 2);
    state.setGprNumber(R11, 0x202);
    state.setGprNumber(RIP, supervisorAddress.syscallStub + 2);
    workload.event(context);
  }

  const finish = ({ simulation }: Running): ExitEvent => {
    const exit = simulation.simulate();
    simulation.dispose();
    return exit;
  };

  it('make a thread ready to run a program', () => {
    const running = start();
    const { state } = running.context;
    expect(state.gprNumber(RIP)).to.equal(CODE);
    const { memory } = running.process.state;
    const stack = state.gprNumber(RSP);
    expect(memory.readInt64(stack)).to.equal(2);
    expect(memory.readCString(memory.readInt64(stack + 16))).to.equal('argument');
    expect(memory.readCString(memory.readInt64(stack + 32))).to.equal('NAME=value');
    expect(running.context.status()).to.equal('Active');
    running.simulation.dispose();
  });

  it('answer a system call and go on behind it', () => {
    const running = start();
    syscall(running, 'getpid');
    const { state } = running.context;
    expect(state.gprNumber(RAX)).to.equal(100);
    expect(state.gprNumber(RIP)).to.equal(CODE + 2);
    expect(running.process.numSyscalls.value).to.equal(1);
    syscall(running, 'fcntl', 99, 0);
    expect(state.gprNumber(RAX)).to.equal(-9);
    running.simulation.dispose();
  });

  it('read a checkpoint from before there were large pages', () => {
    const running = start();
    const checkpoint = new CheckpointSections('.');
    checkpoint.beginSection('workload', { version: 1, upgraders: [] });
    const allocator = running.workload.pageAllocator;
    const { next } = allocator.saveState();
    checkpoint.sectionPath.push('workload');
    checkpoint.paramOut('nextPages', [...next]);
    checkpoint.paramOut('freedPages', Uint8Array.of(7, 0, 0, 0));
    checkpoint.sectionPath.pop();
    unserializeSection(checkpoint, 'workload', running.workload);
    const expected = { next, freed: [0x7000], freedLarge: [], setAside: 0 };
    expect(allocator.saveState()).to.deep.equal(expected);
    running.simulation.dispose();
  });

  it('end the simulation with the last program, and its status', () => {
    const running = start();
    syscall(running, 'exit_group', 0x103);
    expect(running.context.status()).to.equal('Halted');
    const { cause, code } = finish(running);
    expect([cause, code]).to.deep.equal(['exiting with last active thread context', 3]);
  });

  it('end it with 128 and the signal when a signal kills the program', () => {
    const running = start();
    const ABORT = 6;
    syscall(running, 'kill', 100, ABORT);
    const { cause, code } = finish(running);
    expect([cause, code]).to.deep.equal([
      'program killed by SIGABRT, which it sent to itself',
      134,
    ]);
  });

  it('let a sleeping thread wait in simulated time', () => {
    const running = start();
    const { memory } = running.process.state;
    const time = running.context.state.gprNumber(RSP) - 64;
    memory.writeInt64(time, 2);
    memory.writeInt64(time + 8, 0);
    syscall(running, 'nanosleep', time, 0);
    expect(running.context.status()).to.equal('Suspended');
    expect(running.context.state.gprNumber(RAX)).to.equal(0);
    running.simulation.simulate(3e12);
    expect(running.context.status()).to.equal('Active');
    running.simulation.dispose();
  });

  describe('a timer of the program', () => {
    const HANDLER = 0x40_1080;
    const ALARM = 14;
    const RESTARTABLE = 0x1000_0000;

    /** A program that has set a timer of so many milliseconds, and a handler for it. */
    function timed(milliseconds: number, flags = 0): Running & { readonly scratch: number } {
      const running = start();
      const { memory } = running.process.state;
      const scratch = running.context.state.gprNumber(RSP) - 8192;
      memory.clear(scratch, 256);
      memory.writeInt64(scratch, HANDLER);
      memory.writeInt64(scratch + 8, flags);
      syscall(running, 'rt_sigaction', ALARM, scratch, 0, 8);
      memory.clear(scratch, 32);
      memory.writeInt64(scratch + 24, milliseconds * 1000);
      syscall(running, 'setitimer', 0, scratch);
      return { ...running, scratch };
    }

    it('interrupts it where it is', () => {
      const running = timed(2);
      running.context.state.setGprNumber(RIP, CODE + 7);
      running.simulation.simulate(1e9);
      expect(running.context.state.gprNumber(RIP)).to.equal(CODE + 7);
      running.simulation.simulate(2e9);
      expect(running.context.state.gprNumber(RIP)).to.equal(HANDLER);
      expect(running.context.state.gprNumber(RDI)).to.equal(ALARM);
      running.simulation.dispose();
    });

    it('waits until it is outside the supervisor, and then until its trap', () => {
      const running = timed(2);
      const { state } = running.context;
      state.setGprNumber(RIP, supervisorAddress.syscallStub);
      running.simulation.simulate(3e9);
      expect(state.gprNumber(RIP)).to.equal(supervisorAddress.syscallStub);
      syscall(running, 'getpid');
      expect(state.gprNumber(RIP)).to.equal(HANDLER);
      running.simulation.dispose();
    });

    it('waits until what the program has stopped for is served', () => {
      const running = timed(2);
      const { context } = running;
      context.state.setGprNumber(RIP, CODE + 7);
      context.state.setGprNumber(RDI, 77);
      context.stopped = true;
      running.simulation.simulate(3e9);
      expect(context.state.gprNumber(RIP)).to.equal(CODE + 7);
      expect(context.state.gprNumber(RDI)).to.equal(77);
      context.stopped = false;
      running.simulation.simulate(1000);
      expect(context.state.gprNumber(RIP)).to.equal(HANDLER);
      expect(context.state.gprNumber(RDI)).to.equal(ALARM);
      running.simulation.dispose();
    });

    it('ends a sleep early, with EINTR and the time that was left', () => {
      const running = timed(500);
      const { memory } = running.process.state;
      memory.writeInt64(running.scratch, 2);
      memory.writeInt64(running.scratch + 8, 0);
      syscall(running, 'nanosleep', running.scratch, running.scratch + 16);
      expect(running.context.status()).to.equal('Suspended');
      running.simulation.simulate(1e12);
      expect(running.context.status()).to.equal('Active');
      expect(running.context.state.gprNumber(RIP)).to.equal(HANDLER);
      expect(running.context.state.gprNumber(RAX)).to.equal(0);
      const context = running.context.state.gprNumber(RDX);
      expect(memory.readInt64(context + 40 + 13 * 8), 'RAX after the handler').to.equal(-4);
      expect(memory.readInt64(running.scratch + 16)).to.equal(1);
      expect(memory.readInt64(running.scratch + 24)).to.equal(500_000_000);
      // The end of the sleep, which is still to come, wakes nobody.
      syscall(running, 'pause');
      running.simulation.simulate(3e12);
      expect(running.context.status()).to.equal('Suspended');
      running.simulation.dispose();
    });

    for (const [flags, again] of [[0, false] as const, [RESTARTABLE, true] as const]) {
      it(`lets a call that waits ${again ? 'begin anew' : 'fail'}, as its handler asks`, () => {
        const running = timed(500, flags);
        const { memory } = running.process.state;
        syscall(running, 'pipe', running.scratch);
        syscall(running, 'read', memory.readInt32(running.scratch), running.scratch, 1);
        expect(running.context.status()).to.equal('Suspended');
        running.simulation.simulate(1e12);
        expect(running.context.status()).to.equal('Active');
        expect(running.context.state.gprNumber(RIP)).to.equal(HANDLER);
        const context = running.context.state.gprNumber(RDX);
        const saved = (index: number): number => memory.readInt64(context + 40 + index * 8);
        expect(saved(16), 'RIP').to.equal(again ? CODE : CODE + 2);
        expect(saved(13), 'RAX').to.equal(again ? 0 : -4);
        running.simulation.dispose();
      });
    }

    it('ends a program that has no handler, asleep or awake', () => {
      for (const asleep of [false, true]) {
        const running = timed(2);
        const { memory } = running.process.state;
        memory.clear(running.scratch, 32);
        syscall(running, 'rt_sigaction', ALARM, running.scratch, 0, 8);
        if (asleep) syscall(running, 'pause');
        const { cause, code } = finish(running);
        expect([cause, code]).to.deep.equal([
          'program killed by SIGALRM: a timer of its own expired',
          128 + ALARM,
        ]);
        expect(running.context.status()).to.equal('Halted');
      }
    });
  });

  describe('a program that is restored', () => {
    const ALARM = 14;
    const HANDLER = 0x40_1080;

    /** Saves a program, and restores it into another system; the CPU of these tests has no state. */
    function restored(running: Running): Running {
      const { simulation, context } = running;
      const directory = join(folder, 'cpt');
      const sections = new CheckpointSections(directory);
      simulation.drain();
      simulation.serializeAll(sections);
      const about = { producer: '', ticksPerSecond: 1e12, configuration: '' };
      writeCheckpoint({ sections, tick: simulation.curTick(), ...about });
      simulation.dispose();
      const { sections: checkpoint } = openCheckpoint(directory);
      const again = start({ checkpoint });
      again.context.state.block.set(context.state.block);
      if (context.status() === 'Active') again.context.activate();
      if (context.status() === 'Suspended') again.context.suspend();
      return again;
    }

    /** Sets an alarm in so many milliseconds, with a handler. @returns an address for more */
    function setAlarm(running: Running, milliseconds: number): number {
      const { memory } = running.process.state;
      const scratch = running.context.state.gprNumber(RSP) - 8192;
      memory.clear(scratch, 256);
      memory.writeInt64(scratch, HANDLER);
      syscall(running, 'rt_sigaction', ALARM, scratch, 0, 8);
      memory.clear(scratch, 32);
      memory.writeInt64(scratch + 24, milliseconds * 1000);
      syscall(running, 'setitimer', 0, scratch);
      return scratch;
    }

    it('gets the signal that waited until it had been served', () => {
      const running = start();
      setAlarm(running, 2);
      running.context.stopped = true;
      running.simulation.simulate(3e9);
      const again = restored(running);
      expect(again.context.state.gprNumber(RIP)).to.equal(CODE + 2);
      again.simulation.simulate(1000);
      expect(again.context.state.gprNumber(RIP)).to.equal(HANDLER);
      again.simulation.dispose();
    });

    it('goes on waiting for the signals that it waited for', () => {
      const running = start();
      const { memory } = running.process.state;
      const scratch = setAlarm(running, 500);
      const mask = 1 << (ALARM - 1);
      memory.writeInt64(scratch + 64, mask);
      syscall(running, 'rt_sigprocmask', 0, scratch + 64, 0, 8);
      syscall(running, 'rt_sigtimedwait', scratch + 64, 0, 0, 8);
      expect(running.context.status()).to.equal('Suspended');
      const again = restored(running);
      again.simulation.simulate(4e11);
      expect(again.context.status()).to.equal('Suspended');
      again.simulation.simulate(2e11);
      expect(again.context.status()).to.equal('Active');
      again.simulation.dispose();
    });

    it('still shares with its file what it had mapped', () => {
      const running = start();
      const path = join(folder, 'shared');
      writeFileSync(path, Buffer.alloc(8192, 'a'));
      const scratch = running.context.state.gprNumber(RSP) - 8192;
      const rax = ({ context }: Running): number => context.state.gprNumber(RAX);
      running.process.state.memory.copyOut(scratch, Buffer.from(`${path}\0`));
      syscall(running, 'open', scratch, constants.O_RDWR);
      const { state } = running.context;
      state.setGprNumber(R8, rax(running));
      state.setGprNumber(R9, 0);
      syscall(running, 'mmap', 0, 8192, 3, 1); // PROT_READ | PROT_WRITE, MAP_SHARED
      const address = rax(running);
      expect(address).to.be.greaterThan(0);
      running.process.state.memory.copyOut(address, Buffer.from('before'));
      const again = restored(running);
      const { memory } = again.process.state;
      const begin = Buffer.alloc(8);
      memory.copyIn(address, begin);
      expect(begin.toString()).to.equal('beforeaa');
      memory.copyOut(address + 4096, Buffer.from('after'));
      syscall(again, 'munmap', address, 8192);
      const bytes = readFileSync(path, 'latin1');
      expect([bytes.slice(0, 8), bytes.slice(4096, 4103)]).to.deep.equal(['beforeaa', 'afteraa']);
      again.simulation.dispose();
    });

    it('and had ended before ends the run at once', () => {
      const running = start();
      syscall(running, 'exit_group', 7);
      expect(running.simulation.simulate().code).to.equal(7);
      const { cause, code, tick } = finish(restored(running));
      expect([cause, code, tick]).to.deep.equal(['exiting with last active thread context', 7, 0]);
      const killed = start();
      syscall(killed, 'kill', 100, 6);
      // Its end is still to come when it is saved, and comes once.
      const again = restored(killed);
      expect(again.simulation.simulate().code).to.equal(134);
      expect(again.simulation.simulate(1000).cause).to.equal('simulate() limit reached');
      again.simulation.dispose();
    });
  });

  it('goes on in the context of another CPU that takes over', () => {
    const running = start();
    const other = new TestContext();
    other.setContextId(running.context.contextId);
    running.process.replaceThreadContext(other);
    syscall({ ...running, context: other }, 'getppid');
    expect(other.state.gprNumber(RAX)).to.equal(0);
    running.simulation.dispose();
  });

  it('refuse what cannot be run, with one line', () => {
    expect(() => start({ cmd: [] })).to.throw(FatalError, /no program to run/);
    expect(() => start({ cmd: [join(folder, 'missing')] })).to.throw(FatalError, /does not exist/);
    expect(() => start({ cmd: [folder] })).to.throw(FatalError, /is a directory/);
    expect(() => start({ memory: '64KiB' })).to.throw(FatalError, /memory/);
    expect(() => start({ threads: 0 })).to.throw(FatalError, /not associated with any thread/);
    expect(() => start({ threads: 2 })).to.throw(FatalError, /one CPU only/);
    expect(() => start({ emulating: false })).to.throw(FatalError, /X86EmuLinux/);
  });
});
