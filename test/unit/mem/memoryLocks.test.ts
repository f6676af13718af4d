/** Locks of a system's memory, as the memory keeps them. */
import { expect } from 'chai';
import { MaxTick } from '../../../src/base/index';
import { MemCmd, MemoryLock, type MemoryLocks } from '../../../src/mem/index';
import type { Simulation } from '../../../src/sim/index';
import {
  aClock,
  instantiated,
  IOXBar,
  SimpleMemory,
  System,
  TestRequestor,
} from '../../support/memory';
import type { TestRequestorModel } from '../../support/memory';

interface Bench {
  readonly simulation: Simulation;
  readonly holder: TestRequestorModel;
  readonly other: TestRequestorModel;
  readonly memory: ReturnType<InstanceType<typeof SimpleMemory>['simObject']>;
  readonly locks: MemoryLocks;
}

/** Two requestors, and a memory that takes 30 ns. */
function aBench(): Bench {
  const system = new System({
    ...{ clkDomain: aClock(), holder: new TestRequestor(), other: new TestRequestor() },
    ...{ mem: new SimpleMemory({ range: '64KiB', bandwidth: '0B/s' }), bus: new IOXBar() },
  });
  for (const { port } of [system.holder, system.other]) system.bus.cpuSidePorts = port;
  system.systemPort = system.bus.cpuSidePorts;
  system.mem.port = system.bus.memSidePorts;
  const simulation = instantiated(system);
  return {
    ...{ simulation, holder: system.holder.simObject(), other: system.other.simObject() },
    ...{ memory: system.mem.simObject(), locks: system.simObject().locks },
  };
}

/** A lock that notes that it was waited for. */
function aLock(
  requestorId: number,
  first: readonly [number, number],
  second: readonly [number, number] = [0, 0],
  granted: () => void = () => undefined,
): MemoryLock {
  const lock = new MemoryLock(requestorId, granted);
  lock.set(...first, ...second);
  return lock;
}

describe('A locked stretch of memory', () => {
  const LONG = 1_000_000;
  const answered = ({ other }: Bench): number[] => other.port.responses.map(pkt => pkt.addr);

  it('keeps others out of its bytes until it is released, and of no other bytes', () => {
    const bench = aBench();
    const { simulation, holder, other, locks } = bench;
    const lock = aLock(holder.requestorId, [0x100, 4], [0x2000, 2]);
    expect(locks.acquire(lock)).to.equal(true);
    const at = [0x0ff, 0x100, 0x103, 0x104, 0x1fff, 0x2000, 0x2001, 0x2002];
    for (const [i, addr] of at.entries()) other.sendAt(10 + i, other.writePacket(addr, [9]));
    other.sendAt(20, other.readPacket(0x0fc, 8));
    simulation.simulate(LONG);
    expect(answered(bench)).to.have.members([0x0ff, 0x104, 0x1fff, 0x2002]);
    expect(other.read(0x100, 4)).to.deep.equal([0, 0, 0, 0]);
    locks.release(lock);
    expect(other.read(0x100, 4)).to.deep.equal([9, 0, 0, 9]);
    simulation.simulate(LONG);
    expect(answered(bench).slice(4)).to.deep.equal([0x100, 0x103, 0x2000, 0x2001, 0x0fc]);
    expect([...(other.port.responses.at(-1)?.data ?? [])]).to.deep.equal([0, 0, 0, 9, 9, 0, 0, 9]);
  });

  it('is open to who has locked it, whoever waits', () => {
    const { simulation, holder, other, locks } = aBench();
    const lock = aLock(holder.requestorId, [0x100, 4]);
    locks.acquire(lock);
    other.sendAt(10, other.writePacket(0x100, [9]));
    holder.sendAt(20_000, holder.readPacket(0x100, 4, MemCmd.LockedRMWReadReq));
    holder.sendAt(90_000, holder.writePacket(0x100, [7, 7, 7, 7], MemCmd.LockedRMWWriteReq));
    simulation.simulate(LONG);
    expect(holder.port.responses.map(pkt => pkt.cmdString())).to.deep.equal([
      'LockedRMWReadResp',
      'LockedRMWWriteResp',
    ]);
    expect(other.port.responses).to.deep.equal([]);
    locks.release(lock);
    expect(other.read(0x100, 4)).to.deep.equal([9, 7, 7, 7]);
  });

  it('changes neither the order of accesses to the same bytes, nor that of their answers', () => {
    const bench = aBench();
    const { simulation, holder, other, locks } = bench;
    const [low, high] = [
      aLock(holder.requestorId, [0x100, 1]),
      aLock(holder.requestorId, [0x107, 1]),
    ];
    for (const lock of [low, high]) locks.acquire(lock);
    other.sendAt(10, other.writePacket(0x100, [1, 1, 1, 1]));
    other.sendAt(20, other.writePacket(0x103, [2, 2, 2, 2, 2]));
    other.sendAt(30, other.writePacket(0x102, [3, 3]));
    simulation.simulate(LONG);
    expect(answered(bench)).to.deep.equal([]);
    locks.release(low);
    expect(other.read(0x100, 8)).to.deep.equal([1, 1, 1, 1, 0, 0, 0, 0]);
    locks.release(high);
    expect(other.read(0x100, 8)).to.deep.equal([1, 1, 3, 3, 2, 2, 2, 2]);
    simulation.simulate(LONG);
    expect(answered(bench)).to.deep.equal([0x100, 0x103, 0x102]);
  });

  it('is not in the way of atomic and functional accesses', () => {
    const { holder, other, locks } = aBench();
    locks.acquire(aLock(holder.requestorId, [0x100, 4]));
    expect(other.write(0x100, [1])).to.be.above(0);
    other.port.sendFunctional(other.writePacket(0x101, [2]));
    expect(other.read(0x100, 2)).to.deep.equal([1, 2]);
  });

  it('has a drain wait, and says so', () => {
    const { simulation, holder, other, memory, locks } = aBench();
    const lock = aLock(holder.requestorId, [0x100, 4]);
    locks.acquire(lock);
    other.sendAt(10, other.writePacket(0x100, [1], MemCmd.WritebackDirty));
    simulation.simulate(LONG);
    expect(simulation.drainManager.tryDrain()).to.equal(false);
    expect(memory.whyNotDrained()).to.equal('requests for locked bytes');
    locks.release(lock);
    expect(simulation.simulate(MaxTick).cause).to.equal('Finished drain');
    expect(simulation.drainManager.tryDrain()).to.equal(true);
  });
});

