import { expect } from 'chai';
import {
  CS,
  decodeDescriptor,
  DS,
  FS,
  GuestSupervisor,
  Msr,
  PageFlags,
  PageTables,
  R11,
  RAX,
  RCX,
  RegisterSet,
  RFlags,
  RFLAGS,
  RIP,
  RSI,
  RSP,
  sanitizeUserFlags,
  SS,
  supervisorAddress,
  TR,
  trapPort,
  Vector,
  virtualAddressBits,
  X86ThreadState,
} from '../../../src/arch/x86/index';
import { PanicError } from '../../../src/base/index';
import { FakePhysicalMemory } from './fakePhysicalMemory';

const PAGE = 4096;
const PROGRAM = 0x40_0000;
const FEATURES = { fsgsbase: true, xcr0: 7 };

interface Guest {
  readonly memory: FakePhysicalMemory;
  readonly tables: PageTables;
  readonly supervisor: GuestSupervisor;
  readonly state: X86ThreadState;
}

function aGuest(): Guest {
  const memory = new FakePhysicalMemory();
  const tables = new PageTables(memory);
  const supervisor = new GuestSupervisor(tables, memory, 0x4000_0000);
  const state = new X86ThreadState();
  supervisor.prepare(state, FEATURES);
  state.setGprNumber(RIP, PROGRAM);
  state.setGprNumber(RSP, 0x7fff_0000_1000);
  return { memory, tables, supervisor, state };
}

/** Bytes of guest memory at a virtual address. */
function bytesAt({ memory, tables }: Guest, address: number, length: number): number[] {
  return Array.from({ length }, (_, i) => {
    const physical = tables.translate(address + i);
    return (memory.load32(physical - (physical % 4)) >>> (8 * (physical % 4))) & 0xff;
  });
}

function putWord({ memory, tables }: Guest, address: number, value: bigint): void {
  const physical = tables.translate(address);
  memory.store32(physical, Number(BigInt.asUintN(32, value)));
  memory.store32(physical + 4, Number(value >> 32n));
}

/** Makes the state that a processor leaves after it delivered an exception from the program. */
function deliver(guest: Guest, vector: number, errorCode = 0): void {
  const top = supervisorAddress.stack + PAGE;
  const { state } = guest;
  for (const [offset, value] of [
    [-8, 0x2bn],
    [-16, state.gpr(RSP)],
    [-24, state.rflags],
    [-32, 0x33n],
    [-40, state.rip],
    [-48, BigInt(errorCode)],
  ] as const) {
    putWord(guest, top + offset, value);
  }
  state.segment(CS).selector = 0x10;
  state.segment(SS).selector = 0;
  state.setGprNumber(RSP, top - 48);
  state.setGprNumber(RIP, supervisorAddress.text + vector * 16);
}

