import { expect } from 'chai';
import { Errno } from '../../../src/host/index';
import * as abi from '../../../src/kvm/abi';
import { kvmRun } from '../../../src/kvm/abiVcpu';
import { describeExit, ExitDecoder, exitReasonName } from '../../../src/kvm/exits';

const { offset } = kvmRun;

/** A page with an exit in it, and its decoder. */
function aPage(reason: number, fill: (page: DataView) => void = () => undefined) {
  const page = new DataView(new ArrayBuffer(12288));
  page.setUint32(offset.exit_reason, reason, true);
  fill(page);
  return { page, decoder: new ExitDecoder(page) };
}

function ioPage(size: number, count: number, direction: number = abi.KVM_EXIT_IO_OUT) {
  return aPage(abi.KVM_EXIT_IO, page => {
    page.setUint8(offset['io.direction'], direction);
    page.setUint8(offset['io.size'], size);
    page.setUint16(offset['io.port'], 0x3f8, true);
    page.setUint32(offset['io.count'], count, true);
    page.setBigUint64(offset['io.data_offset'], 4096n, true);
    for (let i = 0; i < 64; i++) page.setUint8(4096 + i, i + 1);
  });
}

describe('ExitDecoder', () => {
  it('decodes a write to a port', () => {
    const { decoder } = ioPage(2, 1);
    expect(decoder.decode(0)).to.deep.equal({
      ...{ kind: 'io', isWrite: true, port: 0x3f8, size: 2, count: 1 },
      data: new Uint8Array([1, 2]),
    });
  });

  it('gives the data of repeated accesses as one block', () => {
    const exit = ioPage(4, 10).decoder.decode(0);
    expect(exit.kind === 'io' && exit.data.length).to.equal(40);
  });

  it('lets the data of a read be written in place', () => {
    const { page, decoder } = ioPage(1, 1, abi.KVM_EXIT_IO_IN);
    const exit = decoder.decode(0);
    if (exit.kind !== 'io') throw new Error(exit.kind);
    expect(exit.isWrite).to.equal(false);
    exit.data[0] = 0xee;
    expect(page.getUint8(4096)).to.equal(0xee);
  });

  it('decodes accesses to memory that is not there, with addresses above 4 GiB', () => {
    const { decoder } = aPage(abi.KVM_EXIT_MMIO, page => {
      page.setBigUint64(offset['mmio.phys_addr'], 0x12_3456_7000n, true);
      page.setUint32(offset['mmio.len'], 8, true);
      page.setUint8(offset['mmio.is_write'], 1);
      page.setBigUint64(offset['mmio.data'], 0x0102030405060708n, true);
    });
    expect(decoder.decode(0)).to.deep.equal({
      ...{ kind: 'mmio', isWrite: true, address: 0x12_3456_7000 },
      data: new Uint8Array([8, 7, 6, 5, 4, 3, 2, 1]),
    });
  });

  it('uses the same objects for every exit by IO and MMIO', () => {
    const { page, decoder } = ioPage(1, 1);
    const first = decoder.decode(0);
    if (first.kind !== 'io') throw new Error(first.kind);
    const data = first.data;
    page.setUint16(offset['io.port'], 0x80, true);
    expect(decoder.decode(0)).to.equal(first);
    expect(first.port).to.equal(0x80);
    expect(first.data).to.equal(data);
  });

  it('calls a run that a signal ended interrupted, whatever older reason the page holds', () => {
    const { decoder } = ioPage(1, 1);
    expect(decoder.decode(-Errno.EINTR).kind).to.equal('interrupted');
    expect(decoder.decode(-Errno.EAGAIN).kind).to.equal('interrupted');
    expect(aPage(abi.KVM_EXIT_INTR).decoder.decode(0).kind).to.equal('interrupted');
  });

  it('decodes exits that say no more than their name', () => {
    const kind = (reason: number): string => aPage(reason).decoder.decode(0).kind;
    expect(kind(abi.KVM_EXIT_HLT)).to.equal('hlt');
    expect(kind(abi.KVM_EXIT_SHUTDOWN)).to.equal('shutdown');
    expect(kind(abi.KVM_EXIT_IRQ_WINDOW_OPEN)).to.equal('irq-window-open');
  });

  it('decodes what KVM says about its own failures', () => {
    const { decoder } = aPage(abi.KVM_EXIT_INTERNAL_ERROR, page => {
      page.setUint32(offset['internal.suberror'], 1, true);
      page.setUint32(offset['internal.ndata'], 2, true);
      page.setBigUint64(offset['internal.data'], 5n, true);
      page.setBigUint64(offset['internal.data'] + 8, 6n, true);
    });
    expect(decoder.decode(0)).to.deep.equal({
      ...{ kind: 'internal-error', suberror: 1, data: [5n, 6n] },
    });
  });

  it('reads no more words than the page has', () => {
    const { decoder } = aPage(abi.KVM_EXIT_SYSTEM_EVENT, page => {
      page.setUint32(offset['system_event.type'], abi.KVM_SYSTEM_EVENT_CRASH, true);
      page.setUint32(offset['system_event.ndata'], 0xffffffff, true);
    });
    const exit = decoder.decode(0);
    expect(exit.kind === 'system-event' && exit.type).to.equal(abi.KVM_SYSTEM_EVENT_CRASH);
    expect(exit.kind === 'system-event' && exit.data.length).to.equal(16);
  });

  it('decodes a failed entry, an unknown hardware exit and an exception', () => {
    const failed = aPage(abi.KVM_EXIT_FAIL_ENTRY, page => {
      page.setBigUint64(offset['fail_entry.hardware_entry_failure_reason'], 0x80000021n, true);
      page.setUint32(offset['fail_entry.cpu'], 3, true);
    });
    expect(failed.decoder.decode(0)).to.deep.equal({
      ...{ kind: 'fail-entry', hardwareReason: 0x80000021n, cpu: 3 },
    });
    const unknown = aPage(abi.KVM_EXIT_UNKNOWN, page => {
      page.setBigUint64(offset['hw.hardware_exit_reason'], 77n, true);
    });
    expect(unknown.decoder.decode(0)).to.deep.equal({ kind: 'unknown', hardwareReason: 77n });
    const exception = aPage(abi.KVM_EXIT_EXCEPTION, page => {
      page.setUint32(offset['ex.exception'], 14, true);
      page.setUint32(offset['ex.error_code'], 2, true);
    });
    expect(exception.decoder.decode(0)).to.deep.equal({
      ...{ kind: 'exception', exception: 14, errorCode: 2 },
    });
  });

  it('decodes a debug exit and a hypercall', () => {
    const debug = aPage(abi.KVM_EXIT_DEBUG, page => {
      page.setUint32(offset['debug.arch.exception'], 1, true);
      page.setBigUint64(offset['debug.arch.pc'], 0x8000n, true);
      page.setBigUint64(offset['debug.arch.dr6'], 0x4000n, true);
      page.setBigUint64(offset['debug.arch.dr7'], 0x400n, true);
    });
    expect(debug.decoder.decode(0)).to.deep.equal({
      ...{ kind: 'debug', exception: 1, pc: 0x8000n, dr6: 0x4000n, dr7: 0x400n },
    });
    const call = aPage(abi.KVM_EXIT_HYPERCALL, page => {
      page.setBigUint64(offset['hypercall.nr'], 12n, true);
      page.setBigUint64(offset['hypercall.args'] + 40, 9n, true);
    });
    expect(call.decoder.decode(0)).to.deep.equal({
      ...{ kind: 'hypercall', number: 12n, args: [0n, 0n, 0n, 0n, 0n, 9n] },
    });
  });

  it('hands on a reason that it does not know', () => {
    expect(aPage(999).decoder.decode(0)).to.deep.equal({ kind: 'unsupported', reason: 999 });
  });
});

