/** Pipes, and calls that wait for files: without a processor, the clock set by hand. */
import { closeSync, writeSync } from 'node:fs';
import { expect } from 'chai';
import { Errno, pipe, PollEvent } from '../../../src/host/index';
import { StreamFile } from '../../../src/se/hostOpenFile';
import { OpenFlag } from '../../../src/se/openFile';
import { PIPE_CAPACITY } from '../../../src/se/pipe';
import { sendSignal } from '../../../src/se/signalDelivery';
import { maskWith, NO_SIGNALS, Signal } from '../../../src/se/signals';
import { BLOCKED, RESTART, SLEEP } from '../../../src/se/syscallResult';
import { ArrayFile, TestProcess } from '../../support/se';

const MILLISECOND = 1e9;

/** A program with a pipe, whose clock the test moves. */
class PipeProcess extends TestProcess {
  readonly clock: { now: number };
  readonly readEnd: number;
  readonly writeEnd: number;

  constructor(flags = 0) {
    const clock = { now: 0 };
    super({ tick: () => clock.now });
    this.clock = clock;
    expect(this.call('pipe2', this.buffer, flags)).to.equal(0);
    this.readEnd = this.state.memory.readInt32(this.buffer);
    this.writeEnd = this.state.memory.readInt32(this.buffer + 4);
  }

  writeText(text: string): number {
    this.put(text, this.buffer + 0x1000);
    return this.call('write', this.writeEnd, this.buffer + 0x1000, text.length);
  }

  /** `poll` on one descriptor: its result and what is ready. */
  poll(descriptor: number, events: number, timeout: number): readonly [number, number] {
    const entry = this.buffer + 0x100;
    this.state.memory.writeInt32(entry, descriptor);
    this.state.memory.writeInt32(entry + 4, events);
    const result = this.call('poll', entry, 1, timeout);
    return [result, this.state.memory.readInt32(entry + 4) >>> 16];
  }
}

describe('pipe', () => {
  it('hands on bytes, across the end of its buffer, in order', () => {
    const process = new PipeProcess();
    const { memory } = process.state;
    const chunk = 40_000;
    for (let round = 0; round < 5; round++) {
      const bytes = Uint8Array.from({ length: chunk }, (_, i) => (i * 7 + round) & 0xff);
      memory.copyOut(process.buffer, bytes);
      expect(process.call('write', process.writeEnd, process.buffer, chunk)).to.equal(chunk);
      memory.clear(process.buffer, chunk);
      expect(process.call('read', process.readEnd, process.buffer, chunk + 1)).to.equal(chunk);
      expect(process.bytes(process.buffer, chunk)).to.deep.equal(bytes);
    }
  });

  it('makes a program wait that reads nothing or writes too much, unless it does not want to', () => {
    const patient = new PipeProcess();
    expect(patient.call('read', patient.readEnd, patient.buffer, 1)).to.equal(BLOCKED);
    const hasty = new PipeProcess(OpenFlag.NonBlock);
    expect(hasty.call('read', hasty.readEnd, hasty.buffer, 1)).to.equal(-Errno.EAGAIN);
    const memory = hasty.space.map({ address: 0, length: 100_000, protection: 3 });
    expect(hasty.call('write', hasty.writeEnd, memory, 100_000)).to.equal(PIPE_CAPACITY);
    expect(hasty.call('write', hasty.writeEnd, memory, 1)).to.equal(-Errno.EAGAIN);
    hasty.call('read', hasty.readEnd, hasty.buffer, 100);
    expect(hasty.call('write', hasty.writeEnd, memory, 4096), 'all or nothing').to.equal(
      -Errno.EAGAIN,
    );
    expect(hasty.call('write', hasty.writeEnd, memory, 5000)).to.equal(100);
  });

  it('ends with its last writer, and breaks with its last reader', () => {
    const process = new PipeProcess();
    const copy = process.call('dup', process.writeEnd);
    process.call('close', process.writeEnd);
    expect(process.call('read', process.readEnd, process.buffer, 1)).to.equal(BLOCKED);
    process.call('close', copy);
    expect(process.call('read', process.readEnd, process.buffer, 1)).to.equal(0);
    const other = new PipeProcess();
    other.call('close', other.readEnd);
    expect(other.writeText('x')).to.equal(-Errno.EPIPE);
    expect(other.thread.pending).to.have.length(1);
  });

  it('has one size', () => {
    const process = new PipeProcess();
    const SET_SIZE = 1031;
    const GET_SIZE = 1032;
    expect(process.call('fcntl', process.readEnd, GET_SIZE)).to.equal(PIPE_CAPACITY);
    expect(process.call('fcntl', process.readEnd, SET_SIZE, 4096)).to.equal(PIPE_CAPACITY);
    expect(process.call('fcntl', process.readEnd, SET_SIZE, 2 ** 20)).to.equal(-Errno.EPERM);
    process.state.files.set(9, new ArrayFile(''));
    expect(process.call('fcntl', 9, GET_SIZE)).to.equal(-Errno.EBADF);
  });

  it('takes no descriptors that it cannot give, and leaves none', () => {
    const process = new TestProcess();
    expect(process.call('pipe2', 8, 0)).to.equal(-Errno.EFAULT);
    expect(process.call('pipe2', process.buffer, 1)).to.equal(-Errno.EINVAL);
    for (let i = 1; i < process.state.files.limit; i++) {
      process.state.files.set(i, new ArrayFile(''));
    }
    expect(process.call('pipe2', process.buffer, 0)).to.equal(-Errno.EMFILE);
    expect([...process.state.files.entries()]).to.have.length(process.state.files.limit - 1);
  });

  it('leaves no descriptors that the program would not know of', () => {
    const process = new TestProcess();
    const readOnly = process.space.map({ address: 0, length: 4096, protection: 1 });
    expect(process.call('pipe2', readOnly, 0)).to.equal(-Errno.EFAULT);
    expect([...process.state.files.entries()]).to.deep.equal([]);
  });
});

