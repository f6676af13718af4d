import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  CS,
  decodeDescriptor,
  DS,
  RAX,
  RBX,
  RSP,
  SS,
  walkTo,
  type X86ThreadState,
} from '../../../src/arch/x86/index';
import { AddrRange, FatalError } from '../../../src/base/index';
import { BareMetalWorkload as Model, bareMetalWorkloadSchema } from '../../../src/cpu/index';
import type { PhysicalMemory } from '../../../src/mem/index';
import { nodeClass, type Simulation } from '../../../src/sim/index';
import { aMultibootHeader, anElfImage, HALT } from '../../support/bootImages';
import { aClock, instantiated, messagesOf, SimpleMemory, System } from '../../support/memory';
import { TestCPUNode, type TestCPU } from './testCPU';

const BareMetalWorkload = nodeClass(Model, bareMetalWorkloadSchema);

interface Machine {
  readonly simulation: Simulation;
  readonly cpus: readonly TestCPU[];
  readonly memory: PhysicalMemory;
  readonly state: X86ThreadState;
  readonly messages: readonly string[];
}

interface MachineOptions {
  readonly objectFile?: string;
  readonly commandLine?: string;
  readonly modules?: readonly string[];
  readonly loadAddr?: number;
  readonly cpus?: number;
  readonly ranges?: readonly AddrRange[];
  /** Bytes that memory holds before the program is loaded. */
  readonly dirt?: { readonly address: number; readonly bytes: readonly number[] };
}

function aMachine(options: MachineOptions): Machine {
  const { cpus = 1, ranges = [new AddrRange('4MiB')], dirt, ...params } = options;
  const cpu = Array.from({ length: cpus }, () => new TestCPUNode());
  const system = new System({
    clkDomain: aClock(),
    cpu,
    memory: ranges.map(range => new SimpleMemory({ range })),
    caches: cpu.flatMap(() => [
      new SimpleMemory({ range: '4KiB', inAddrMap: false }),
      new SimpleMemory({ range: '4KiB', inAddrMap: false }),
    ]),
    workload: new BareMetalWorkload(params),
  });
  cpu.forEach((each, i) => {
    each.icachePort = system.caches[2 * i]!.port;
    each.dcachePort = system.caches[2 * i + 1]!.port;
  });
  let simulation: Simulation | undefined;
  const messages = messagesOf(() => (simulation = instantiated(system)));
  if (dirt !== undefined) {
    system.simObject().physicalMemory.writeBytes(dirt.address, Uint8Array.from(dirt.bytes));
    messagesOf(() => {
      system.workload.simObject().initState();
    });
  }
  const models = cpu.map(each => each.simObject());
  return {
    simulation: simulation!,
    cpus: models,
    memory: system.simObject().physicalMemory,
    state: models[0]!.getContext(0).state,
    messages,
  };
}