describe('GuestSupervisor', () => {
  it('puts stubs where the special registers lead', () => {
    const guest = aGuest();
    const { state, tables } = guest;
    const out = [0xe6, trapPort];
    const syscallStub = Number(BigInt.asIntN(64, state.msr(Msr.LSTAR)));
    expect(bytesAt(guest, syscallStub, 2)).to.deep.equal(out);
    expect(tables.flagsOf(syscallStub) & (PageFlags.User | PageFlags.Writable)).to.equal(
      PageFlags.User,
    );
    const idt = Number(BigInt.asIntN(64, state.idt.base));
    expect(state.idt.limit).to.equal(32 * 16 - 1);
    for (let vector = 0; vector < 32; vector++) {
      const gate = bytesAt(guest, idt + vector * 16, 16);
      const at = [...gate.slice(8, 12).reverse(), gate[7]!, gate[6]!, gate[1]!, gate[0]!];
      const handler = at.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
      expect(bytesAt(guest, Number(BigInt.asIntN(64, handler)), 2)).to.deep.equal(out);
      expect(gate[5]! >> 5, `DPL of vector ${String(vector)}`).to.equal(
        vector === Vector.BP || vector === Vector.OF ? 0b111 : 0b100,
      );
      expect(gate[4]).to.equal(vector === Vector.DF ? 2 : 1);
    }
  });

  it('describes every loaded segment in the descriptor table', () => {
    const guest = aGuest();
    const { state } = guest;
    const gdt = Number(BigInt.asIntN(64, state.gdt.base));
    for (const index of [CS, SS, TR]) {
      const segment = state.segment(index).toValue();
      expect((segment.selector & ~7) + (segment.s ? 7 : 15)).to.be.at.most(state.gdt.limit);
      const bytes = Uint8Array.from(bytesAt(guest, gdt + (segment.selector & ~7), 16));
      expect(decodeDescriptor(bytes, segment.selector)).to.deep.equal(segment);
    }
    const star = state.msr(Msr.STAR);
    expect((star >> 48n) + 16n).to.equal(BigInt(state.segment(CS).selector));
    expect((star >> 48n) + 8n).to.equal(BigInt(state.segment(SS).selector));
    for (const index of [DS, FS]) expect(state.segment(index).selector).to.equal(0);
  });

  it('makes long mode user state with what the CPU offers', () => {
    const { state, tables } = aGuest();
    expect(state.cr3).to.equal(BigInt(tables.root));
    expect(state.cr0).to.equal(0x8005_0033n);
    expect(state.cr4).to.equal(0x5_0620n);
    expect(state.efer).to.equal(0xd01n);
    expect([state.xcr0, state.rflags]).to.deep.equal([7n, 0x202n]);
    expect(state.dirty).to.equal(RegisterSet.All);
    const plain = new X86ThreadState();
    aGuest().supervisor.prepare(plain, { fsgsbase: false, xcr0: 0 });
    expect([plain.cr4, plain.xcr0]).to.deep.equal([0x620n, 1n]);
  });

  it('keeps all but the stub from the program, and code from being written', () => {
    const { tables } = aGuest();
    const { syscallStub, end, physicalMemory, text } = supervisorAddress;
    for (let at: number = syscallStub + PAGE; at < end; at += PAGE) {
      const flags = tables.flagsOf(at);
      expect(flags & PageFlags.User).to.equal(0);
      const mayExecute = (flags & PageFlags.NoExecute) === 0;
      expect(mayExecute).to.equal(at === text);
      expect((flags & PageFlags.Writable) === 0).to.equal(mayExecute);
    }
    expect(tables.translate(physicalMemory + 0x1234_5678)).to.equal(0x1234_5678);
    expect(tables.flagsOf(physicalMemory) & (PageFlags.User | PageFlags.NoExecute)).to.equal(
      PageFlags.NoExecute,
    );
  });

  it('finds its pages again in tables that were restored', () => {
    const { memory, tables } = aGuest();
    const pages = memory.pagesInUse;
    const again = new PageTables(memory, tables.root);
    const supervisor = new GuestSupervisor(again, memory, 0x4000_0000);
    expect(memory.pagesInUse).to.equal(pages);
    const state = new X86ThreadState();
    supervisor.adopt(state);
    expect(state.entryHook).to.equal(supervisor);
  });

  it('gives a system call back as the program made it, at either privilege level', () => {
    for (const atCpl3 of [true, false]) {
      for (const afterOut of [0, 2]) {
        const { supervisor, state } = aGuest();
        state.dirty = 0;
        state.setGprNumber(RCX, PROGRAM + 2);
        state.setGprNumber(R11, 0x246);
        state.setGprNumber(RIP, supervisorAddress.syscallStub + afterOut);
        if (!atCpl3) {
          state.segment(CS).selector = 0x10;
          state.segment(CS).dpl = 0;
          state.segment(SS).selector = 0x18;
        }
        expect(supervisor.inSupervisor(state)).to.equal(true);
        expect(supervisor.takeTrap(state)).to.deep.equal({ kind: 'syscall' });
        expect(state.gprNumber(RIP)).to.equal(PROGRAM + 2);
        expect(state.rflags).to.equal(0x246n);
        const { selector, dpl } = state.segment(CS);
        expect([selector, dpl, state.segment(SS).selector]).to.deep.equal([0x33, 3, 0x2b]);
        expect(supervisor.inSupervisor(state)).to.equal(false);
        if (atCpl3) expect(state.dirty).to.equal(RegisterSet.Regs);
      }
    }
  });

  it('gives exceptions back with the state of the program', () => {
    for (const [vector, errorCode] of [
      [Vector.UD, 0],
      [Vector.GP, 0x10],
      [Vector.PF, 7],
      [Vector.DB, 0],
    ] as const) {
      const guest = aGuest();
      const { supervisor, state } = guest;
      state.rflags = BigInt(RFlags.Fixed | RFlags.IF | RFlags.RF | RFlags.ZF);
      state.cr2 = 0xffff_ffff_ffff_fff8n;
      const before = [state.rip, state.gpr(RSP), state.rflags];
      deliver(guest, vector, errorCode);
      const address = vector === Vector.PF ? -8 : 0;
      expect(supervisor.takeTrap(state)).to.deep.equal({
        ...{ kind: 'exception', vector, errorCode, address },
      });
      expect([state.rip, state.gpr(RSP), state.rflags]).to.deep.equal(before);
      expect(state.segment(CS).selector).to.equal(0x33);
    }
  });

  it('ignores what lies in the place of an error code that the vector does not have', () => {
    const guest = aGuest();
    deliver(guest, Vector.UD, 0x1234);
    expect(guest.supervisor.takeTrap(guest.state)).to.include({ errorCode: 0 });
  });

  it('takes a debug exception in the stub for the system call that it interrupted', () => {
    const guest = aGuest();
    const { state } = guest;
    state.setGprNumber(RCX, PROGRAM + 4);
    state.setGprNumber(R11, 0x302);
    state.setGprNumber(RIP, supervisorAddress.syscallStub);
    deliver(guest, Vector.DB);
    putWord(guest, supervisorAddress.stack + PAGE - 32, 0x10n);
    expect(guest.supervisor.takeTrap(state)).to.deep.equal({ kind: 'syscall' });
    expect([state.gprNumber(RIP), state.gprNumber(RSP)]).to.deep.equal([
      ...[PROGRAM + 4, 0x7fff_0000_1000],
    ]);
    expect(state.rflags).to.equal(0x302n);
  });

  it('calls a port that the program used what it is', () => {
    const { supervisor, state } = aGuest();
    expect(supervisor.takeTrap(state).kind).to.equal('port');
  });

  it('panics with registers when its own code faults or the guest is lost', () => {
    const guest = aGuest();
    deliver(guest, Vector.PF);
    putWord(guest, supervisorAddress.stack + PAGE - 32, 0x10n);
    expect(() => guest.supervisor.takeTrap(guest.state))
      .to.throw(PanicError, '#PF')
      .with.property('details').that.is.not.empty;
    guest.state.setGprNumber(RIP, supervisorAddress.text + Vector.DF * 16);
    expect(() => guest.supervisor.takeTrap(guest.state)).to.throw(PanicError, 'double fault');
    guest.state.setGprNumber(RIP, -4096);
    expect(() => guest.supervisor.takeTrap(guest.state)).to.throw(PanicError, 'no known door');
  });

  it('lets a program set no flags that are not its own', () => {
    expect(sanitizeUserFlags(-1)).to.equal(0x254dd5 | 0x10202);
    expect(sanitizeUserFlags(0)).to.equal(0x202);
  });

  it('takes a return to no canonical address for the fault that it is', () => {
    const { supervisor, state } = aGuest();
    state.setGpr(RCX, 0x8000_0000_0000n);
    state.setGprNumber(RIP, supervisorAddress.syscallStub);
    expect(supervisor.takeTrap(state)).to.include({ kind: 'exception', vector: Vector.GP });
  });
});