describe('poll', () => {
  it('tells what is ready without waiting', () => {
    const process = new PipeProcess();
    const { In, Out, HangUp, Error, Invalid } = PollEvent;
    expect(process.poll(process.readEnd, In, 0)).to.deep.equal([0, 0]);
    expect(process.poll(process.writeEnd, In | Out, 0)).to.deep.equal([1, Out]);
    process.writeText('x');
    expect(process.poll(process.readEnd, In, -1)).to.deep.equal([1, In]);
    const READ_NORMAL = 0x40;
    expect(process.poll(process.readEnd, READ_NORMAL, -1)).to.deep.equal([1, READ_NORMAL]);
    expect(process.poll(77, In, -1)).to.deep.equal([1, Invalid]);
    expect(process.poll(-5, In, 0)).to.deep.equal([0, 0]);
    process.call('close', process.writeEnd);
    expect(process.poll(process.readEnd, In, -1)).to.deep.equal([1, In | HangUp]);
    const other = new PipeProcess();
    other.call('close', other.readEnd);
    expect(other.poll(other.writeEnd, Out, -1)).to.deep.equal([1, Out | Error]);
    expect(process.call('poll', process.buffer, 5000, 0)).to.equal(-Errno.EINVAL);
    expect(process.call('poll', 8, 1, 0)).to.equal(-Errno.EFAULT);
  });

  it('sleeps in simulated time, and gives up when the first attempt said so', () => {
    const process = new PipeProcess();
    process.clock.now = 100 * MILLISECOND;
    expect(process.poll(process.readEnd, PollEvent.In, 50)[0]).to.equal(SLEEP);
    expect(process.thread.sleep).to.include({ until: 150 * MILLISECOND, result: RESTART });
    process.thread.endSleep();
    process.clock.now = 120 * MILLISECOND;
    expect(process.poll(process.readEnd, PollEvent.In, 50)[0]).to.equal(SLEEP);
    expect(process.thread.sleep).to.include({ until: 150 * MILLISECOND });
    process.thread.endSleep();
    process.clock.now = 150 * MILLISECOND;
    expect(process.poll(process.readEnd, PollEvent.In, 50)).to.deep.equal([0, 0]);
    expect(process.thread.deadline).to.equal(undefined);
  });

  it('waits for the host in host time, but no longer than a timer of the program', () => {
    const process = new PipeProcess();
    const ends = pipe(OpenFlag.NonBlock);
    const { hostWait } = process.state;
    const stream = new StreamFile(ends.readEnd, 'pipe', OpenFlag.ReadOnly, true, hostWait);
    process.state.files.set(9, stream);
    const entry = process.buffer + 0x200;
    [0, 0, 0, 1000].forEach((word, i) => {
      process.state.memory.writeInt64(entry + i * 8, word);
    });
    expect(process.call('setitimer', 0, entry, 0)).to.equal(0);
    expect(process.poll(9, PollEvent.In, -1)[0]).to.equal(SLEEP);
    expect(process.thread.sleep).to.include({ until: MILLISECOND, result: RESTART });
    expect(process.call('read', 9, process.buffer, 1)).to.equal(BLOCKED);
    writeSync(ends.writeEnd, 'x');
    process.thread.deadline = undefined;
    expect(process.poll(9, PollEvent.In, -1)).to.deep.equal([1, PollEvent.In]);
    process.state.files.closeAll();
    closeSync(ends.writeEnd);
  });
});