describe('BareMetalWorkload', () => {
  let directory = '';
  const file = (name: string, bytes: readonly number[] | Uint8Array): string => {
    const path = join(directory, name);
    writeFileSync(path, Uint8Array.from(bytes));
    return path;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'boot-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** Bytes of memory. */
  const bytesAt = ({ memory }: Machine, address: number, size: number): Uint8Array => {
    const bytes = new Uint8Array(size);
    memory.readBytes(address, bytes);
    return bytes;
  };
  const wordAt = (machine: Machine, address: number): number =>
    new DataView(bytesAt(machine, address, 4).buffer).getUint32(0, true);
  const textAt = (machine: Machine, address: number): string => {
    const bytes = bytesAt(machine, address, 256);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  };

  it('starts at the reset vector without a program', () => {
    const { state, cpus } = aMachine({});
    expect([state.rip, state.segment(CS).base]).to.deep.equal([0xfff0n, 0xffff0000n]);
    expect(cpus[0]!.calls).to.include('activate 0');
  });

  it('starts a flat binary in real mode at its first byte', () => {
    const machine = aMachine({ objectFile: file('boot', [0xf4, 1, 2]) });
    const { state } = machine;
    expect([...bytesAt(machine, 0x7c00, 3)]).to.deep.equal([0xf4, 1, 2]);
    expect([state.rip, state.segment(CS).base, state.segment(CS).selector]).to.deep.equal([
      0x7c00n,
      0n,
      0,
    ]);
    expect(Number(state.cr0) & 1).to.equal(0);
    expect(state.gpr(RSP)).to.equal(0x7c00n);
  });

  it('reaches a flat binary beyond 64 KiB by its code segment', () => {
    const { state } = aMachine({ objectFile: file('boot', [0xf4]), loadAddr: 0x2_0013 });
    const code = state.segment(CS);
    expect([state.rip, code.base, code.selector]).to.deep.equal([3n, 0x2_0010n, 0x2001]);
  });

  it('starts a 32-bit ELF file in flat protected mode', () => {
    const machine = aMachine({ objectFile: file('kernel', anElfImage()) });
    const { state } = machine;
    expect([...bytesAt(machine, 0x10_0000, 3)]).to.deep.equal([0xf4, 0xeb, 0xfd]);
    expect(state.rip).to.equal(0x10_0000n);
    expect(Number(state.cr0 & 0x8000_0001n)).to.equal(1);
    expect(state.gpr(RAX)).to.equal(0x2badb002n);
    for (const index of [CS, DS, SS]) {
      const { base, limit, db, l, dpl } = state.segment(index);
      expect({ base, limit, db, l, dpl }).to.deep.equal({
        ...{ base: 0n, limit: 0xffffffff, db: true, l: false, dpl: 0 },
      });
    }
  });

  it('starts a 64-bit ELF file in long mode, with memory mapped to its own addresses', () => {
    const machine = aMachine({ objectFile: file('kernel', anElfImage({ is64Bit: true })) });
    const { state, memory } = machine;
    expect(state.rip).to.equal(0x10_0000n);
    expect([state.efer, state.segment(CS).l, state.segment(CS).db]).to.deep.equal([
      0x500n,
      true,
      false,
    ]);
    expect(state.cr0 & 0x8000_0001n).to.equal(0x8000_0001n);
    expect(Number(state.cr4) & 0x20).to.equal(0x20);
    const reader = { load32: (address: number) => wordAt({ ...machine, memory }, address) };
    for (const address of [0, 0x10_0000, 0x3f_ffff, 0xffff_ffff]) {
      expect(walkTo(reader, Number(state.cr3), address), String(address)).to.equal(address);
    }
    expect(walkTo(reader, Number(state.cr3), 0x1_0000_0000)).to.equal(-1);
  });

  it('maps all of memory for a 64-bit program, beyond 4 GiB too', () => {
    const ranges = [new AddrRange('4MiB'), new AddrRange(2 ** 32, 2 ** 32 + 2 ** 20)];
    const machine = aMachine({
      objectFile: file('kernel', anElfImage({ is64Bit: true })),
      ranges,
    });
    const reader = { load32: (address: number) => wordAt(machine, address) };
    expect(walkTo(reader, Number(machine.state.cr3), 2 ** 32 + 5)).to.equal(2 ** 32 + 5);
  });

  it('leaves a descriptor table from which the segments can be loaded again', () => {
    for (const is64Bit of [false, true]) {
      const machine = aMachine({ objectFile: file('kernel', anElfImage({ is64Bit })) });
      const { gdt } = machine.state;
      expect(gdt.limit).to.equal(23);
      for (const index of [CS, DS]) {
        const segment = machine.state.segment(index).toValue();
        const bytes = bytesAt(machine, Number(gdt.base) + segment.selector, 8);
        expect(decodeDescriptor(bytes, segment.selector)).to.deep.equal(segment);
      }
    }
  });

  it('clears what a program has beyond its file', () => {
    const segments = [{ address: 0x10_0000, data: [0xf4, 1], memorySize: 0x2_0000 }];
    const machine = aMachine({
      objectFile: file('kernel', anElfImage({ segments })),
      dirt: { address: 0x11_fffe, bytes: [7, 7, 7] },
    });
    expect([...bytesAt(machine, 0x11_fffe, 3)]).to.deep.equal([0, 0, 7]);
  });

  it('refuses a program that does not fit into memory', () => {
    const segments = [{ address: 0x3f_ffff, data: [0xf4, 1] }];
    const objectFile = file('kernel', anElfImage({ segments }));
    expect(() => aMachine({ objectFile })).to.throw(FatalError, 'but memory is at');
  });

  it('refuses a file that is missing or none', () => {
    expect(() => aMachine({ objectFile: join(directory, 'none') })).to.throw(
      FatalError,
      'does not exist',
    );
    expect(() => aMachine({ objectFile: directory })).to.throw(FatalError, 'not a regular file');
  });

  it('refuses modules and command lines for a program that could not find them', () => {
    const objectFile = file('boot', [0xf4]);
    expect(() => aMachine({ objectFile, commandLine: 'x' })).to.throw(FatalError, 'flat binary');
    expect(() => aMachine({ objectFile, modules: [objectFile] })).to.throw(FatalError, 'Multiboot');
  });

  it('says where the kernel is, and where it begins', () => {
    const path = file('kernel', anElfImage());
    const { messages, simulation } = aMachine({ objectFile: path });
    expect(messages).to.include(`info: kernel located at: ${path}`);
    const workload = simulation.find('system.workload') as Model;
    expect(workload.getEntry()).to.equal(0x10_0000n);
  });

  it('lets the other processors wait for the program to start them', () => {
    const { cpus } = aMachine({ objectFile: file('kernel', anElfImage()), cpus: 2 });
    expect(cpus.map(cpu => cpu.getContext(0).status())).to.deep.equal(['Active', 'Halted']);
    expect(cpus.map(cpu => cpu.getContext(0).state.mpState)).to.deep.equal([0, 1]);
    expect(cpus[1]!.getContext(0).state.rip).to.equal(0xfff0n);
  });

  it('needs somebody to run the program', () => {
    const system = new System({
      clkDomain: aClock(),
      memory: new SimpleMemory({ range: '4MiB' }),
      workload: new BareMetalWorkload({ objectFile: file('kernel', anElfImage()) }),
    });
    expect(() => instantiated(system)).to.throw(FatalError, 'add a CPU');
  });

  describe('Multiboot information', () => {
    const kernel = (): string => file('kernel', anElfImage({ padding: aMultibootHeader() }));

    it('holds the command line, the path before it', () => {
      const path = kernel();
      const machine = aMachine({ objectFile: path, commandLine: 'smp 2' });
      const info = Number(machine.state.gpr(RBX));
      expect(wordAt(machine, info)).to.equal(0x24d);
      expect(textAt(machine, wordAt(machine, info + 16))).to.equal(`${path} smp 2`);
      expect(textAt(machine, wordAt(machine, info + 64))).to.equal('mini-gem5');
      const bare = aMachine({ objectFile: path });
      const words = wordAt(bare, Number(bare.state.gpr(RBX)) + 16);
      expect(textAt(bare, words)).to.equal(path);
    });

    it('describes memory as a PC has it', () => {
      const ranges = [new AddrRange('4MiB'), new AddrRange(2 ** 32, 2 ** 32 + 2 ** 20)];
      const machine = aMachine({ objectFile: kernel(), ranges });
      const info = Number(machine.state.gpr(RBX));
      expect([wordAt(machine, info + 4), wordAt(machine, info + 8)]).to.deep.equal([640, 3072]);
      const entries = wordAt(machine, info + 44) / 24;
      const map = Array.from({ length: entries }, (_, i) => {
        const view = new DataView(bytesAt(machine, wordAt(machine, info + 48) + i * 24, 24).buffer);
        const [base, size] = [view.getBigUint64(4, true), view.getBigUint64(12, true)];
        return [view.getUint32(0, true), Number(base), Number(size), view.getUint32(20, true)];
      });
      expect(map).to.deep.equal([
        [20, 0, 0xa_0000, 1],
        [20, 0xa_0000, 0x6_0000, 2],
        [20, 0x10_0000, 0x30_0000, 1],
        [20, 2 ** 32, 2 ** 20, 1],
      ]);
    });

    it('lists the modules, each on a page of its own behind the program', () => {
      const one = file('one', [1, 2, 3]);
      const two = file('two', new Uint8Array(5000).fill(2));
      const modules = [`${one} a=1 b`, two];
      const machine = aMachine({ objectFile: kernel(), modules });
      const info = Number(machine.state.gpr(RBX));
      expect(wordAt(machine, info + 20)).to.equal(2);
      const table = wordAt(machine, info + 24);
      const found = [0, 1].map(i => {
        const [start, end] = [wordAt(machine, table + i * 16), wordAt(machine, table + i * 16 + 4)];
        expect(start % 4096).to.equal(0);
        expect(start).to.be.at.least(0x10_0003);
        return [
          bytesAt(machine, start, end - start),
          textAt(machine, wordAt(machine, table + i * 16 + 8)),
        ];
      });
      expect([...(found[0]![0] as Uint8Array)]).to.deep.equal([1, 2, 3]);
      expect(found[0]![1]).to.equal(`${one} a=1 b`);
      expect(found[1]![0]).to.have.length(5000);
      expect(found[1]![1]).to.equal(two);
    });

    it('keeps clear of the program', () => {
      // Takes all low memory but one page.
      const segments = [{ address: 0x9000, data: [0xf4], memorySize: 0x9e000 - 0x9000 }, ...HALT];
      const machine = aMachine({
        objectFile: file('kernel', anElfImage({ segments, padding: aMultibootHeader() })),
      });
      const info = Number(machine.state.gpr(RBX));
      expect(info).to.be.within(0x9e000, 0xa_0000);
    });

    it('refuses modules for which there is no room', () => {
      const big = file('big', new Uint8Array(2 ** 20));
      const ranges = [new AddrRange('2MiB')];
      expect(() => aMachine({ objectFile: kernel(), modules: [big], ranges })).to.throw(
        FatalError,
        'no room in memory for the module',
      );
    });

    it('refuses modules that are missing', () => {
      const modules = [join(directory, 'none')];
      expect(() => aMachine({ objectFile: kernel(), modules })).to.throw(
        FatalError,
        'does not exist',
      );
    });
  });
});
