import { expect } from 'chai';
import {
  R15,
  RAX,
  RDI,
  RDX,
  RFLAGS,
  RIP,
  RSI,
  RSP,
  X86ThreadState,
} from '../../../src/arch/x86/index';
import { resetWarnOnce, setLogSink } from '../../../src/base/index';
import { Errno } from '../../../src/host/index';
import { accessOf, exceptionSignal, pageFaultSignal } from '../../../src/se/faultSignals';
import { STACK_TOP } from '../../../src/se/layout';
import { deliverSignals, forceSignal } from '../../../src/se/signalDelivery';
import { ActionFlag, SIG_DFL, SIG_IGN, Signal, signalName } from '../../../src/se/signals';
import { REGISTERS_SET, RESTART, SLEEP } from '../../../src/se/syscallResult';
import { TestProcess } from '../../support/se';

const HANDLER = 0x40_1234;
const RESTORER = 0x40_5678;
const [BLOCK, UNBLOCK, SETMASK] = [0, 1, 2];

/** A program with a stack, about to run on at 0x400100. */
function aProcess(): TestProcess {
  const process = new TestProcess();
  process.space.mapStack(0x1_0000);
  const { registers } = process.thread;
  registers.fpu.reset();
  registers.setGprNumber(RSP, STACK_TOP - 0x2008);
  registers.setGprNumber(RIP, 0x40_0100);
  registers.setGprNumber(R15, 1515);
  return process;
}

/** Sets what a signal does. */
function setAction(
  process: TestProcess,
  signal: number,
  handler: number,
  flags = 0,
  mask = 0,
): number {
  const view = new DataView(new ArrayBuffer(32));
  view.setBigUint64(0, BigInt(handler), true);
  view.setBigUint64(8, BigInt((flags | ActionFlag.Restorer) >>> 0), true);
  view.setBigUint64(16, BigInt(RESTORER), true);
  view.setUint32(24, mask, true);
  const action = process.put(new Uint8Array(view.buffer), process.buffer + 0x1000);
  return process.call('rt_sigaction', signal, action, 0, 8);
}

function setMask(process: TestProcess, how: number, low: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, low, true);
  const set = process.put(new Uint8Array(view.buffer), process.buffer + 0x2000);
  return process.call('rt_sigprocmask', how, set, process.buffer + 0x3000, 8);
}

const bit = (signal: number): number => 1 << (signal - 1);
const raise = (process: TestProcess, signal: number): number => {
  const result = process.call('tgkill', 104, 104, signal);
  deliverSignals(process.thread);
  return result;
};

/** What a handler's return does: takes the return address, and calls rt_sigreturn. */
function returnFromHandler(process: TestProcess): void {
  const { registers } = process.thread;
  const pointer = registers.gprNumber(RSP);
  expect(process.state.memory.readInt64(pointer)).to.equal(RESTORER);
  registers.setGprNumber(RSP, pointer + 8);
  expect(process.call('rt_sigreturn')).to.equal(REGISTERS_SET);
}

describe('signals without a handler', () => {
  it('end the program, and say which it was', () => {
    const process = aProcess();
    expect(raise(process, Signal.SIGABRT)).to.equal(0);
    expect(process.state.end).to.deep.equal({
      kind: 'signal',
      signal: Signal.SIGABRT,
      reason: 'program killed by SIGABRT, which it sent to itself',
    });
  });

  it('do nothing when ignored, by default or on request', () => {
    const process = aProcess();
    raise(process, Signal.SIGCHLD);
    setAction(process, Signal.SIGTERM, SIG_IGN);
    raise(process, Signal.SIGTERM);
    expect(process.state.end).to.equal(undefined);
  });

  it('cannot stop a program that nobody could continue', () => {
    const process = aProcess();
    const warnings: string[] = [];
    const before = setLogSink({
      message: (_, text) => warnings.push(text),
      debug: () => undefined,
    });
    resetWarnOnce();
    raise(process, Signal.SIGSTOP);
    setLogSink(before);
    expect(process.state.end).to.equal(undefined);
    expect(warnings).to.have.length(1);
  });

  it('reach only the program itself', () => {
    const process = aProcess();
    expect(process.call('kill', 1, Signal.SIGTERM)).to.equal(-Errno.ESRCH);
    expect(process.call('tgkill', 104, 7, Signal.SIGTERM)).to.equal(-Errno.ESRCH);
    expect(process.call('kill', 104, 0)).to.equal(0);
    expect(process.call('kill', 104, 65)).to.equal(-Errno.EINVAL);
    expect(process.thread.pending).to.deep.equal([]);
  });

  it('wait while they are blocked', () => {
    const process = aProcess();
    expect(setMask(process, BLOCK, bit(Signal.SIGTERM))).to.equal(0);
    raise(process, Signal.SIGTERM);
    raise(process, Signal.SIGTERM);
    expect(process.state.end).to.equal(undefined);
    process.call('rt_sigpending', process.buffer, 8);
    expect(process.state.memory.readInt32(process.buffer)).to.equal(bit(Signal.SIGTERM));
    setMask(process, UNBLOCK, bit(Signal.SIGTERM));
    deliverSignals(process.thread);
    expect(process.state.end).to.include({ signal: Signal.SIGTERM });
  });
});