describe('select', () => {
  it('looks at three sets, and says how much time is left', () => {
    const process = new PipeProcess();
    const { memory } = process.state;
    const sets = process.buffer + 0x300;
    const time = process.buffer + 0x400;
    const call = (): number => {
      memory.writeInt64(sets, 2 ** process.readEnd);
      memory.writeInt64(sets + 8, 2 ** process.writeEnd);
      memory.writeInt64(time, 2);
      memory.writeInt64(time + 8, 500_000);
      return process.call('select', 10, sets, sets + 8, 0, time);
    };
    expect(call()).to.equal(1);
    expect(memory.readInt64(sets)).to.equal(0);
    expect(memory.readInt64(sets + 8)).to.equal(2 ** process.writeEnd);
    expect([memory.readInt64(time), memory.readInt64(time + 8)]).to.deep.equal([2, 500_000]);
    process.writeText('x');
    expect(call()).to.equal(2);
    memory.writeInt64(sets, 2 ** 9);
    expect(process.call('select', 10, sets, 0, 0, time)).to.equal(-Errno.EBADF);
    expect(process.call('select', -1, 0, 0, 0, 0)).to.equal(-Errno.EINVAL);
    memory.writeInt64(time + 8, 1_000_000);
    expect(process.call('select', 0, 0, 0, 0, time)).to.equal(-Errno.EINVAL);
  });

  it('has ended well where the rest of its time cannot be written', () => {
    const process = new PipeProcess();
    const time = process.space.map({ address: 0, length: 4096, protection: 1 });
    expect(process.call('select', 0, 0, 0, 0, time)).to.equal(0);
    expect(process.call('ppoll', 0, 0, time, 0, 0)).to.equal(0);
  });

  it('looks at its files before a signal that it lets through interrupts it', () => {
    const process = new PipeProcess();
    const { thread, buffer } = process;
    const { memory } = process.state;
    const mask = process.put(new Uint8Array(8), buffer + 0x500);
    const sets = buffer + 0x300;
    const signal = Signal.SIGUSR1;
    thread.blocked = maskWith(NO_SIGNALS, signal);
    sendSignal(thread, { signal, code: 0, address: 0, reason: 'a test' });
    memory.writeInt32(sets, process.writeEnd);
    memory.writeInt32(sets + 4, PollEvent.Out);
    expect(process.call('ppoll', sets, 1, 0, mask, 8)).to.equal(1);
    expect(thread.blocked).to.deep.equal(maskWith(NO_SIGNALS, signal));
    memory.writeInt32(sets, 77);
    expect(process.call('ppoll', sets, 1, 0, mask, 8), 'not open').to.equal(1);
    memory.writeInt32(sets, process.readEnd);
    const time = process.put(new Uint8Array(16), buffer + 0x700);
    expect(process.call('ppoll', sets, 1, time, mask, 8)).to.equal(-Errno.EINTR);
    expect(thread.blocked, 'until the handler runs').to.deep.equal(NO_SIGNALS);
  });

  it('blocks other signals while it waits, and only then', () => {
    const process = new PipeProcess();
    const { memory } = process.state;
    const set = process.buffer + 0x500;
    const argument = process.buffer + 0x600;
    memory.writeInt64(set, 0b100);
    memory.writeInt64(argument, set);
    memory.writeInt64(argument + 8, 8);
    const before = { low: 0b1000, high: 0 };
    process.thread.blocked = before;
    expect(process.call('pselect6', 0, 0, 0, 0, 0, argument)).to.equal(SLEEP);
    expect(process.thread.blocked).to.deep.equal({ low: 0b100, high: 0 });
    process.thread.endSleep();
    process.thread.deadline = undefined;
    const time = process.buffer + 0x700;
    process.put(new Uint8Array(16), time);
    expect(process.call('pselect6', 0, 0, 0, 0, time, argument)).to.equal(0);
    expect(process.thread.blocked).to.deep.equal(before);
    memory.writeInt64(argument + 8, 4);
    expect(process.call('pselect6', 0, 0, 0, 0, time, argument)).to.equal(-Errno.EINVAL);
  });
});
