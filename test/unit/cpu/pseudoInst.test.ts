import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Cr0, R8, R9, RAX, RCX, RDI, RDX, RSI } from '../../../src/arch/x86/index';
import { FatalError, MaxTick, PanicError } from '../../../src/base/index';
import { CheckpointError, CheckpointSections } from '../../../src/checkpoint/index';
import { M5Op, pseudoInst } from '../../../src/cpu/index';
import { decodeAddrOffset } from '../../../src/cpu/pseudoInst/m5Op';
import { serializeSection, unserializeSection } from '../../../src/sim/index';
import { messagesOf } from '../../support/memory';
import { QuietHost } from '../../support/simulation';
import { aCPUSystem, TestProcessNode, type CPUSystem, type CPUSystemOptions } from './testCPU';

const ARGUMENTS = [RDI, RSI, RDX, RCX, R8, R9] as const;
const NS = 1000;

interface Machine extends CPUSystem {
  /** Executes a pseudo-instruction in the thread of the first CPU. */
  run(func: number, ...args: readonly (number | bigint)[]): bigint | undefined;
  rax(): bigint;
}

function aMachine(options: Partial<CPUSystemOptions> = {}): Machine {
  const system = aCPUSystem({ cpus: [{}], ...options });
  const context = system.cpus[0]!.getContext(0);
  context.activate();
  return {
    ...system,
    run(func, ...args) {
      const state = context.registers();
      args.forEach((value, i) => {
        state.setGpr(ARGUMENTS[i]!, BigInt(value));
      });
      return pseudoInst(context, func);
    },
    rax: () => context.registers().gpr(RAX),
  };
}

describe('The pseudo-instruction', () => {
  it('is named by bits 8 to 15 of an offset', () => {
    expect(decodeAddrOffset(0x2300)).to.equal(M5Op.Sum);
    expect(decodeAddrOffset(0x23ff)).to.equal(M5Op.Sum);
    expect(decodeAddrOffset(0xff00)).to.equal(0xff);
  });

  it('sum adds six registers, cut to 64 bits, and leaves the result in RAX', () => {
    const { run, rax } = aMachine();
    expect(run(M5Op.Sum, 1, 2, 3, 4, 5, 6)).to.equal(21n);
    expect(rax()).to.equal(21n);
    expect(run(M5Op.Sum, 2n ** 64n - 1n, 2, 0, 0, 0, 0)).to.equal(1n);
  });

  it('without a result leaves RAX alone', () => {
    const { run, rax, cpus } = aMachine();
    cpus[0]!.getContext(0).registers().setGpr(RAX, 99n);
    expect(run(M5Op.WorkBegin, 1, 2)).to.equal(0n);
    expect(rax()).to.equal(99n);
  });

  it('that does not exist causes a warning and nothing else', () => {
    const { run } = aMachine();
    expect(messagesOf(() => expect(run(0x55)).to.equal(undefined))).to.deep.equal([
      'warn: unknown m5 op 0x55',
    ]);
  });

  it('rpns says the time in whole nanoseconds', () => {
    const { run, simulation } = aMachine();
    simulation.simulate(1999);
    expect(run(M5Op.Rpns)).to.equal(1n);
  });

  it('panic ends the simulator with the registers', () => {
    const { run } = aMachine();
    expect(() => run(M5Op.Panic)).to.throw(PanicError, 'M5 panic instruction called at 0x');
  });

  it('init_param gives the parameter of the system, by a key in two registers', () => {
    const { run } = aMachine({ system: { initParam: 77 } });
    const key = (text: string): bigint[] => {
      const bytes = Buffer.alloc(16);
      bytes.write(text);
      return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)];
    };
    expect(run(M5Op.InitParam, 0, 0)).to.equal(77n);
    expect(run(M5Op.InitParam, ...key('dist-rank'))).to.equal(0n);
    expect(run(M5Op.InitParam, ...key('dist-size'))).to.equal(1n);
    const [warning] = messagesOf(() => {
      expect(run(M5Op.InitParam, ...key('sixteen-letters!'))).to.equal(0n);
    });
    expect(warning).to.contain("there is no parameter 'sixteen-letters!'");
  });
});