describe('Locks of several requestors', () => {
  it('on two stretches in opposite order are held one after the other', () => {
    const { locks } = aBench();
    const got: number[] = [];
    const [a, b] = [0x0ffe, 0x3000];
    const first = aLock(1, [a, 2], [b, 2]);
    const second = aLock(2, [b, 2], [a, 2], () => got.push(2));
    const apart = aLock(3, [0x5000, 8]);
    expect([first, second, apart].map(lock => locks.acquire(lock))).to.deep.equal([
      true,
      false,
      true,
    ]);
    locks.release(apart);
    expect([second.isHeld, got]).to.deep.equal([false, []]);
    locks.release(first);
    expect([first.isHeld, second.isHeld, got]).to.deep.equal([false, true, [2]]);
    locks.release(second);
    expect(locks.isAnyHeld).to.equal(false);
  });

  it('are given in the order of asking: who wants much is not starved by many who want little', () => {
    const { locks } = aBench();
    const got: string[] = [];
    const [left, right] = [aLock(1, [0, 4]), aLock(2, [4, 4])];
    const both = aLock(3, [0, 8], [0, 0], () => got.push('both'));
    const again = aLock(1, [0, 4], [0, 0], () => got.push('again'));
    for (const lock of [left, right, both]) locks.acquire(lock);
    locks.release(left);
    expect(locks.acquire(again)).to.equal(false);
    locks.release(right);
    expect(got).to.deep.equal(['both']);
    locks.release(both);
    expect(got).to.deep.equal(['both', 'again']);
  });

  it('wait for accesses that came first', () => {
    const { simulation, other, locks } = aBench();
    const [left, right] = [aLock(101, [0x100, 4]), aLock(102, [0x104, 4])];
    for (const lock of [left, right]) locks.acquire(lock);
    other.sendAt(10, other.writePacket(0x100, [5, 5, 5, 5, 5, 5, 5, 5]));
    simulation.simulate(1_000_000);
    locks.release(left);
    expect(locks.acquire(left)).to.equal(false);
    locks.release(right);
    expect(other.read(0x100, 8)).to.deep.equal(Array(8).fill(5));
    expect(left.isHeld).to.equal(true);
  });
});