describe('signal handlers', () => {
  it('run with the signal, its information and the context, and go back', () => {
    const process = aProcess();
    const { registers } = process.thread;
    setAction(process, Signal.SIGUSR1, HANDLER, ActionFlag.SigInfo);
    registers.setGprNumber(RAX, 77);
    registers.fpu.setXmm(3, new Uint8Array(16).fill(3));
    const saved = registers.block.slice();
    raise(process, Signal.SIGUSR1);
    expect(registers.gprNumber(RIP)).to.equal(HANDLER);
    expect(registers.gprNumber(RDI)).to.equal(Signal.SIGUSR1);
    expect(registers.gprNumber(RSP) % 16).to.equal(8);
    expect(registers.gprNumber(RSP)).to.be.lessThan(STACK_TOP - 0x2008 - 128);
    const info = process.view(registers.gprNumber(RSI), 24);
    expect([info.getInt32(0, true), info.getInt32(8, true)]).to.deep.equal([Signal.SIGUSR1, -6]);
    const interrupted = process.state.memory.readInt64(registers.gprNumber(RDX) + 40 + 16 * 8);
    expect(interrupted).to.equal(0x40_0100);
    expect(process.thread.blocked.low).to.equal(bit(Signal.SIGUSR1));

    registers.setGprNumber(R15, 0);
    registers.fpu.setXmm(3, new Uint8Array(16));
    returnFromHandler(process);
    const restored = new X86ThreadState();
    restored.block.set(saved);
    for (const register of [RAX, RIP, RSP, R15]) {
      expect(registers.gpr(register)).to.equal(restored.gpr(register));
    }
    expect([...registers.fpu.xmm(3)]).to.deep.equal(Array(16).fill(3));
    expect(process.thread.blocked.low).to.equal(0);
  });

  it('cannot get at flags of the system by what they leave on the stack', () => {
    const process = aProcess();
    const { registers } = process.thread;
    setAction(process, Signal.SIGUSR1, HANDLER);
    registers.rflags = 0x202n;
    raise(process, Signal.SIGUSR1);
    const flags = registers.gprNumber(RDX) + 40 + 17 * 8;
    process.state.memory.writeInt64(flags, 0x3_3cd5);
    returnFromHandler(process);
    const [IF, IOPL, VM] = [0x200, 0x3000, 0x2_0000];
    expect(registers.gprNumber(RFLAGS) & (IF | IOPL | VM)).to.equal(IF);
    expect(registers.gprNumber(RFLAGS) & 0x8d5).to.equal(0x8d5);
  });

  it('block their own signal and those they ask for, unless told not to', () => {
    const process = aProcess();
    setAction(process, Signal.SIGUSR1, HANDLER, 0, bit(Signal.SIGUSR2));
    raise(process, Signal.SIGUSR1);
    expect(process.thread.blocked.low).to.equal(bit(Signal.SIGUSR1) | bit(Signal.SIGUSR2));
    const other = aProcess();
    setAction(other, Signal.SIGUSR1, HANDLER, ActionFlag.NoDefer);
    raise(other, Signal.SIGUSR1);
    expect(other.thread.blocked.low).to.equal(0);
  });

  it('are gone after one use where the program wants that', () => {
    const process = aProcess();
    setAction(process, Signal.SIGUSR1, HANDLER, ActionFlag.ResetHand);
    raise(process, Signal.SIGUSR1);
    expect(process.state.signalActions.get(Signal.SIGUSR1).handler).to.equal(SIG_DFL);
  });

  it('run one inside the other when several signals wait', () => {
    const process = aProcess();
    const { registers } = process.thread;
    setAction(process, Signal.SIGUSR1, HANDLER);
    setAction(process, Signal.SIGUSR2, HANDLER + 1);
    process.call('kill', 104, Signal.SIGUSR1);
    process.call('kill', 104, Signal.SIGUSR2);
    deliverSignals(process.thread);
    expect(registers.gprNumber(RIP)).to.equal(HANDLER + 1);
    returnFromHandler(process);
    expect(registers.gprNumber(RIP)).to.equal(HANDLER);
    returnFromHandler(process);
    expect(registers.gprNumber(RIP)).to.equal(0x40_0100);
  });

  it('run on the alternate stack where they ask for it', () => {
    const process = aProcess();
    const { memory } = process.state;
    const stack = process.buffer + 0x4000;
    memory.writeInt64(process.buffer, stack);
    memory.writeInt32(process.buffer + 8, 0);
    memory.writeInt64(process.buffer + 16, 0x4000);
    expect(process.call('sigaltstack', process.buffer, 0)).to.equal(0);
    setAction(process, Signal.SIGUSR1, HANDLER, ActionFlag.OnStack);
    raise(process, Signal.SIGUSR1);
    const pointer = process.thread.registers.gprNumber(RSP);
    expect(pointer)
      .to.be.greaterThan(stack)
      .and.lessThan(stack + 0x4000);
    expect(process.call('sigaltstack', process.buffer, 0)).to.equal(-Errno.EPERM);
    process.call('sigaltstack', 0, process.buffer);
    expect(memory.readInt32(process.buffer + 8)).to.equal(1);
  });

  it('cannot run without a stack: the program dies', () => {
    const process = aProcess();
    process.thread.registers.setGprNumber(RSP, 0x1000);
    setAction(process, Signal.SIGUSR1, HANDLER);
    raise(process, Signal.SIGUSR1);
    expect(process.state.end).to.include({ kind: 'signal', signal: Signal.SIGSEGV });
  });

  it('end rt_sigsuspend, whose mask holds only as long', () => {
    const process = aProcess();
    setAction(process, Signal.SIGUSR1, HANDLER);
    setMask(process, SETMASK, bit(Signal.SIGUSR1) | bit(Signal.SIGUSR2));
    const set = process.buffer + 0x2800;
    process.put(new Uint8Array(8), set);
    expect(process.call('rt_sigsuspend', set, 8)).to.equal(SLEEP);
    const waiting = aProcess();
    setAction(waiting, Signal.SIGUSR1, HANDLER);
    setMask(waiting, SETMASK, bit(Signal.SIGUSR1));
    raise(waiting, Signal.SIGUSR1);
    waiting.put(new Uint8Array(8), set);
    expect(waiting.call('rt_sigsuspend', set, 8)).to.equal(SLEEP);
    deliverSignals(waiting.thread);
    expect(waiting.thread.registers.gprNumber(RIP)).to.equal(HANDLER);
    returnFromHandler(waiting);
    expect(waiting.thread.blocked.low).to.equal(bit(Signal.SIGUSR1));
  });
});

