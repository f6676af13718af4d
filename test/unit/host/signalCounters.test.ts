import { expect } from 'chai';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { PanicError } from '../../../src/base/index';
import {
  addressOf,
  close,
  Errno,
  ErrnoError,
  hostResources,
  mappingCount,
  pipe,
  PollEvent,
  processSignals,
  SignalCounters,
  signalThread,
  threadId,
  tryPoll,
  tryRead,
} from '../../../src/host/index';
import { libc } from '../../../src/host/libc';

const { SIGINT, SIGTERM, SIGUSR2, SIGKILL } = constants.signals;
// Arrives before the call returns, since this thread does not block it. (process.kill would do the
// same, but without a JavaScript handler Node runs its exit hooks first.)
const send = (signal: number): void => {
  signalThread(threadId(), signal);
};
const interrupt = (): void => {
  send(SIGINT);
};

/**
 * The action of a signal, to be compared: handler, the 8 bytes of mask that the kernel keeps (the C
 * library leaves the other 120 undefined), flags and restorer.
 */
const actionOf = (signal: number): string => {
  const action = new Uint8Array(152);
  // SAFETY: as large as struct sigaction; nothing is changed.
  libc.sigaction(signal, null, action);
  const hex = Buffer.from(action).toString('hex');
  return [hex.slice(0, 16), hex.slice(16, 32), hex.slice(272, 280), hex.slice(288)].join(' ');
};

