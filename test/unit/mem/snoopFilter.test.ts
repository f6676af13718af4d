import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import {
  CoherentXBar,
  coherentXBarSchema,
  MemCmd,
  Packet,
  PacketFlag,
  RequestFlag,
  SnoopFilter as SnoopFilterModel,
  snoopFilterSchema,
} from '../../../src/mem/index';
import type { ResponsePort } from '../../../src/mem/index';
import { nodeClass } from '../../../src/sim/index';
import { aClock, instantiated, SimpleMemory, System, TestRequestor } from '../../support/memory';
import type { TestRequestorModel } from '../../support/memory';

const SnoopFilter = nodeClass(SnoopFilterModel, snoopFilterSchema);
const XBar = nodeClass(CoherentXBar, coherentXBarSchema);

interface Bench {
  readonly filter: SnoopFilterModel;
  /** The requestors, of which the first two snoop. */
  readonly caches: readonly TestRequestorModel[];
  /** The crossbar's ports towards them. */
  readonly ports: readonly ResponsePort[];
}

function aBench(maxCapacity = '8MiB'): Bench {
  const membus = new XBar({
    width: 16,
    frontendLatency: 1,
    forwardLatency: 1,
    responseLatency: 1,
    snoopResponseLatency: 1,
    snoopFilter: new SnoopFilter({ maxCapacity }),
  });
  const system = new System({
    clkDomain: aClock(),
    caches: [true, true, false].map(snooping => new TestRequestor({ snooping })),
    mem: new SimpleMemory(),
    membus,
  });
  for (const cache of system.caches) cache.port = membus.cpuSidePorts;
  system.systemPort = membus.cpuSidePorts;
  system.mem.port = membus.memSidePorts;
  const simulation = instantiated(system);
  const caches = system.caches.map(cache => cache.simObject());
  return {
    filter: simulation.find('system.membus.snoop_filter') as SnoopFilterModel,
    caches,
    ports: caches.map(cache => cache.port.responsePort),
  };
}

const LINE = 0x1000;

function aPacket(bench: Bench, from: number, cmd: MemCmd, flags = 0): Packet {
  const cache = bench.caches[from];
  if (cache === undefined) throw new Error('no such cache');
  const pkt = new Packet(cache.request(LINE, 64, flags), cmd);
  pkt.allocate();
  return pkt;
}

/** Sends a request past the filter and its response back; whom the request is shown to. */
function access(bench: Bench, from: number, cmd: MemCmd, flags = 0): number[] {
  const pkt = aPacket(bench, from, cmd, flags);
  const shown = request(bench, pkt, from);
  if (pkt.needsResponse()) {
    pkt.makeResponse();
    bench.filter.updateResponse(pkt, bench.ports[from]!);
  }
  return shown;
}

function request(bench: Bench, pkt: Packet, from: number, willRetry = false): number[] {
  const shown = bench.filter.lookupRequest(pkt, bench.ports[from]!);
  bench.filter.finishRequest(willRetry);
  return shown.map(port => bench.ports.indexOf(port));
}