describe('rt_sigtimedwait', () => {
  it('takes a signal that waits, blocked or not, and says what it is about', () => {
    const process = aProcess();
    const { memory } = process.state;
    const set = process.buffer + 0x2800;
    memory.writeInt64(set, bit(Signal.SIGUSR1) | bit(Signal.SIGUSR2));
    setMask(process, SETMASK, bit(Signal.SIGUSR1) | bit(Signal.SIGUSR2));
    raise(process, Signal.SIGUSR2);
    const info = process.buffer + 0x2900;
    expect(process.call('rt_sigtimedwait', set, info, 0, 8)).to.equal(Signal.SIGUSR2);
    expect(memory.readInt32(info)).to.equal(Signal.SIGUSR2);
    expect(memory.readInt32(info + 16), 'si_pid').to.equal(process.state.ids.pid);
    expect(process.thread.pending).to.deep.equal([]);
    expect(process.call('rt_sigtimedwait', set, info, 0, 4)).to.equal(-Errno.EINVAL);
  });

  it('waits, at the longest as long as it is told, and is woken by what it waits for', () => {
    const process = aProcess();
    const { memory } = process.state;
    const set = process.buffer + 0x2800;
    const time = process.buffer + 0x2880;
    memory.writeInt64(set, bit(Signal.SIGUSR1));
    setMask(process, SETMASK, bit(Signal.SIGUSR1));
    process.put(new Uint8Array(16), time);
    expect(process.call('rt_sigtimedwait', set, 0, time, 8)).to.equal(-Errno.EAGAIN);
    memory.writeInt64(time, 3);
    expect(process.call('rt_sigtimedwait', set, 0, time, 8)).to.equal(SLEEP);
    expect(process.thread.sleep).to.include({ until: 3e12, result: RESTART });
    expect(process.thread.hasAwaited()).to.equal(false);
    raise(process, Signal.SIGUSR1);
    expect(process.thread.hasDeliverable()).to.equal(false);
    expect(process.thread.hasAwaited()).to.equal(true);
  });
});