describe('SignalCounters', () => {
  let counters: SignalCounters;
  beforeEach(() => {
    counters = new SignalCounters();
  });
  afterEach(() => {
    counters.dispose();
  });

  it('counts a signal at once, in the middle of synchronous code, and survives it', () => {
    counters.install([SIGINT]);
    expect(counters.count(SIGINT)).to.equal(0);
    interrupt();
    expect(counters.count(SIGINT)).to.equal(1);
    interrupt();
    interrupt();
    expect(counters.counts[SIGINT]).to.equal(3);
  });

  it('counts each signal by itself', () => {
    counters.install([SIGINT, SIGTERM, SIGUSR2]);
    send(SIGTERM);
    send(SIGUSR2);
    send(SIGUSR2);
    expect([SIGINT, SIGTERM, SIGUSR2].map(signal => counters.count(signal))).to.deep.equal([
      0, 1, 2,
    ]);
  });

  it('begins at 0 whenever a signal is installed, not when it is installed again', () => {
    counters.install([SIGINT]);
    interrupt();
    counters.install([SIGINT]);
    expect(counters.count(SIGINT)).to.equal(1);
    counters.restore();
    expect(counters.count(SIGINT)).to.equal(1);
    counters.install([SIGINT]);
    expect(counters.count(SIGINT)).to.equal(0);
  });

  it('puts the action of before back, flags and mask included', () => {
    const before = [actionOf(SIGINT), actionOf(SIGUSR2)];
    counters.install([SIGINT, SIGUSR2]);
    expect(actionOf(SIGINT)).not.to.equal(before[0]);
    counters.restore();
    expect([actionOf(SIGINT), actionOf(SIGUSR2)]).to.deep.equal(before);
  });

  it("puts Node's own handler back, which then works again", async () => {
    let seen = 0;
    const listener = (): void => {
      seen++;
    };
    process.on('SIGINT', listener);
    const before = actionOf(SIGINT);
    counters.install([SIGINT]);
    interrupt();
    counters.restore();
    expect(actionOf(SIGINT)).to.equal(before);
    const delivered = once(process, 'SIGINT');
    interrupt();
    await delivered;
    process.off('SIGINT', listener);
    expect({ seen, counted: counters.count(SIGINT) }).to.deep.equal({ seen: 1, counted: 1 });
  });

  it('leaves a handler alone that somebody else has installed since', async () => {
    counters.install([SIGINT]);
    const delivered = once(process, 'SIGINT');
    const theirs = actionOf(SIGINT);
    counters.restore();
    expect(actionOf(SIGINT)).to.equal(theirs);
    interrupt();
    await delivered;
    expect(counters.count(SIGINT)).to.equal(0);
  });

  it('nests: the inner counters give the signal back to the outer ones', () => {
    counters.install([SIGINT]);
    const inner = new SignalCounters();
    inner.install([SIGINT]);
    interrupt();
    inner.dispose();
    interrupt();
    expect([counters.count(SIGINT), inner.count(SIGINT)]).to.deep.equal([1, 1]);
  });

  it('takes none of the signals when one of them cannot be caught', () => {
    const before = actionOf(SIGUSR2);
    expect(() => {
      counters.install([SIGUSR2, SIGKILL]);
    }).to.throw(ErrnoError, 'sigaction failed while setting the action of signal 9');
    expect(actionOf(SIGUSR2)).to.equal(before);
  });

  describe('with a child that sends the signal', () => {
    let child: ChildProcess | undefined;
    let ends: ReturnType<typeof pipe>;
    // The child writes to the pipe's end that this process waits at, a while after the signal: an
    // interruption that does not come makes the test fail, not hang.
    const signalSoon = (): void => {
      const script = `sleep 0.05; kill -INT ${String(process.pid)}; sleep 5; echo late >&3`;
      child = spawn('sh', ['-c', script], { stdio: ['ignore', 'ignore', 'ignore', ends.writeEnd] });
    };
    beforeEach(() => {
      ends = pipe();
      counters.install([SIGINT]);
    });
    afterEach(() => {
      child?.kill('SIGKILL');
      close(ends.readEnd);
      close(ends.writeEnd);
    });

    it('ends a read that waits', () => {
      signalSoon();
      expect(tryRead(ends.readEnd, new Uint8Array(8), 8)).to.equal(-Errno.EINTR);
      expect(counters.count(SIGINT)).to.equal(1);
    });

    it('ends a poll that waits', () => {
      signalSoon();
      expect(tryPoll(ends.readEnd, PollEvent.In, 10_000)).to.equal(-Errno.EINTR);
      expect(counters.count(SIGINT)).to.equal(1);
    });

    it('is seen by a loop that does nothing but look', () => {
      signalSoon();
      const { counts } = counters;
      const limit = performance.now() + 10_000;
      let looks = 0;
      while (counts[SIGINT] === 0 && (++looks % 1024 !== 0 || performance.now() < limit));
      expect(counts[SIGINT]).to.equal(1);
    });
  });

  it('sets the bytes that were registered, and no others', () => {
    const bytes = new Uint8Array(8);
    const address = addressOf(bytes);
    for (const offset of [1n, 3n, 5n, 6n]) counters.addFlag(address + offset);
    counters.install([SIGINT]);
    interrupt();
    expect([...bytes]).to.deep.equal([0, 1, 0, 1, 0, 1, 1, 0]);
    bytes.fill(0);
    counters.removeFlag(address + 1n); // the first: the last takes its place
    counters.removeFlag(address + 5n);
    counters.removeFlag(address); // never added
    interrupt();
    expect([...bytes]).to.deep.equal([0, 0, 0, 1, 0, 0, 1, 0]);
    bytes.fill(0);
    counters.removeFlag(address + 6n);
    counters.removeFlag(address + 3n);
    interrupt();
    expect([...bytes]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(counters.count(SIGINT)).to.equal(3);
  });

  it('has room for a few hundred bytes to set and refuses more', () => {
    const bytes = new Uint8Array(1000);
    const address = addressOf(bytes);
    let added = 0;
    expect(() => {
      for (;;) {
        counters.addFlag(address + BigInt(added));
        added++;
      }
    }).to.throw(PanicError, 'bytes to set');
    counters.install([SIGINT]);
    interrupt();
    expect(added).to.be.above(400);
    expect(bytes.indexOf(0)).to.equal(added);
    expect(bytes.lastIndexOf(1)).to.equal(added - 1);
    // The counts lie before the list in the table, and the list ends inside it.
    expect(counters.counts.reduce((sum, count) => sum + count, 0)).to.equal(1);
  });

  it('can be disposed of twice, and its counts still be read', () => {
    const before = { action: actionOf(SIGINT), open: hostResources.size };
    counters.install([SIGINT]);
    interrupt();
    counters.dispose();
    counters.dispose();
    expect(actionOf(SIGINT)).to.equal(before.action);
    expect(hostResources.size).to.equal(before.open - 2); // itself and its page of code
    expect(counters.count(SIGINT)).to.equal(1);
    expect(() => {
      counters.install([SIGINT]);
    }).to.throw(PanicError, 'disposed of');
  });

  it('has one set of counters for the whole process', () => {
    expect(processSignals()).to.be.instanceOf(SignalCounters);
    expect(processSignals()).to.equal(processSignals());
  });

  it('leaves nothing behind in 500 rounds', () => {
    const round = (): void => {
      const other = new SignalCounters();
      other.install([SIGINT, SIGTERM]);
      interrupt();
      other.dispose();
    };
    for (let warmUp = 0; warmUp < 50; warmUp++) round();
    const before = { open: hostResources.size, maps: mappingCount() };
    for (let i = 0; i < 500; i++) round();
    expect(hostResources.size).to.equal(before.open);
    expect(mappingCount() - before.maps).to.be.below(50);
  });
});
