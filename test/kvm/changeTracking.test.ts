import { openSync, closeSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { RAX, RBX } from '../../src/arch/x86/index';
import { CheckpointSections, openCheckpoint, writeCheckpoint } from '../../src/checkpoint/index';
import { tryPread } from '../../src/host/index';
import { MemCmd, Packet, Request, trackMoment, type BackingStore } from '../../src/mem/index';
import { StoreImage } from '../../src/mem/storeImage';
import { ImagePageBytes, type MemoryImage } from '../../src/sim/index';
import { IMAGE, withDirectory } from '../support/checkpoints';
import { describeWithKvm } from '../support/kvm';
import { aKvmMachine, type KvmMachine } from '../support/kvmMachine';

const MiB = 1024 * 1024;
/** What the guest itself needs ends far below this page. */
const FIRST_PAGE = 128;
/** mov [rbx], al; out 0xe9, al; jmp to the beginning */
const STORE_AND_TELL = [0x88, 0x03, 0xe6, 0xe9, 0xeb, 0xfa];

/** A module with one function that stores a byte at an address of the memory that it is given. */
const STORING_MODULE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 2, 0x7f, 0x7f, 0],
  ...[2, 11, 1, 1, 0x61, 1, 0x6d, 2, 1, 1, 0x80, 0x80, 4, 3, 2, 1, 0],
  ...[7, 5, 1, 1, 0x66, 0, 0, 10, 11, 1, 9, 0, 0x20, 0, 0x20, 1, 0x3a, 0, 0, 0x0b],
);

type Store = (address: number, byte: number) => void;

const { WebAssembly: wasm } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (
      module: object,
      imports: object,
    ) => { readonly exports: { readonly f: Store } };
  };
};

/** Everybody who writes to guest memory, by name. */
function writersOf(machine: KvmMachine, store: BackingStore, scratch: string): Map<string, Store> {
  const { simulation, device, system } = machine;
  const [cpu] = machine.cpus;
  device.onWrite = () => simulation.exitSimLoop('stored');
  const requestor = system.getRequestorId(system, 'functional');
  const aWrite = (address: number, byte: number): Packet => {
    const packet = new Packet(new Request(address, 1, 0, requestor), MemCmd.WriteReq);
    packet.dataStatic(Uint8Array.of(byte));
    return packet;
  };
  const generated = new wasm.Instance(new wasm.Module(STORING_MODULE), {
    a: { m: store.wasmMemory },
  });
  return new Map<string, Store>([
    [
      'guest',
      (address, byte) => {
        simulation.drain();
        cpu!.thread.state.setGpr(RBX, BigInt(address));
        cpu!.thread.state.setGpr(RAX, BigInt(byte));
        expect(simulation.simulate().cause).to.equal('stored');
      },
    ],
    ['atomic access', (address, byte) => system.physicalMemory.access(aWrite(address, byte))],
    [
      'functional access',
      (address, byte) => {
        system.systemPort.sendFunctional(aWrite(address, byte));
      },
    ],
    [
      'system call',
      (address, byte) => {
        writeFileSync(scratch, Uint8Array.of(byte));
        const fd = openSync(scratch, 'r');
        expect(tryPread(fd, Number(store.hostAddress) + address, 1, 0)).to.equal(1);
        closeSync(fd);
      },
    ],
    ['JavaScript', (address, byte) => void (store.bytes[address] = byte)],
    [
      'generated code',
      (address, byte) => {
        generated.exports.f(address, byte);
      },
    ],
  ]);
}

/** Saves a store. @returns the image, as a restore gets it */
function save(store: BackingStore, directory: string, parent?: string): MemoryImage {
  const sections = new CheckpointSections(directory);
  sections.addMemoryImage(IMAGE, new StoreImage(store));
  const moment = trackMoment([store.changes]);
  const { digest } = writeCheckpoint({
    ...{ sections, parent, producer: 'a test', tick: 0 },
    ...{ ticksPerSecond: 1e12, configuration: '' },
  });
  moment.commit(digest);
  return openCheckpoint(directory).sections.memoryImage(IMAGE);
}

/** Whether this kernel can tell which pages are written (Linux 6.7). */
function canTrack(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 7);
}

const aStore = fc.record({
  writer: fc.constantFrom(
    ...['guest', 'atomic access', 'functional access', 'system call', 'JavaScript'],
    'generated code',
  ),
  page: fc.integer({ min: FIRST_PAGE, max: MiB / ImagePageBytes - 1 }),
  at: fc.nat(ImagePageBytes - 1),
  byte: fc.constantFrom(0, 0, 1, 2),
});

describeWithKvm('Pages that have changed since a checkpoint', () => {
  it('are known, whoever wrote them', () => {
    withDirectory(folder => {
      const machine = aKvmMachine({ code: STORE_AND_TELL });
      try {
        const [store] = machine.system.physicalMemory.getBackingStore();
        const writers = writersOf(machine, store!, join(folder, 'scratch'));
        let saved = 0;
        let parent = join(folder, '0');
        let image = save(store!, parent);
        fc.assert(
          fc.property(fc.array(aStore, { minLength: 1, maxLength: 12 }), stores => {
            for (const { writer, page, at, byte } of stores) {
              writers.get(writer)!(page * ImagePageBytes + at, byte);
            }
            trackMoment([store!.changes]).abandon();
            const known = [...new StoreImage(store!).changedPages(image)];
            const compared = [
              ...new StoreImage(store!).changedPages({ ...image, checkpoint: -1n }),
            ];
            expect(known).to.deep.equal(compared);
            const written = store!.changes.since(image.checkpoint);
            expect(written !== undefined).to.equal(canTrack());
            if (written !== undefined) {
              const pages = written.flatMap(({ first, count }) =>
                Array.from({ length: count }, (_, i) => first + i),
              );
              const outside = pages.filter(page => page >= FIRST_PAGE);
              expect(outside.length).to.be.lessThanOrEqual(stores.length);
            }
            const directory = join(folder, String(++saved));
            image = save(store!, directory, parent);
            parent = directory;
            expect([
              ...new StoreImage(store!).changedPages({ ...image, checkpoint: -1n }),
            ]).to.deep.equal([]);
          }),
          { numRuns: 15 },
        );
      } finally {
        machine.simulation.dispose();
      }
    });
  });
});