describe('rt_sigaction', () => {
  it('tells what was set before', () => {
    const process = aProcess();
    setAction(process, Signal.SIGINT, HANDLER, ActionFlag.Restart, 0x80);
    expect(process.call('rt_sigaction', Signal.SIGINT, 0, process.buffer, 8)).to.equal(0);
    const view = process.view(process.buffer, 32);
    expect(Number(view.getBigUint64(0, true))).to.equal(HANDLER);
    expect(view.getUint32(8, true)).to.equal(ActionFlag.Restart | ActionFlag.Restorer);
    expect(view.getUint32(24, true)).to.equal(0x80);
  });

  it('leaves SIGKILL and SIGSTOP alone, and refuses nonsense', () => {
    const process = aProcess();
    expect(setAction(process, Signal.SIGKILL, HANDLER)).to.equal(-Errno.EINVAL);
    expect(setAction(process, 0, HANDLER)).to.equal(-Errno.EINVAL);
    expect(process.call('rt_sigaction', 2, 0, 0, 16)).to.equal(-Errno.EINVAL);
    setMask(process, SETMASK, -1);
    expect(process.thread.blocked.low & bit(Signal.SIGKILL)).to.equal(0);
    expect(process.thread.blocked.low & bit(Signal.SIGSTOP)).to.equal(0);
  });
});

describe('signals of faults', () => {
  const exception = (vector: number): string =>
    exceptionSignal({ vector, errorCode: 0, address: 0, rip: 0x40_1136 }).reason;

  it('are those of Linux', () => {
    expect(exception(0)).to.equal('program killed by SIGFPE: division error at rip 0x401136');
    const expected = [
      [0, 'SIGFPE'],
      [1, 'SIGTRAP'],
      [3, 'SIGTRAP'],
      [6, 'SIGILL'],
      [12, 'SIGBUS'],
      [13, 'SIGSEGV'],
      [16, 'SIGFPE'],
      [17, 'SIGBUS'],
      [19, 'SIGFPE'],
    ] as const;
    for (const [vector, name] of expected) expect(exception(vector)).to.include(` ${name}: `);
  });

  it('have an address where Linux gives one', () => {
    const addressOf = (vector: number): number =>
      exceptionSignal({ vector, errorCode: 0, address: 0, rip: 0x40_1136 }).address;
    expect([0, 6, 13, 17].map(addressOf)).to.deep.equal([0x40_1136, 0x40_1136, 0, 0]);
  });

  it('name access, address and instruction of a page fault', () => {
    const fault = { vector: 14, errorCode: 4, address: 0, rip: 0x40_1136 };
    const reason = (errorCode: number, address = 0): string =>
      pageFaultSignal({ ...fault, errorCode, address }, 'unmapped', 0x10_0000).reason;
    expect(reason(4)).to.equal('program killed by SIGSEGV: read of 0x0 at rip 0x401136');
    expect(reason(6)).to.include('write to 0x0');
    expect(reason(0x14)).to.include('jump to 0x0');
    expect(reason(6, STACK_TOP - 0x10_0000 - 8)).to.include('the stack is full');
    const bus = pageFaultSignal(fault, 'past-file', 0x10_0000);
    expect([signalName(bus.signal), bus.code]).to.deep.equal(['SIGBUS', 2]);
    expect(pageFaultSignal(fault, 'denied', 0).code).to.equal(2);
    expect(accessOf(7)).to.equal('write');
  });

  it('kill a program that has blocked or ignored them', () => {
    const pending = exceptionSignal({ vector: 6, errorCode: 0, address: 0, rip: 0 });
    const blocked = aProcess();
    setAction(blocked, Signal.SIGILL, HANDLER);
    setMask(blocked, BLOCK, bit(Signal.SIGILL));
    forceSignal(blocked.thread, pending);
    expect(blocked.state.end).to.include({ signal: Signal.SIGILL });
    const ignoring = aProcess();
    setAction(ignoring, Signal.SIGILL, SIG_IGN);
    forceSignal(ignoring.thread, pending);
    expect(ignoring.state.end).to.include({ signal: Signal.SIGILL });
  });

  it('do not tell what of the kernel is mapped', () => {
    const codeAt = (address: number): number | undefined =>
      pageFaultSignal({ vector: 14, errorCode: 6, address, rip: 0 }, 'unmapped', 0x10_0000)
        .errorCode;
    expect([0x1000, 0x7fff_ffff_efff, 0x7fff_ffff_f000].map(codeAt)).to.deep.equal([6, 6, 7]);
  });

  it('reach a handler with the address of the fault', () => {
    const process = aProcess();
    setAction(process, Signal.SIGSEGV, HANDLER, ActionFlag.SigInfo);
    const fault = { vector: 14, errorCode: 6, address: 0x1234_5000, rip: 0x40_0100 };
    forceSignal(process.thread, pageFaultSignal(fault, 'unmapped', 0x10_0000));
    deliverSignals(process.thread);
    const { registers } = process.thread;
    expect(registers.gprNumber(RIP)).to.equal(HANDLER);
    const info = registers.gprNumber(RSI);
    expect(process.state.memory.readInt64(info + 16)).to.equal(0x1234_5000);
    expect(process.state.memory.readInt32(info + 8)).to.equal(1);
  });
});