describe('Pseudo-instructions that end the run', () => {
  it('do so at once or after so many nanoseconds, with gem5’s causes', () => {
    const cases = [
      [M5Op.Exit, [0], 'm5_exit instruction encountered', 0, 0],
      [M5Op.Exit, [5], 'm5_exit instruction encountered', 0, 5 * NS],
      [M5Op.Fail, [0, 7], 'm5_fail instruction encountered', 7, 0],
      [M5Op.Fail, [3, 2n ** 64n - 1n], 'm5_fail instruction encountered', -1, 3 * NS],
      [M5Op.Checkpoint, [4, 0], 'checkpoint', 0, 4 * NS],
      [M5Op.SwitchCpu, [], 'switchcpu', 0, 0],
    ] as const;
    for (const [func, args, cause, code, tick] of cases) {
      const { run, simulation } = aMachine();
      run(func, ...args);
      const exit = simulation.simulate();
      expect([exit.cause, exit.code, exit.tick]).to.deep.equal([cause, code, tick]);
    }
  });

  it('ask for a checkpoint again and again where a period is given', () => {
    const { run, simulation } = aMachine();
    run(M5Op.Checkpoint, 1, 10);
    const ticks = [1, 2, 3].map(() => simulation.simulate().tick);
    expect(ticks).to.deep.equal([NS, 11 * NS, 21 * NS]);
  });

  it('do so after a restore, what was asked for before', () => {
    const { run, simulation } = aMachine();
    run(M5Op.Checkpoint, 1, 10);
    run(M5Op.Fail, 25, 3);
    run(M5Op.DumpResetStats, 5, 0);
    expect(simulation.simulate().tick).to.equal(NS);
    simulation.exitSimLoop('a script has its own way to ask', 0, 2 * NS);
    expect(simulation.simulate().tick).to.equal(2 * NS);
    const checkpoint = new CheckpointSections('');
    serializeSection(checkpoint, 'requests', simulation.requests);
    const again = aMachine();
    again.simulation.simulate(2 * NS);
    let resets = 0;
    again.simulation.stats.registerResetCallback(() => resets++);
    unserializeSection(checkpoint, 'requests', again.simulation.requests);
    const exits = [1, 2, 3].map(() => again.simulation.simulate());
    expect(exits.map(({ cause, code, tick }) => [cause, code, tick])).to.deep.equal([
      ['checkpoint', 0, 11 * NS],
      ['checkpoint', 0, 21 * NS],
      ['m5_fail instruction encountered', 3, 25 * NS],
    ]);
    expect(resets).to.equal(1);
    // In a system whose time is past that, they could only be late.
    const late = aMachine();
    late.simulation.simulate(100 * NS);
    expect(() => {
      unserializeSection(checkpoint, 'requests', late.simulation.requests);
    }).to.throw(CheckpointError, 'in the past');
  });

  it('never do so when asked for a time that there is not', () => {
    const { run, simulation } = aMachine();
    const warnings = messagesOf(() => run(M5Op.Exit, 2n ** 63n));
    expect(warnings).to.have.length(1);
    const exit = simulation.simulate();
    expect([exit.cause, exit.tick]).to.deep.equal(['simulate() limit reached', MaxTick]);
  });

  it('happen once when they are to be repeated beyond the end of time', () => {
    const { run, simulation } = aMachine();
    let dumps = 0;
    simulation.stats.registerDumpCallback(() => dumps++);
    run(M5Op.Checkpoint, 1, 2n ** 64n - 1n);
    run(M5Op.DumpStats, 1, 2n ** 64n - 1n);
    expect(simulation.simulate().cause).to.equal('checkpoint');
    expect(simulation.simulate().cause).to.equal('simulate() limit reached');
    expect(dumps).to.equal(1);
  });

  it('leave checkpoints and statistics alone where the CPU is told to', () => {
    const { run, simulation } = aMachine({
      cpus: [{ doCheckpointInsts: false, doStatisticsInsts: false }],
    });
    let dumps = 0;
    simulation.stats.registerDumpCallback(() => dumps++);
    run(M5Op.Checkpoint, 0, 0);
    run(M5Op.DumpStats, 0, 0);
    expect(simulation.simulate(10).cause).to.equal('simulate() limit reached');
    expect(dumps).to.equal(0);
  });
});

