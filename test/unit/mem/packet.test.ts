import { expect } from 'chai';
import { InvalidContextID, PanicError } from '../../../src/base/index';
import {
  MemCmd,
  Packet,
  PacketFlag,
  PrintReqState,
  Request,
  RequestFlag,
  type SenderState,
} from '../../../src/mem/index';

const aRequest = (addr = 0x1000, size = 8, flags = 0): Request => new Request(addr, size, flags, 3);

const aWrite = (addr: number, bytes: readonly number[]): Packet => {
  const pkt = new Packet(aRequest(addr, bytes.length), MemCmd.WriteReq);
  pkt.dataStatic(Uint8Array.from(bytes));
  return pkt;
};

const aRead = (addr: number, size: number): Packet => {
  const pkt = new Packet(aRequest(addr, size), MemCmd.ReadReq);
  pkt.allocate();
  return pkt;
};

describe('Request', () => {
  it('answers questions about its flags', () => {
    const fetch = aRequest(0, 4, RequestFlag.INST_FETCH | RequestFlag.UNCACHEABLE);
    expect([fetch.isInstFetch, fetch.isUncacheable, fetch.isLLSC]).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(aRequest(0, 4, RequestFlag.ATOMIC_NO_RETURN_OP).isAtomic).to.equal(true);
    expect(aRequest(0, 4, RequestFlag.MEM_SWAP_COND).isSwap).to.equal(true);
    expect(aRequest(0, 4, RequestFlag.STRICT_ORDER).isStrictlyOrdered).to.equal(true);
  });

  it('has flags that do not overlap', () => {
    const values = Object.values(RequestFlag).map(flag => flag >>> 0);
    expect(values.reduce((sum, flag) => sum + flag, 0)).to.equal(
      values.reduce((union, flag) => (union | flag) >>> 0, 0),
    );
  });

  it('forgets everything when it is used again', () => {
    const req = aRequest();
    req.contextId = 2;
    req.extraData = 5n;
    req.setByteEnable(new Uint8Array(8));
    req.set(0x20, 4, 0, 1);
    expect([req.paddr, req.size, req.contextId, req.extraData, req.byteEnable]).to.deep.equal([
      0x20,
      4,
      InvalidContextID,
      0n,
      null,
    ]);
    expect(req.hasContextId).to.equal(false);
  });

  it('has one byte enable per byte', () => {
    expect(() => aRequest().setByteEnable(new Uint8Array(4))).to.throw(
      PanicError,
      '4 byte enables',
    );
  });
});

