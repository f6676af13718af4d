import { expect } from 'chai';
import {
  blockSignals,
  pendingSignals,
  PosixTimer,
  realTimeSignals,
  SignalSet,
  signalThread,
  takePendingSignal,
  threadId,
  timeStampCounterProblem,
  unblockSignals,
} from '../../src/host/index';
import {
  KVM_GET_TSC_KHZ,
  KVM_SYNC_X86_EVENTS,
  KVM_SYNC_X86_REGS,
  KVM_SYNC_X86_SREGS,
} from '../../src/kvm/abi';
import { kvmRegs, kvmSregs, kvmSyncRegs, kvmXsave } from '../../src/kvm/abiVcpu';
import { BareGuest, CODE } from '../support/bareGuest';
import type { BareGuestOptions } from '../support/bareGuest';
import { describeWithKvm } from '../support/kvm';

/** `jmp .` */
const ENDLESS = [0xeb, 0xfe];
const OUT_E9 = [0xe6, 0xe9];
const HLT = [0xf4];

describeWithKvm('a vCPU', () => {
  const guests: BareGuest[] = [];
  const aGuest = (options: BareGuestOptions): BareGuest => {
    const guest = new BareGuest(options);
    guests.push(guest);
    return guest;
  };
  afterEach(() => {
    for (const guest of guests.splice(0)) guest.dispose();
  });

  it('runs real mode until it halts', () => {
    // mov ax, 0x1234; hlt
    const guest = aGuest({ mode: 'real', code: [0xb8, 0x34, 0x12, ...HLT] });
    expect(guest.run().kind).to.equal('hlt');
    expect(guest.regs().rax).to.equal(0x1234n);
  });

  it('reports what the guest writes to a port', () => {
    for (const mode of ['real', 'long', 'user'] as const) {
      const guest = aGuest({ mode, code: [0xb0, 0x42, ...OUT_E9, ...HLT] });
      expect(guest.run(), mode).to.deep.equal({
        ...{ kind: 'io', isWrite: true, port: 0xe9, size: 1, count: 1 },
        data: new Uint8Array([0x42]),
      });
    }
  });

  it('hands the guest what is put into the data of a read', () => {
    // in al, 0xe9; out 0xe9, al
    const guest = aGuest({ code: [0xe4, 0xe9, ...OUT_E9] });
    const read = guest.run();
    if (read.kind !== 'io') throw new Error(read.kind);
    expect(read.isWrite).to.equal(false);
    read.data[0] = 0x99;
    const write = guest.run();
    expect(write.kind === 'io' && [...write.data]).to.deep.equal([0x99]);
  });

  it('reports a repeated write to a port with all its data', () => {
    // rep outsb
    const guest = aGuest({
      mode: 'long',
      code: [0xf3, 0x6e, ...HLT],
      regs: { rcx: 5n, rdx: 0xe9n, rsi: BigInt(CODE + 0x100) },
    });
    guest.memory.bytes.set([1, 2, 3, 4, 5], CODE + 0x100);
    const seen: number[] = [];
    for (let exit = guest.run(); exit.kind === 'io'; exit = guest.run()) seen.push(...exit.data);
    expect(seen).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('reports stores to and loads from memory that is not there', () => {
    // mov [rbx], rax; mov rcx, [rbx]; out 0xe9, al
    const guest = aGuest({
      code: [0x48, 0x89, 0x03, 0x48, 0x8b, 0x0b, ...OUT_E9],
      regs: { rbx: 0x1000_0000n, rax: 0x1122334455667788n },
    });
    expect(guest.run()).to.deep.equal({
      ...{ kind: 'mmio', isWrite: true, address: 0x1000_0000 },
      data: new Uint8Array([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11]),
    });
    const load = guest.run();
    if (load.kind !== 'mmio') throw new Error(load.kind);
    expect(load.isWrite).to.equal(false);
    load.data.set([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(guest.run().kind).to.equal('io');
    expect(guest.regs().rcx).to.equal(0x0102030405060708n);
  });

  it('ends in a shutdown when the guest faults and has no handlers', () => {
    expect(aGuest({ code: [0x0f, 0x0b] }).run().kind).to.equal('shutdown'); // ud2
  });

  it('comes back at once, with what was pending done, when told to exit immediately', () => {
    // out; in; jmp .
    const guest = aGuest({ code: [...OUT_E9, 0xe4, 0xe9, ...ENDLESS] });
    guest.run();
    const read = guest.run();
    if (read.kind !== 'io') throw new Error(read.kind);
    read.data[0] = 0x77;
    guest.vcpu.setImmediateExit(true);
    expect(guest.vcpu.run().kind).to.equal('interrupted');
    guest.vcpu.setImmediateExit(false);
    const { rax, rip } = guest.regs();
    expect(rax & 0xffn).to.equal(0x77n);
    expect(rip).to.equal(BigInt(CODE + 4));
  });

  it('carries registers in and out through the shared page', () => {
    // inc rax; out; jmp back
    const guest = aGuest({ code: [0x48, 0xff, 0xc0, ...OUT_E9, 0xeb, 0xf9] });
    const { vcpu } = guest;
    const shared = new DataView(vcpu.syncRegs.buffer, vcpu.syncRegs.byteOffset, kvmRegs.size);
    vcpu.setValidSyncRegs(KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS);
    expect(vcpu.run().kind).to.equal('io');
    expect(shared.getBigUint64(kvmRegs.offset.rax, true)).to.equal(1n);
    shared.setBigUint64(kvmRegs.offset.rax, 40n, true);
    shared.setBigUint64(kvmRegs.offset.rip, BigInt(CODE), true);
    vcpu.setDirtySyncRegs(KVM_SYNC_X86_REGS);
    expect(vcpu.run().kind).to.equal('io');
    expect(shared.getBigUint64(kvmRegs.offset.rax, true)).to.equal(41n);
  });

  it('shows the same registers in the shared page and by request', () => {
    const guest = aGuest({ code: [...OUT_E9], regs: { r15: 0xdeadbeefn } });
    guest.vcpu.setValidSyncRegs(3);
    guest.run();
    const regs = new Uint8Array(kvmRegs.size);
    const sregs = new Uint8Array(kvmSregs.size);
    guest.vcpu.read('regs', regs);
    guest.vcpu.read('sregs', sregs);
    expect([...guest.vcpu.syncRegs.subarray(0, kvmRegs.size)]).to.deep.equal([...regs]);
    const { sregs: at, events } = kvmSyncRegs.offset;
    expect([...guest.vcpu.syncRegs.subarray(at, events)]).to.deep.equal([...sregs]);
  });

  it('carries vector state into and out of the guest', () => {
    // movdqa xmm1, xmm0; out
    const guest = aGuest({ code: [0x66, 0x0f, 0x6f, 0xc8, ...OUT_E9] });
    const area = new Uint8Array(kvmXsave.size);
    guest.vcpu.read('xsave', area);
    const pattern = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);
    area.set(pattern, 160);
    area[512] = (area[512] ?? 0) | 3; // x87 and SSE are not in their initial state
    guest.vcpu.write('xsave', area);
    expect(guest.run().kind).to.equal('io');
    guest.vcpu.read('xsave', area);
    expect([...area.subarray(176, 192)]).to.deep.equal([...pattern]);
  });

  it('reads and writes MSRs, and names those that KVM refuses without losing the rest', () => {
    const { vcpu } = aGuest({ code: HLT });
    const STAR = 0xc0000081;
    const LSTAR = 0xc0000082;
    const NO_SUCH = 0x12345;
    const wanted = BigUint64Array.of(0x23001000000000n, 7n, 0xffff800000000000n);
    const indices = [STAR, NO_SUCH, LSTAR];
    expect(vcpu.writeMsrs(indices, wanted)).to.deep.equal([{ index: NO_SUCH }]);
    const found = new BigUint64Array(3);
    expect(vcpu.readMsrs(indices, found)).to.deep.equal([{ index: NO_SUCH }]);
    expect([...found]).to.deep.equal([wanted[0], 0n, wanted[2]]);
  });

  it('times its runs by the counter that the guest sees', () => {
    // rdtsc; shl rdx, 32; or rax, rdx; mov rbx, rax
    const look = [0x0f, 0x31, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0];
    // again: rdtsc …; sub rax, rbx; cmp rax, rcx; jb again
    const wait = [...look, 0x48, 0x29, 0xd8, 0x48, 0x39, 0xc8, 0x72, 0xef];
    const guest = aGuest({ code: [...look, 0x48, 0x89, 0xc3, ...wait, ...OUT_E9] });
    const hertz = guest.vcpu.ioctl(KVM_GET_TSC_KHZ, 0, 'asking for the frequency') * 1000;
    const { vcpu } = guest;
    if (timeStampCounterProblem(hertz) !== undefined) {
      guest.run();
      expect(vcpu.runNs).to.be.NaN;
      return;
    }
    // Entry and exit take their time, and something else may run in between: a few of them are needed.
    let closest = Infinity;
    for (let i = 0; i < 100 && closest > 1.05; i++) {
      guest.setRegs({ rip: BigInt(CODE), rcx: BigInt(Math.floor(hertz / 200)) });
      // A run that a signal ended is not the whole of it.
      if (vcpu.run().kind !== 'io') continue;
      const ratio = vcpu.runNs / ((Number(guest.regs().rax) / hertz) * 1e9);
      expect(ratio).to.be.at.least(1);
      closest = Math.min(closest, ratio);
    }
    expect(closest).to.be.at.most(1.05);
  });

  it('is kicked out of the guest by a signal that its thread blocks', () => {
    const kick = realTimeSignals().first;
    const kicks = new SignalSet([kick]);
    blockSignals(kicks);
    const timer = new PosixTimer(kick, threadId());
    try {
      const { vcpu } = aGuest({ code: ENDLESS });
      vcpu.setSignalMask(0n);
      const start = performance.now();
      timer.arm(5e6);
      expect(vcpu.run().kind).to.equal('interrupted');
      expect(performance.now() - start).to.be.greaterThan(4.9);
      expect(pendingSignals().has(kick)).to.equal(true);
      expect(takePendingSignal(kicks)).to.equal(kick);
    } finally {
      timer.dispose();
      unblockSignals(kicks);
    }
  });

  it('does not enter the guest while a kick is pending', () => {
    const kick = realTimeSignals().first;
    const kicks = new SignalSet([kick]);
    blockSignals(kicks);
    try {
      const guest = aGuest({ code: ENDLESS });
      guest.vcpu.setSignalMask(0n);
      signalThread(threadId(), kick);
      expect(guest.vcpu.run().kind).to.equal('interrupted');
      expect(guest.regs().rip).to.equal(BigInt(CODE));
    } finally {
      takePendingSignal(kicks);
      unblockSignals(kicks);
    }
  });

  it('asks for an interrupt window and takes an interrupt in it', () => {
    // real mode: sti; nop; jmp .   vector 0x20 -> 0x9000: out 0xe9, al
    const guest = aGuest({ mode: 'real', code: [0xfb, 0x90, ...ENDLESS] });
    guest.memory.bytes.set([0x00, 0x90, 0x00, 0x00], 0x20 * 4);
    guest.memory.bytes.set(OUT_E9, 0x9000);
    guest.vcpu.setInterruptWindowRequest(true);
    expect(guest.run().kind).to.equal('irq-window-open');
    expect(guest.vcpu.readyForInterruptInjection).to.equal(true);
    guest.vcpu.setInterruptWindowRequest(false);
    guest.vcpu.interrupt(0x20);
    expect(guest.run().kind).to.equal('io');
  });

  it('can be used no more once it is disposed of, twice over', () => {
    const guest = aGuest({ code: HLT });
    guest.vcpu.dispose();
    guest.vcpu.dispose();
    expect(() => guest.vcpu.run()).to.throw('used after it was closed');
    expect(() => {
      guest.vcpu.setImmediateExit(true);
    }).to.throw('used after it was closed');
  });

  it('refuses a buffer that is smaller than the struct', () => {
    const { vcpu } = aGuest({ code: HLT });
    expect(() => {
      vcpu.read('sregs', new Uint8Array(8));
    }).to.throw('312');
  });
});