describe('Pseudo-instructions about statistics', () => {
  it('dump, reset or do both, with delay and period', () => {
    const { run, simulation } = aMachine();
    const events: string[] = [];
    simulation.stats.registerDumpCallback(() => events.push(`dump ${simulation.curTick()}`));
    simulation.simulate(0);
    simulation.stats.registerResetCallback(() => events.push(`reset ${simulation.curTick()}`));
    run(M5Op.DumpStats, 1, 0);
    run(M5Op.ResetStats, 2, 0);
    run(M5Op.DumpResetStats, 3, 2);
    simulation.simulate(6 * NS);
    expect(events).to.deep.equal([
      'dump 1000',
      'reset 2000',
      ...['dump 3000', 'reset 3000', 'dump 5000', 'reset 5000'],
    ]);
  });
});

describe('Pseudo-instructions that let a thread wait', () => {
  it('end after nanoseconds or cycles, and say how long it was', () => {
    for (const [func, amount, ticks] of [
      [M5Op.QuiesceNs, 20, 20 * NS],
      [M5Op.QuiesceCycle, 7, 7 * NS],
    ] as const) {
      const { run, simulation, cpus } = aMachine();
      const context = cpus[0]!.getContext(0);
      run(func, amount);
      expect(context.status()).to.equal('Suspended');
      simulation.simulate(ticks - 1);
      expect(context.status()).to.equal('Suspended');
      simulation.simulate(2);
      expect(context.status()).to.equal('Active');
      expect(run(M5Op.QuiesceTime)).to.equal(BigInt(ticks / NS));
    }
  });

  it('go on for ever, until another thread wakes this one', () => {
    const { run, simulation, cpus } = aMachine({ cpus: [{}, {}] });
    const second = cpus[1]!.getContext(0);
    second.activate();
    pseudoInst(second, M5Op.Quiesce);
    simulation.simulate(100 * NS);
    expect(second.status()).to.equal('Suspended');
    run(M5Op.WakeCpu, 1);
    expect(second.status()).to.equal('Active');
    expect(messagesOf(() => run(M5Op.WakeCpu, 2))).to.deep.equal([
      'warn: m5_wake_cpu(2): there are 2 thread contexts',
    ]);
  });

  it('do not end again when the one before was ended early', () => {
    const { run, simulation, cpus } = aMachine({ cpus: [{}, {}] });
    const second = cpus[1]!.getContext(0);
    second.activate();
    second.state.setGpr(RDI, 50n);
    pseudoInst(second, M5Op.QuiesceNs);
    run(M5Op.WakeCpu, 1);
    expect(second.status()).to.equal('Active');
    second.suspend();
    simulation.simulate(100 * NS);
    expect(second.status()).to.equal('Suspended');
  });

  it('go on for ever when they are to end beyond the end of time', () => {
    const { run, simulation, cpus } = aMachine();
    expect(messagesOf(() => run(M5Op.QuiesceNs, 2n ** 64n - 1n))).to.have.length(1);
    simulation.simulate(NS);
    expect(cpus[0]!.getContext(0).status()).to.equal('Suspended');
  });
});

