import { expect } from 'chai';
import fc from 'fast-check';
import { AddrRange, FatalError } from '../../src/base/index';
import { MemCmd, Packet } from '../../src/mem/index';
import { EventFunctionWrapper } from '../../src/sim/index';
import type { Simulation } from '../../src/sim/index';
import {
  aClock,
  instantiated,
  IOXBar,
  SimpleMemory,
  System,
  SystemXBar,
  TestRequestor,
} from '../support/memory';
import type { TestRequestorModel } from '../support/memory';

const SIZE = 4096;

/** A requestor before memories that interleave, and others around them. */
function aRequestor(): TestRequestorModel {
  const bus = new IOXBar();
  const system = new System({
    clkDomain: aClock(),
    cpu: new TestRequestor(),
    bus,
    mems: [
      new SimpleMemory({ range: new AddrRange(0, 1024) }),
      ...[0, 1, 2, 3].map(
        intlvMatch =>
          new SimpleMemory({
            range: new AddrRange({ start: 1024, end: 3072, masks: [64 + 256, 128], intlvMatch }),
          }),
      ),
      new SimpleMemory({ range: new AddrRange(3072, SIZE) }),
    ],
  });
  system.cpu.port = bus.cpuSidePorts;
  system.systemPort = bus.cpuSidePorts;
  for (const memory of system.mems) memory.port = bus.memSidePorts;
  instantiated(system);
  return system.cpu.simObject();
}

/** Two requestors before a memory with random latencies. */
function aTimingSystem(): { simulation: Simulation; cpus: readonly TestRequestorModel[] } {
  const membus = new SystemXBar();
  const system = new System({
    clkDomain: aClock(),
    memMode: 'timing',
    cpus: [new TestRequestor({ snooping: true }), new TestRequestor()],
    membus,
    mem: new SimpleMemory({ range: '4KiB', latencyVar: '90ns' }),
  });
  for (const cpu of system.cpus) cpu.port = membus.cpuSidePorts;
  system.systemPort = membus.cpuSidePorts;
  system.mem.port = membus.memSidePorts;
  return { simulation: instantiated(system), cpus: system.cpus.map(cpu => cpu.simObject()) };
}

const operation = fc.record({
  addr: fc.nat(SIZE + 8),
  bytes: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 40 }),
  isWrite: fc.boolean(),
  protocol: fc.constantFrom('atomic', 'functional'),
});

describe('Laws of the memory system', () => {
  it('memories behind a crossbar are one array of bytes', () => {
    const cpu = aRequestor();
    const { physicalMemory } = cpu.system;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), operations => {
        physicalMemory.writeBytes(0, new Uint8Array(SIZE));
        const model = new Uint8Array(SIZE);
        for (const { addr, bytes, isWrite, protocol } of operations) {
          const pkt = new Packet(
            cpu.request(addr, bytes.length),
            isWrite ? MemCmd.WriteReq : MemCmd.ReadReq,
          );
          pkt.dataStatic(Uint8Array.from(bytes));
          const send = (): void => {
            if (protocol === 'atomic') cpu.port.sendAtomic(pkt);
            else cpu.port.sendFunctional(pkt);
          };
          try {
            send();
          } catch (error) {
            // No one memory holds all of it: an access may not be spread.
            if (!(error instanceof FatalError)) throw error;
            continue;
          }
          expect(pkt.isResponse()).to.equal(true);
          if (isWrite) model.set(bytes, addr);
          else expect([...pkt.data]).to.deep.equal([...model.subarray(addr, addr + bytes.length)]);
        }
      }),
    );
  });

  it('every timing request is answered once, in order for each address, whoever refuses when', () => {
    const step = fc.record({
      // Never two at one tick: of those the last scheduled would be the first sent.
      gap: fc.integer({ min: 1, max: 40_000 }),
      from: fc.nat(1),
      line: fc.nat(5),
      isWrite: fc.boolean(),
      refuse: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const { simulation, cpus } = aTimingSystem();
        const sent: Packet[][] = [[], []];
        let when = 1000;
        for (const { gap, from, line, isWrite, refuse } of steps) {
          const cpu = cpus[from]!;
          const addr = line * 64 + from * 8;
          const pkt = isWrite ? cpu.writePacket(addr, [1, 2]) : cpu.readPacket(addr, 2);
          sent[from]!.push(pkt);
          cpu.sendAt(when, pkt);
          const event = new EventFunctionWrapper(() => {
            if (refuse) cpu.port.refuse = true;
            else cpu.port.accept();
          }, 'test');
          simulation.eventQueue.schedule(event, when + 1);
          when += gap;
        }
        simulation.simulate(when + 2);
        for (const cpu of cpus) cpu.port.accept();
        simulation.simulate(100_000_000);
        cpus.forEach((cpu, i) => {
          expect(new Set(cpu.port.responses)).to.deep.equal(new Set(sent[i]));
          expect(cpu.port.responses.length).to.equal(sent[i]!.length);
          for (let line = 0; line < 6; line++) {
            const isHere = (pkt: Packet): boolean => Math.floor(pkt.addr / 64) === line;
            expect(cpu.port.responses.filter(isHere)).to.deep.equal(sent[i]!.filter(isHere));
          }
        });
        expect(simulation.drainManager.tryDrain()).to.equal(true);
      }),
      { numRuns: 30 },
    );
  });

  it('a read by functional protocol sees the newest of what waits, whatever the pieces', () => {
    const piece = fc.tuple(
      fc.nat(20),
      fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 8 }),
    );
    const cpu = aRequestor();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const read = cpu.readPacket(8, 8);
        const model = new Map<number, number>();
        let done = false;
        for (const [addr, bytes] of pieces) {
          done = read.trySatisfyFunctional(cpu.writePacket(addr, bytes));
          bytes.forEach((byte, i) => model.set(addr + i, byte));
          if (done) break;
        }
        const covered = Array.from({ length: 8 }, (_, i) => model.get(8 + i));
        expect([...read.data]).to.deep.equal(covered.map(byte => byte ?? 0));
        expect(done).to.equal(covered.every(byte => byte !== undefined) && pieces.length > 0);
      }),
    );
  });
});