describe('The forgetting of changed page tables', () => {
  /** A guest in which a page has been unmapped. */
  function withChange(): Guest {
    const guest = aGuest();
    guest.tables.map(PROGRAM, 0x9000, PAGE, PageFlags.User);
    guest.tables.map(PROGRAM + PAGE, 0xa000, PAGE, PageFlags.User);
    guest.tables.unmap(PROGRAM, PAGE);
    expect(guest.tables.changes.isEmpty).to.equal(false);
    return guest;
  }

  it('leaves a thread alone when nothing changed', () => {
    const { supervisor, state } = aGuest();
    state.dirty = 0;
    const before = state.block.slice();
    supervisor.beforeEntry(state);
    supervisor.afterExit(state);
    expect(state.dirty).to.equal(0);
    expect([...state.block]).to.deep.equal([...before]);
  });

  it('sends the thread through the routine with a list of what changed', () => {
    const guest = withChange();
    const { supervisor, state, tables } = guest;
    const items = [...tables.changes.items];
    supervisor.beforeEntry(state);
    expect(supervisor.inSupervisor(state)).to.equal(true);
    expect(state.segment(CS).dpl).to.equal(0);
    expect(state.gprNumber(RCX)).to.equal(items.length);
    const list = state.gprNumber(RSI);
    for (const [i, item] of items.entries()) {
      const bytes = bytesAt(guest, list + i * 8, 8).reverse();
      const address = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
      expect(address).to.equal(virtualAddressBits(supervisorAddress.physicalMemory + item));
    }
  });

  it('has forgotten once the program ran on', () => {
    const { supervisor, state, tables } = withChange();
    supervisor.beforeEntry(state);
    state.setGprNumber(RIP, PROGRAM);
    supervisor.afterExit(state);
    expect(tables.changes.isEmpty).to.equal(true);
  });

  it('gives the program its registers back when it was interrupted, and keeps the list', () => {
    const { supervisor, state, tables } = withChange();
    state.setGprNumber(RAX, -1);
    const before = state.block.slice();
    supervisor.beforeEntry(state);
    state.setGprNumber(RIP, state.gprNumber(RIP) + 2);
    state.setGprNumber(RAX, 7);
    state.setGprNumber(RCX, 0);
    supervisor.afterExit(state);
    expect([...state.block]).to.deep.equal([...before]);
    expect(tables.changes.isEmpty).to.equal(false);
  });

  it('needs no memory for a list of usual length', () => {
    const { supervisor, state, memory } = withChange();
    const pages = memory.pagesInUse;
    supervisor.beforeEntry(state);
    expect(memory.pagesInUse).to.equal(pages);
  });

  it('waits while the thread is on its way to a trap', () => {
    const { supervisor, state, tables } = withChange();
    state.setGprNumber(RIP, supervisorAddress.text);
    supervisor.beforeEntry(state);
    supervisor.afterExit(state);
    expect(state.gprNumber(RIP)).to.equal(supervisorAddress.text);
    expect(tables.changes.isEmpty).to.equal(false);
  });

  it('makes its list longer when it must, and finds it again', () => {
    const guest = aGuest();
    const { supervisor, state, tables, memory } = guest;
    const far = 2 ** 30;
    const many = 1100;
    const change = (count: number): void => {
      for (let i = 0; i < count; i++) tables.map(i * far, 0x9000, PAGE, PageFlags.User);
      for (let i = 0; i < count; i++) tables.unmap(i * far, PAGE);
    };
    change(many);
    const { length } = tables.changes.items;
    expect(length).to.be.greaterThan(1024);
    supervisor.beforeEntry(state);
    expect(state.gprNumber(RCX)).to.equal(length);
    expect(tables.translate(supervisorAddress.flushList + (length - 1) * 8)).to.not.equal(-1);
    expect(state.gpr(RFLAGS)).to.equal(2n);
    state.setGprNumber(RIP, PROGRAM);
    supervisor.afterExit(state);
    const pages = memory.pagesInUse;
    const again = new GuestSupervisor(tables, memory, 0x4000_0000);
    change(many);
    again.beforeEntry(state);
    expect(memory.pagesInUse).to.equal(pages);
  });
});