describe('Work items', () => {
  const exits = (
    system: NonNullable<CPUSystemOptions['system']>,
    ...steps: readonly (readonly [number, number])[]
  ): string[] => {
    const { run, simulation } = aMachine({ system });
    const causes: string[] = [];
    for (const [func, workId] of steps) {
      run(func, workId, 0);
      for (;;) {
        const { cause, code } = simulation.simulate(1);
        if (cause === 'simulate() limit reached') break;
        causes.push(`${cause} ${String(code)}`);
      }
    }
    return causes;
  };
  const begin = (id: number) => [M5Op.WorkBegin, id] as const;
  const end = (id: number) => [M5Op.WorkEnd, id] as const;

  it('are counted by CPU', () => {
    const { run, simulation, cpus } = aMachine();
    simulation.simulate(0);
    run(M5Op.WorkBegin, 3, 9);
    simulation.simulate(500);
    run(M5Op.WorkEnd, 3, 9);
    const { numWorkItemsStarted, numWorkItemsCompleted } = cpus[0]!.baseStats;
    expect([numWorkItemsStarted.value, numWorkItemsCompleted.value]).to.deep.equal([1, 1]);
  });

  it('end the run where the system says so, and count no further then', () => {
    expect(exits({ exitOnWorkItems: true }, begin(5), end(5))).to.deep.equal([
      'workbegin 5',
      'workend 5',
    ]);
  });

  it('end the run by their number, of one kind or of all', () => {
    expect(exits({ workBeginExitCount: 2 }, begin(1), begin(2))).to.deep.equal([
      'work started count reach 0',
    ]);
    expect(exits({ workEndExitCount: 1 }, begin(1), end(1))).to.deep.equal([
      'work items exit count reached 0',
    ]);
    const only = { workItemId: 2, workBeginExitCount: 1 };
    expect(exits(only, begin(1))).to.deep.equal([]);
    expect(exits(only, begin(1), begin(2))).to.deep.equal(['work started count reach 0']);
    expect(exits({ workBeginCpuIdExit: 0 }, begin(1))).to.deep.equal([
      'work started on specific cpu 0',
    ]);
    expect(exits({ workBeginCpuIdExit: 1 }, begin(1))).to.deep.equal([]);
  });

  it('ask for checkpoints by their number, and by the number of CPUs', () => {
    expect(exits({ workBeginCkptCount: 1 }, begin(1), begin(1))).to.deep.equal(['checkpoint 0']);
    expect(exits({ workEndCkptCount: 1 }, begin(1), end(1), end(1))).to.deep.equal([
      'checkpoint 0',
    ]);
    expect(exits({ workCpusCkptCount: 1 }, begin(1), end(1))).to.deep.equal([
      'checkpoint 0',
      'checkpoint 0',
    ]);
    expect(exits({ workCpusCkptCount: 2 }, begin(1), end(1))).to.deep.equal([]);
  });

  it('of a kind beyond numWorkIds are an error that says what to raise', () => {
    const { run } = aMachine({ system: { numWorkIds: 2 } });
    run(M5Op.WorkBegin, 2, 0);
    expect(() => run(M5Op.WorkEnd, 2, 0)).to.throw(FatalError, 'not below numWorkIds (2)');
  });
});