describe('Packet', () => {
  it('takes address and size from its request', () => {
    const pkt = new Packet(aRequest(), MemCmd.ReadReq);
    expect([pkt.addr, pkt.size, pkt.requestorId]).to.deep.equal([0x1000, 8, 3]);
    expect([pkt.isRead(), pkt.isRequest(), pkt.needsResponse(), pkt.hasData()]).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
    expect(pkt.hasRespData()).to.equal(true);
  });

  it('chooses the command that the request asks for', () => {
    const read = (flags: number): string => Packet.createRead(aRequest(0, 8, flags)).cmdString();
    const write = (flags: number): string => Packet.createWrite(aRequest(0, 8, flags)).cmdString();
    expect(
      [0, RequestFlag.LLSC, RequestFlag.LOCKED_RMW, RequestFlag.PREFETCH].map(read),
    ).to.deep.equal(['ReadReq', 'LoadLockedReq', 'LockedRMWReadReq', 'SoftPFReq']);
    expect(read(RequestFlag.PF_EXCLUSIVE)).to.equal('SoftPFExReq');
    expect(
      [
        0,
        RequestFlag.LLSC,
        RequestFlag.LOCKED_RMW,
        RequestFlag.MEM_SWAP,
        RequestFlag.ATOMIC_RETURN_OP,
        RequestFlag.CLEAN,
        RequestFlag.INVALIDATE,
        RequestFlag.CLEAN | RequestFlag.INVALIDATE,
      ].map(write),
    ).to.deep.equal([
      'WriteReq',
      'StoreCondReq',
      'LockedRMWWriteReq',
      'SwapReq',
      'SwapReq',
      'CleanSharedReq',
      'InvalidateReq',
      'CleanInvalidReq',
    ]);
  });

  it('turns around in place', () => {
    const pkt = aRead(0, 4);
    const { data } = pkt;
    pkt.makeResponse();
    expect([pkt.cmdString(), pkt.isResponse(), pkt.isRequest()]).to.deep.equal([
      'ReadResp',
      true,
      false,
    ]);
    expect(pkt.data).to.equal(data);
    expect(() => pkt.makeResponse()).to.throw(PanicError, 'gets no response');
  });

  it('reports errors in place', () => {
    const pkt = aRead(0, 4);
    pkt.makeFunctionalError();
    expect([pkt.cmdString(), pkt.isError()]).to.deep.equal(['FunctionalReadError', true]);
    pkt.setBadAddress();
    expect(pkt.cmdString()).to.equal('BadAddressError');
  });

  it('starts afresh when it is used again', () => {
    const pkt = aRead(0, 4);
    pkt.makeResponse();
    pkt.headerDelay = 5;
    pkt.flags = PacketFlag.CACHE_RESPONDING;
    pkt.pushSenderState({ predecessor: null });
    pkt.reuse(aRequest(0x40, 2), MemCmd.WriteReq);
    expect([pkt.addr, pkt.size, pkt.cmdString(), pkt.headerDelay, pkt.flags]).to.deep.equal([
      0x40,
      2,
      'WriteReq',
      0,
      0,
    ]);
    expect(pkt.senderState).to.equal(null);
  });

  it("borrows a stretch of somebody else's bytes", () => {
    const bytes = Uint8Array.from([0, 1, 2, 3, 4, 5]);
    const pkt = new Packet(aRequest(0, 2), MemCmd.ReadReq);
    pkt.dataStatic(bytes, 3);
    pkt.setData(Uint8Array.from([7, 8, 9]), 1);
    expect([...bytes]).to.deep.equal([0, 1, 2, 8, 9, 5]);
    const target = new Uint8Array(4);
    pkt.writeData(target, 2);
    expect([...target]).to.deep.equal([0, 0, 8, 9]);
  });

  it('copies long data as well as short', () => {
    const bytes = Array.from({ length: 100 }, (_, i) => i);
    const target = new Uint8Array(100);
    aWrite(0, bytes).writeData(target);
    expect([...target]).to.deep.equal(bytes);
  });

  it('writes only the bytes that the request enables', () => {
    const pkt = aWrite(0, [1, 2, 3, 4]);
    pkt.req.setByteEnable(Uint8Array.from([1, 0, 0, 1]));
    const target = Uint8Array.from([9, 9, 9, 9]);
    pkt.writeData(target);
    expect([...target]).to.deep.equal([1, 9, 9, 4]);
  });

  it('reads and writes its data as little-endian numbers', () => {
    const pkt = aRead(0, 8);
    pkt.setBigUint(0x8877665544332211n);
    expect([...pkt.data]).to.deep.equal([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
    expect(pkt.getBigUint()).to.equal(0x8877665544332211n);
    const short = aRead(0, 4);
    short.setUint(0xdeadbeef);
    expect(short.getUint()).to.equal(0xdeadbeef);
    expect(short.getBigUint()).to.equal(0xdeadbeefn);
  });

  it('keeps a stack of sender states', () => {
    class Mine implements SenderState {
      predecessor: SenderState | null = null;
    }
    const pkt = aRead(0, 1);
    const [outer, inner] = [new Mine(), { predecessor: null }];
    pkt.pushSenderState(outer);
    pkt.pushSenderState(inner);
    expect(pkt.findNextSenderState(Mine)).to.equal(outer);
    expect(pkt.popSenderState()).to.equal(inner);
    expect(pkt.popSenderState()).to.equal(outer);
    expect(pkt.findNextSenderState(Mine)).to.equal(null);
    expect(() => pkt.popSenderState()).to.throw(PanicError, 'no sender state');
  });

  it('shows command, addresses and flags', () => {
    const flags = RequestFlag.INST_FETCH | RequestFlag.UNCACHEABLE | RequestFlag.SECURE;
    expect(new Packet(aRequest(0x1000, 64, flags), MemCmd.ReadReq).toString()).to.equal(
      'ReadReq [1000:103f] (s) IF UC',
    );
  });
});

describe('Packet.trySatisfyFunctional', () => {
  it('takes bytes from what waits, until a read has them all', () => {
    const read = aRead(0x10, 4);
    expect(read.trySatisfyFunctional(aWrite(0x0e, [1, 2, 3, 4]))).to.equal(false);
    expect(read.trySatisfyFunctional(aWrite(0x20, [9]))).to.equal(false);
    expect(read.trySatisfyFunctional(aWrite(0x12, [5, 6, 7]))).to.equal(true);
    expect([...read.data]).to.deep.equal([3, 4, 5, 6]);
  });

  it('changes what waits, and goes on', () => {
    const waiting = aWrite(0x10, [1, 2, 3, 4]);
    expect(aWrite(0x12, [8, 9, 10]).trySatisfyFunctional(waiting)).to.equal(false);
    expect([...waiting.data]).to.deep.equal([1, 2, 8, 9]);
  });

  it('passes over requests without data and over the other memory space', () => {
    expect(aRead(0x10, 1).trySatisfyFunctional(aRead(0x10, 1))).to.equal(false);
    const secure = new Packet(aRequest(0x10, 1, RequestFlag.SECURE), MemCmd.WriteReq);
    secure.dataStatic(Uint8Array.from([1]));
    expect(aRead(0x10, 1).trySatisfyFunctional(secure)).to.equal(false);
  });

  it('prints what waits below the labels of where it waits', () => {
    const lines: string[] = [];
    const state = new PrintReqState(line => lines.push(line));
    const print = new Packet(aRequest(0x10, 1), MemCmd.PrintReq);
    print.senderState = state;
    state.pushLabel('system.mem');
    state.pushLabel('queue');
    print.trySatisfyFunctional(aWrite(0x10, [1]));
    print.trySatisfyFunctional(aWrite(0x40, [1]));
    print.trySatisfyFunctional(aRead(0x10, 1));
    state.popLabel();
    state.print('end');
    expect(lines).to.deep.equal([
      'system.mem',
      '  queue',
      '    WriteReq [10:10]',
      '    ReadReq [10:10]',
      '  end',
    ]);
  });
});