describe('SnoopFilter', () => {
  it('names nobody for a line that no cache has', () => {
    const bench = aBench();
    expect(access(bench, 2, MemCmd.ReadReq)).to.deep.equal([]);
    expect(bench.filter.lookupSnoop(aPacket(bench, 0, MemCmd.ReadSharedReq))).to.deep.equal([]);
  });

  it('names those who have read a line, but not who asks', () => {
    const bench = aBench();
    expect(access(bench, 0, MemCmd.ReadSharedReq)).to.deep.equal([]);
    expect(access(bench, 1, MemCmd.ReadSharedReq)).to.deep.equal([0]);
    expect(access(bench, 0, MemCmd.ReadSharedReq)).to.deep.equal([1]);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([0, 1]);
  });

  it('does not remember those who keep no copies, nor uncacheable accesses', () => {
    const bench = aBench();
    access(bench, 2, MemCmd.ReadSharedReq);
    access(bench, 0, MemCmd.ReadReq);
    access(bench, 1, MemCmd.ReadSharedReq, RequestFlag.UNCACHEABLE);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
  });

  it('forgets who evicts a line, unless a cache above still has it', () => {
    const bench = aBench();
    access(bench, 0, MemCmd.ReadSharedReq);
    const kept = aPacket(bench, 0, MemCmd.CleanEvict);
    kept.flags |= PacketFlag.BLOCK_CACHED;
    request(bench, kept, 0);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([0]);
    access(bench, 0, MemCmd.WritebackDirty);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
    expect(() => access(bench, 0, MemCmd.CleanEvict)).to.throw(PanicError, 'does not hold');
  });

  it('takes back what it noted of a request that was refused', () => {
    const bench = aBench();
    request(bench, aPacket(bench, 0, MemCmd.ReadSharedReq), 0, true);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
    expect(access(bench, 0, MemCmd.ReadSharedReq)).to.deep.equal([]);
  });

  it('finds two requests of one cache for one line at the same time', () => {
    const bench = aBench();
    request(bench, aPacket(bench, 0, MemCmd.ReadSharedReq), 0);
    expect(() => request(bench, aPacket(bench, 0, MemCmd.ReadSharedReq), 0)).to.throw(
      PanicError,
      'double request',
    );
  });

  it('follows a line from cache to cache', () => {
    const bench = aBench();
    access(bench, 0, MemCmd.ReadSharedReq);
    const pkt = aPacket(bench, 1, MemCmd.ReadExReq);
    request(bench, pkt, 1);
    pkt.makeResponse();
    bench.filter.updateSnoopResponse(pkt, bench.ports[0]!, bench.ports[1]!);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([1]);
    expect(() => bench.filter.updateSnoopResponse(pkt, bench.ports[0]!, bench.ports[1]!)).to.throw(
      PanicError,
      'does not have the line',
    );
  });

  it('keeps the old holder of a line that is shared', () => {
    const bench = aBench();
    access(bench, 0, MemCmd.ReadSharedReq);
    const pkt = aPacket(bench, 1, MemCmd.ReadSharedReq);
    request(bench, pkt, 1);
    pkt.makeResponse();
    pkt.flags |= PacketFlag.HAS_SHARERS;
    bench.filter.updateSnoopResponse(pkt, bench.ports[0]!, bench.ports[1]!);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([0, 1]);
  });

  it('forgets a line that is invalidated or taken from below', () => {
    const bench = aBench();
    access(bench, 0, MemCmd.ReadSharedReq);
    expect(bench.filter.lookupSnoop(aPacket(bench, 1, MemCmd.InvalidateReq))).to.have.length(1);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
    access(bench, 0, MemCmd.ReadSharedReq);
    const taken = aPacket(bench, 1, MemCmd.ReadExReq);
    taken.makeResponse();
    bench.filter.updateSnoopForward(taken);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
  });

  it('tells the secure memory space apart', () => {
    const bench = aBench();
    access(bench, 0, MemCmd.ReadSharedReq, RequestFlag.SECURE);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
    expect(access(bench, 2, MemCmd.WriteReq, RequestFlag.SECURE)).to.deep.equal([0]);
  });

  it('does not make cache maintenance a holder', () => {
    const bench = aBench();
    access(bench, 0, MemCmd.CleanSharedReq, RequestFlag.CLEAN);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
    access(bench, 0, MemCmd.ReadSharedReq);
    access(bench, 0, MemCmd.CleanInvalidReq, RequestFlag.CLEAN | RequestFlag.INVALIDATE);
    expect(access(bench, 2, MemCmd.WriteReq)).to.deep.equal([]);
  });

  it('finds caches that are larger than it was told', () => {
    const bench = aBench('64B');
    access(bench, 0, MemCmd.ReadSharedReq);
    const other = new Packet(bench.caches[0]!.request(0x2000, 64), MemCmd.ReadSharedReq);
    expect(() => bench.filter.lookupSnoop(other)).to.throw(PanicError, 'exceeded its capacity');
  });
});
