import { expect } from 'chai';
import { AddrRange, FatalError, PanicError } from '../../../src/base/index';
import { MemCmd, Packet, PortTrace, Request } from '../../../src/mem/index';
import type { SimObject } from '../../../src/sim/index';
import { TestRequestPort, TestResponsePort } from '../../support/memory';

// The ports under test never ask their owners for anything but a name.
const owner = { name: () => 'owner', curTick: () => 0 } as unknown as SimObject;

const aRequestPort = (name = 'cpu.port'): TestRequestPort =>
  new TestRequestPort(name, owner, false);
const aResponsePort = (name = 'mem.port'): TestResponsePort =>
  new TestResponsePort(name, owner, new AddrRange(0, 64));
const aPacket = (): Packet => new Packet(new Request(0, 4, 0, 1), MemCmd.ReadReq);

describe('Ports', () => {
  it('know each other once the requestor is bound', () => {
    const [requestor, responder] = [aRequestPort(), aResponsePort()];
    expect([requestor.isConnected, responder.isConnected]).to.deep.equal([false, false]);
    requestor.bind(responder);
    expect(requestor.peer).to.equal(responder);
    expect(responder.peer).to.equal(requestor);
    expect(requestor.getAddrRanges().map(String)).to.deep.equal(['[0x0:0x40]']);
    requestor.unbind();
    expect([requestor.isConnected, responder.isConnected]).to.deep.equal([false, false]);
  });

  it("have nothing to say on the responder's side of binding", () => {
    const [requestor, responder] = [aRequestPort(), aResponsePort()];
    responder.bind(requestor);
    expect([requestor.isConnected, responder.isConnected]).to.deep.equal([false, false]);
  });

  it('bind requestors to responders only, and once', () => {
    const [requestor, responder] = [aRequestPort(), aResponsePort()];
    expect(() => requestor.bind(aRequestPort())).to.throw(FatalError, "Can't bind port cpu.port");
    requestor.bind(responder);
    expect(() => requestor.bind(aResponsePort())).to.throw(PanicError, 'is bound to mem.port');
    expect(() => aRequestPort().bind(responder)).to.throw(PanicError, 'is bound to cpu.port');
  });

  it('that are not connected cannot be used, and say so by name', () => {
    const requestor = aRequestPort();
    const message = 'cpu.port: Unconnected port!';
    expect(() => requestor.peer).to.throw(FatalError, message);
    expect(() => requestor.sendAtomic(aPacket())).to.throw(FatalError, message);
    expect(() => requestor.sendFunctional(aPacket())).to.throw(FatalError, message);
    expect(() => requestor.sendTimingReq(aPacket())).to.throw(FatalError, message);
    expect(() => requestor.getAddrRanges()).to.throw(FatalError, message);
    expect(() => aResponsePort().sendTimingResp(aPacket())).to.throw(FatalError, 'mem.port: Unc');
    expect(() => aResponsePort().sendRangeChange()).to.throw(FatalError, 'connect it');
  });

  it('can take over the peer of another port, from either side', () => {
    const [oldRequestor, newRequestor] = [aRequestPort('old'), aRequestPort('new')];
    const [oldResponder, newResponder] = [aResponsePort('oldMem'), aResponsePort('newMem')];
    oldRequestor.bind(oldResponder);
    newRequestor.takeOverFrom(oldRequestor);
    expect(oldRequestor.isConnected).to.equal(false);
    expect(newRequestor.peer).to.equal(oldResponder);
    expect(oldResponder.peer).to.equal(newRequestor);
    expect(newRequestor.sendAtomic(aPacket())).to.equal(5);
    newResponder.takeOverFrom(oldResponder);
    expect(oldResponder.isConnected).to.equal(false);
    expect(newRequestor.peer).to.equal(newResponder);
    expect(newResponder.peer).to.equal(newRequestor);
    expect(() => newRequestor.takeOverFrom(oldRequestor)).to.throw(PanicError, 'is connected');
    expect(() => oldRequestor.takeOverFrom(aRequestPort('lone'))).to.throw(FatalError, 'lone');
  });

  it('refuse by panic what they were never meant to receive', () => {
    const [requestor, responder] = [aRequestPort(), aResponsePort()];
    requestor.bind(responder);
    expect(() => requestor.tryTiming(aPacket())).to.throw(PanicError, 'would take');
    expect(() => requestor.sendTimingSnoopResp(aPacket())).to.throw(PanicError, 'snoop response');
    expect(() => responder.sendRetrySnoopResp()).to.throw(PanicError, 'snoop response');
  });

  it('note the way of a packet while PortTrace is on', () => {
    const [requestor, responder] = [aRequestPort(), aResponsePort()];
    requestor.bind(responder);
    const pkt = aPacket();
    requestor.sendAtomic(pkt);
    expect(pkt.portTrace).to.equal(null);
    PortTrace.enable();
    try {
      const traced = aPacket();
      requestor.sendAtomic(traced);
      expect(traced.portTrace).to.deep.equal(['cpu.port -> mem.port']);
      responder.refuse = true;
      const refused = aPacket();
      requestor.sendTimingReq(refused);
      expect(refused.portTrace).to.deep.equal([]);
    } finally {
      PortTrace.disable();
    }
  });
});
