import { expect } from 'chai';
import { LoggedAccess } from '../../../src/arch/x86/isa/accessLog';
import { AddrRange, PanicError } from '../../../src/base/index';
import { AccessPackets } from '../../../src/cpu/accessPackets';
import { MemCmd, Packet, Request } from '../../../src/mem/index';
import type { SimObject } from '../../../src/sim/index';
import { TestRequestPort, TestResponsePort } from '../../support/memory';

// The ports under test never ask their owners for anything but a name.
const owner = { name: () => 'owner', curTick: () => 0 } as unknown as SimObject;

/** Memory without anything in it. */
class Nothing extends TestResponsePort {
  override recvAtomic(pkt: Packet): number {
    pkt.makeResponse();
    pkt.setBadAddress();
    return 0;
  }
}

function packetsTo(responder: TestResponsePort, lineBytes: number): AccessPackets {
  const port = new TestRequestPort('cpu.dcache_port', owner, false);
  port.bind(responder);
  const data = new Uint8Array(64);
  return new AccessPackets({ port, requestorId: 1, lineBytes, data, isMemory: () => true });
}

function access(address: number, bytes: number): LoggedAccess {
  return Object.assign(new LoggedAccess(0), { address, bytes });
}

describe('The packets of an access', () => {
  const range = new AddrRange(0, 1024);

  it('cannot be more than there are, which is an error and not a part of the access', () => {
    const packets = packetsTo(new TestResponsePort('mem', owner, range), 8);
    const message = 'cpu.dcache_port: an access to 0x4 touches more than 5 lines of 8 bytes';
    expect(() => packets.doAtomic(access(4, 40), true, 0)).to.throw(PanicError, message);
  });

  it('must not be answered by an error, in either mode', () => {
    const packets = packetsTo(new Nothing('mem', owner, range), 64);
    const message = 'cpu.dcache_port: data access failed: ';
    expect(() => packets.doAtomic(access(0, 8), false, 0)).to.throw(PanicError, message);
    const answer = new Packet(new Request(0, 8, 0, 1), MemCmd.BadAddressError);
    expect(() => packets.received(answer)).to.throw(PanicError, message);
  });
});