describe('Files of the host', () => {
  class DirectoryHost extends QuietHost {
    readonly directory = mkdtempSync(join(tmpdir(), 'mini-gem5-ops-'));

    override outputDirectory(): string {
      return this.directory;
    }

    override makeOutputDirectory(): string {
      return this.directory;
    }
  }

  let host: DirectoryHost;
  beforeEach(() => {
    host = new DirectoryHost();
  });
  afterEach(() => {
    rmSync(host.directory, { recursive: true });
  });

  /** A bare machine with a file's name at 0x100 and data at 0x200. */
  function aWriter(name: string): Machine & { readonly put: (at: number, text: string) => void } {
    const machine = aMachine({ host });
    const put = (at: number, text: string): void => {
      machine.system.physicalMemory.writeBytes(at, Buffer.from(`${text}\0`));
    };
    put(0x100, name);
    put(0x200, 'some data');
    return { ...machine, put };
  }

  it('are written in the output directory, from the beginning or further on', () => {
    const { run, put } = aWriter('out.txt');
    expect(run(M5Op.WriteFile, 0x200, 9, 0, 0x100)).to.equal(9n);
    expect(run(M5Op.WriteFile, 0x200, 4, 9, 0x100)).to.equal(4n);
    const path = join(host.directory, 'out.txt');
    expect(readFileSync(path, 'latin1')).to.equal('some datasome');
    put(0x200, 'new');
    run(M5Op.WriteFile, 0x200, 3, 0, 0x100);
    expect(readFileSync(path, 'latin1')).to.equal('new');
  });

  it('are not written anywhere else', () => {
    const outside = join(tmpdir(), 'mini-gem5-outside');
    for (const name of ['../outside', outside, '', '..', '.']) {
      const { run } = aWriter(name);
      const warnings = messagesOf(() => {
        expect(run(M5Op.WriteFile, 0x200, 9, 0, 0x100), name).to.equal(0n);
      });
      expect(warnings.join(), name).to.match(/may not write .*not in the output directory|^$/);
    }
    expect(readdirSync(host.directory)).to.deep.equal([]);
  });

  it('are written where the process of the thread may, and read and written by its addresses', () => {
    const process = new TestProcessNode();
    const machine = aMachine({ host, cpus: [{ workload: [process] }] });
    const model = process.simObject();
    model.bytes.set(Buffer.from('name\0'), 0x10);
    model.bytes.set(Buffer.from('data'), 0x20);
    expect(machine.run(M5Op.WriteFile, 0x20, 4, 0, 0x10)).to.equal(0n);
    model.mayWrite = path => path === join(host.directory, 'name');
    expect(machine.run(M5Op.WriteFile, 0x20, 4, 0, 0x10)).to.equal(4n);
    expect(readFileSync(join(host.directory, 'name'), 'latin1')).to.equal('data');
  });

  it('are read from where the system says, as far as they go', () => {
    const path = join(host.directory, 'input');
    writeFileSync(path, Buffer.from('0123456789'));
    const { run, system } = aMachine({ host, system: { readfile: path } });
    const read = (at: number, size: number): string => {
      const bytes = new Uint8Array(size);
      system.physicalMemory.readBytes(at, bytes);
      return Buffer.from(bytes).toString('latin1');
    };
    expect(run(M5Op.ReadFile, 0x300, 4, 0)).to.equal(4n);
    expect(read(0x300, 5)).to.equal('0123\0');
    expect(run(M5Op.ReadFile, 0x300, 1000, 8)).to.equal(2n);
    expect(read(0x300, 3)).to.equal('892');
    expect(run(M5Op.ReadFile, 0x300, 4, 10)).to.equal(0n);
    expect(run(M5Op.ReadFile, 0x300, 4, 2n ** 64n - 1n)).to.equal(0n);
  });

  it('give nothing without a file, and end the run when it cannot be read', () => {
    expect(aMachine().run(M5Op.ReadFile, 0x300, 4, 0)).to.equal(0n);
    const missing = aMachine({ system: { readfile: '/nowhere/at/all' } });
    expect(() => missing.run(M5Op.ReadFile, 0x300, 4, 0)).to.throw(
      FatalError,
      'system.readfile: /nowhere/at/all does not exist',
    );
    const folder = aMachine({ system: { readfile: host.directory } });
    expect(() => folder.run(M5Op.ReadFile, 0x300, 4, 0)).to.throw(
      FatalError,
      'is not a regular file',
    );
  });

  it('are moved only as far as there is memory', () => {
    const path = join(host.directory, 'input');
    writeFileSync(path, Buffer.alloc(10_000, 1));
    const { run, put } = aWriter('out.txt');
    const end = 2 ** 20;
    const warnings = messagesOf(() => {
      expect(run(M5Op.WriteFile, end - 5, 10, 0, 0x100)).to.equal(0n);
      expect(run(M5Op.WriteFile, 0x200, 9, 0, end)).to.equal(0n);
      put(end - 4, 'abc');
      expect(run(M5Op.WriteFile, 0x200, 9, 0, end - 4)).to.equal(9n);
    });
    expect(warnings).to.have.length(2);
    const reader = aMachine({ host, system: { readfile: path } });
    messagesOf(() => expect(reader.run(M5Op.ReadFile, end - 100, 10_000, 0)).to.equal(0n));
  });

  it('are moved by the linear addresses of a machine with paging', () => {
    const { run, put, system, cpus } = aWriter('out.txt');
    const view = new DataView(new ArrayBuffer(4));
    const store = (at: number, value: number): void => {
      view.setUint32(0, value, true);
      system.physicalMemory.writeBytes(at, new Uint8Array(view.buffer));
    };
    // 32-bit paging: 0x400000 leads to 0x5000, and nothing else leads anywhere.
    store(0x1000 + 4, 0x2000 | 1);
    store(0x2000, 0x5000 | 1);
    put(0x5100, 'out.txt');
    put(0x5200, 'paged');
    const state = cpus[0]!.getContext(0).registers();
    state.cr3 = 0x1000n;
    state.cr0 = BigInt(Cr0.PE) | BigInt(Cr0.PG);
    expect(run(M5Op.WriteFile, 0x40_0200, 5, 0, 0x40_0100)).to.equal(5n);
    expect(readFileSync(join(host.directory, 'out.txt'), 'latin1')).to.equal('paged');
    messagesOf(() => expect(run(M5Op.WriteFile, 0x200, 5, 0, 0x40_0100)).to.equal(0n));
  });
});