describe('names of exits', () => {
  it('are the kernel’s', () => {
    expect(exitReasonName(abi.KVM_EXIT_IO)).to.equal('KVM_EXIT_IO');
    expect(exitReasonName(abi.KVM_EXIT_EXCEPTION)).to.equal('KVM_EXIT_EXCEPTION');
    expect(exitReasonName(abi.KVM_EXIT_SHUTDOWN)).to.equal('KVM_EXIT_SHUTDOWN');
    expect(exitReasonName(999)).to.equal('exit reason 999');
  });

  it('make sentences for messages', () => {
    const internal = (suberror: number): string =>
      describeExit({ kind: 'internal-error', suberror, data: [16n] });
    expect(internal(1)).to.equal(
      'KVM gave up on the guest: an instruction could not be emulated (0x10)',
    );
    expect(new Set([1, 2, 3, 4, 5].map(internal)).size).to.equal(5);
    // With the flag for it the next byte is a length, and the instruction follows.
    const bytes = { kind: 'internal-error', suberror: 1, data: [1n, 0xcc_bb_aa_03n, 0n] } as const;
    expect(describeExit(bytes)).to.include('could not be emulated (aa bb cc)');
    const event = (type: number): string => describeExit({ kind: 'system-event', type, data: [] });
    expect([1, 2, 3, 4].map(event)).to.deep.equal([
      'the guest wants to be shut down',
      'the guest wants to be reset',
      'the guest says that it has crashed',
      'the guest caused system event 4',
    ]);
    expect(describeExit({ kind: 'shutdown' })).to.include('triple fault');
    expect(describeExit({ kind: 'unsupported', reason: abi.KVM_EXIT_NMI })).to.include(
      'KVM_EXIT_NMI',
    );
    expect(describeExit({ kind: 'fail-entry', hardwareReason: 33n, cpu: 1 })).to.include('0x21');
  });
});
