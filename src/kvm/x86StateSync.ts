/**
 * Moving the state of an x86 thread between its block of bytes and a vCPU, as little and as seldom
 * as possible.
 *
 * General registers, special registers and pending events travel in the page shared with the kernel
 * (KVM_CAP_SYNC_REGS), so that serving a guest costs no request besides KVM_RUN. The kernel has to be
 * told before an entry whether to put them there at the exit, so it is: when they were wanted after
 * the last exit, they will be wanted after the next. All else is fetched when somebody looks at it
 * and written when somebody has changed it.
 *
 * Source of the behaviour: gem5 `arch/x86/kvm/x86_cpu.cc`; KVM API sections 4 and 5.
 */
import {
  msrName,
  RegisterSet,
  stateMsrs,
  threadStateLayout as layout,
  type RegisterSource,
  type X86ThreadState,
} from '../arch/x86/index';
import { panic, warn } from '../base/index';
import { kvmFpu, kvmXcr, kvmXcrs } from './abiVcpu';
import { fpuToXsave, xsaveToFpu } from './fpuConversion';
import type { VcpuPort } from './vcpu';
import { prepareSregs } from './x86Segments';

/** What this kernel can carry. */
export interface X86SyncCapabilities {
  /** `KVM_SYNC_X86_…` bits that kvm_run can carry. */
  readonly syncRegs: number;
  /** Whether to use the XSAVE area; else x87 and SSE only. */
  readonly xsave: boolean;
  readonly xcrs: boolean;
  readonly debugRegs: boolean;
  readonly vcpuEvents: boolean;
  readonly mpState: boolean;
  /** Whether the local APIC is in the kernel. */
  readonly lapic: boolean;
  /** Indices of the MSRs that KVM knows. */
  readonly msrs: readonly number[];
}

/** The sets whose bytes begin both the state block and the shared page; the same bits in both. */
const SHARED = RegisterSet.Regs | RegisterSet.Sregs | RegisterSet.Events;
/** Where the local APIC says what it is, which is never 0. */
const LAPIC_VERSION = 0x30;
const SHARED_BYTES = layout.events.offset + layout.events.bytes;

/**
 * The order in which sets are written to a vCPU. General registers, special registers and events travel
 * in the shared page where that is possible: the kernel takes them when it enters the guest.
 */
export const PUSH_ORDER: readonly number[] = [
  RegisterSet.MpState, // first: it may change the state of the local APIC
  RegisterSet.Sregs, // before the local APIC: they have its base, which says in which mode it is
  RegisterSet.Lapic, // before the MSRs: the deadline of its timer is one
  RegisterSet.Xcrs, // before the XSAVE area: they say which of its components exist
  RegisterSet.Xsave,
  RegisterSet.DebugRegs,
  RegisterSet.Msrs,
  RegisterSet.Regs, // before the events: writing them drops a pending exception
  RegisterSet.Events,
];

/** Keeps a thread's state and a vCPU in step. */
export class X86StateSync implements RegisterSource {
  #state: X86ThreadState;
  readonly #vcpu: VcpuPort;
  readonly #can: X86SyncCapabilities;
  /** The MSRs of the state that KVM knows, and their slots in it. */
  readonly #msrs: readonly number[];
  readonly #msrSlots: readonly number[];
  /** MSR values that the vCPU is known to have, by position in {@link #msrs}. */
  readonly #knownMsrs: BigUint64Array;
  readonly #refusedMsrs = new Set<number>();
  /** Sets that the last entry was told to put into the page at its exit. */
  #carried = 0;
  /** Whether somebody wanted the shared sets after the last exit. */
  #wanted = true;

  /** All of the thread's state is to be given to the vCPU, which is new. */
  constructor(state: X86ThreadState, vcpu: VcpuPort, can: X86SyncCapabilities) {
    this.#state = state;
    this.#vcpu = vcpu;
    this.#can = can;
    const known = new Set(can.msrs);
    this.#msrs = stateMsrs.filter(index => known.has(index));
    this.#msrSlots = this.#msrs.map(index => stateMsrs.indexOf(index));
    this.#knownMsrs = new BigUint64Array(this.#msrs.length);
    this.#report(vcpu.readMsrs(this.#msrs, this.#knownMsrs), 'read');
    this.attach(state);
  }

  /** Serves another thread from now on, all of which the vCPU has to be given. */
  attach(state: X86ThreadState): void {
    this.#state = state;
    state.dirty = RegisterSet.All;
  }

  /** Writes to the vCPU what was changed in the state since the last time. */
  push(): void {
    const { dirty } = this.#state;
    const inPage = dirty & SHARED & this.#can.syncRegs;
    this.#push(this.#pushesLapic(dirty) ? inPage & ~RegisterSet.Sregs : inPage);
  }

  /** As {@link push}, with nothing left for the next entry: for what has to follow it. */
  pushByRequests(): void {
    this.#push(0);
  }

  /** @param inPage - the sets that travel in the shared page */
  #push(inPage: number): void {
    let { dirty } = this.#state;
    if (dirty === 0) return;
    if (this.#pushesLapic(dirty)) dirty |= RegisterSet.Sregs;
    const rest = dirty & ~inPage;
    if (rest !== 0) {
      for (const set of PUSH_ORDER) if ((rest & set) !== 0) this.#pushOne(set);
    }
    if (inPage !== 0) this.#pushInPage(inPage);
    this.#state.dirty = 0;
  }

  /** To be called right before each entry. */
  beforeRun(): void {
    const carry = this.#wanted ? SHARED & this.#can.syncRegs : 0;
    if (carry !== this.#carried) this.#vcpu.setValidSyncRegs(carry);
    this.#carried = carry;
    this.#wanted = false;
  }

  /** Brings general registers, special registers and events of a vCPU that has run up to date. */
  pullShared(): void {
    const state = this.#state;
    this.#wanted = true;
    if (this.#carried === SHARED) {
      state.block.set(this.#vcpu.syncRegs);
    } else {
      this.#vcpu.read('regs', state.bytesOf('regs'));
      this.#vcpu.read('sregs', state.bytesOf('sregs'));
      if (this.#can.vcpuEvents) this.#vcpu.read('events', state.bytesOf('events'));
    }
    state.stale = RegisterSet.All & ~SHARED;
    state.source = this;
  }

  /** Fetches sets that are not shared; see {@link RegisterSource}. */
  pull(mask: number): void {
    if ((mask & RegisterSet.MpState) !== 0 && this.#can.mpState) this.#pullMpState();
    if ((mask & RegisterSet.Lapic) !== 0 && this.#can.lapic) {
      this.#vcpu.read('lapic', this.#state.bytesOf('lapic'));
    }
    if ((mask & RegisterSet.Xcrs) !== 0 && this.#can.xcrs) this.#pullXcrs();
    if ((mask & RegisterSet.Xsave) !== 0) this.#pullXsave();
    if ((mask & RegisterSet.DebugRegs) !== 0 && this.#can.debugRegs) {
      this.#vcpu.read('debugRegs', this.#state.bytesOf('debugRegs'));
    }
    if ((mask & RegisterSet.Msrs) !== 0) this.#pullMsrs();
    this.#state.stale &= ~mask;
  }

  #pushInPage(sets: number): void {
    const { block } = this.#state;
    const page = this.#vcpu.syncRegs;
    const { regs, sregs, events } = layout;
    if ((sets & RegisterSet.Regs) !== 0) copy(block, page, regs.offset, regs.bytes);
    if ((sets & RegisterSet.Sregs) !== 0) {
      copy(block, page, sregs.offset, sregs.bytes);
      prepareSregs(page.subarray(sregs.offset, sregs.offset + sregs.bytes));
      this.#pushCr8();
    }
    if ((sets & RegisterSet.Events) !== 0) copy(block, page, events.offset, events.bytes);
    this.#vcpu.setDirtySyncRegs(sets);
  }

  #pushOne(set: number): void {
    switch (set) {
      case RegisterSet.Regs:
        this.#vcpu.write('regs', this.#state.bytesOf('regs'));
        break;
      case RegisterSet.Sregs:
        this.#pushSregs();
        break;
      case RegisterSet.Events:
        if (this.#can.vcpuEvents) this.#vcpu.write('events', this.#state.bytesOf('events'));
        break;
      case RegisterSet.MpState:
        this.#pushMpState();
        break;
      case RegisterSet.Lapic:
        if (this.#pushesLapic(set)) this.#vcpu.write('lapic', this.#state.bytesOf('lapic'));
        break;
      case RegisterSet.Xcrs:
        if (this.#can.xcrs) this.#pushXcrs();
        break;
      case RegisterSet.Xsave:
        this.#pushXsave();
        break;
      case RegisterSet.DebugRegs:
        if (this.#can.debugRegs) {
          this.#vcpu.write('debugRegs', this.#state.bytesOf('debugRegs'));
        }
        break;
      case RegisterSet.Msrs:
        this.#pushMsrs();
        break;
      default:
        panic(`no register set ${String(set)}`);
    }
  }

  #pushSregs(): void {
    const sregs = this.#state.bytesOf('sregs').slice();
    prepareSregs(sregs);
    this.#vcpu.write('sregs', sregs);
    this.#pushCr8();
  }

  /**
   * Whether a local APIC is to be written. A thread that never had one in the kernel has none to give,
   * and the vCPU keeps that of its reset.
   */
  #pushesLapic(dirty: number): boolean {
    if ((dirty & RegisterSet.Lapic) === 0 || !this.#can.lapic) return false;
    return this.#state.bytesOf('lapic')[LAPIC_VERSION] !== 0;
  }

  /** Without an in-kernel local APIC every entry takes CR8 from kvm_run. */
  #pushCr8(): void {
    this.#vcpu.cr8 = Number(this.#state.cr8 & 0xfn);
  }

  /** Without an in-kernel interrupt chip a vCPU is runnable and cannot be told so. */
  #pushMpState(): void {
    if (!this.#can.mpState) return;
    const { offset, bytes } = layout.mpState;
    const now = new Uint8Array(bytes);
    this.#vcpu.read('mpState', now);
    const wanted = this.#state.block.subarray(offset, offset + bytes);
    if (now.some((byte, i) => byte !== wanted[i])) this.#vcpu.write('mpState', wanted);
  }

  #pullMpState(): void {
    const { offset, bytes } = layout.mpState;
    this.#vcpu.read('mpState', this.#state.block.subarray(offset, offset + bytes));
  }

  #pushXcrs(): void {
    const xcrs = new DataView(new ArrayBuffer(kvmXcrs.size));
    xcrs.setUint32(kvmXcrs.offset.nr_xcrs, 1, true);
    xcrs.setBigUint64(
      kvmXcrs.offset.xcrs + kvmXcr.offset.value,
      this.#state.words[layout.xcr0.offset / 8] ?? 0n,
      true,
    );
    this.#vcpu.write('xcrs', new Uint8Array(xcrs.buffer));
  }

  #pullXcrs(): void {
    const xcrs = new DataView(new ArrayBuffer(kvmXcrs.size));
    this.#vcpu.read('xcrs', new Uint8Array(xcrs.buffer));
    const count = xcrs.getUint32(kvmXcrs.offset.nr_xcrs, true);
    for (let i = 0; i < count; i++) {
      const at = kvmXcrs.offset.xcrs + i * kvmXcr.size;
      if (xcrs.getUint32(at + kvmXcr.offset.xcr, true) === 0) {
        const value = xcrs.getBigUint64(at + kvmXcr.offset.value, true);
        this.#state.words[layout.xcr0.offset / 8] = value;
      }
    }
  }

  #pushXsave(): void {
    const xsave = this.#state.bytesOf('xsave');
    if (this.#can.xsave) {
      this.#vcpu.write('xsave', xsave);
    } else {
      const fpu = new Uint8Array(kvmFpu.size);
      xsaveToFpu(xsave, fpu);
      this.#vcpu.write('fpu', fpu);
    }
  }

  #pullXsave(): void {
    const xsave = this.#state.bytesOf('xsave');
    if (this.#can.xsave) {
      this.#vcpu.read('xsave', xsave);
    } else {
      const fpu = new Uint8Array(kvmFpu.size);
      this.#vcpu.read('fpu', fpu);
      fpuToXsave(fpu, xsave);
    }
  }

  /** Writes those that differ from what the vCPU has: writing the TSC back would stop time. */
  #pushMsrs(): void {
    const wanted = new BigUint64Array(this.#state.buffer, this.#state.offset + layout.msrs.offset);
    const indices: number[] = [];
    const values: bigint[] = [];
    for (const [i, index] of this.#msrs.entries()) {
      const value = wanted[this.#msrSlots[i] ?? 0] ?? 0n;
      if (value === this.#knownMsrs[i]) continue;
      this.#knownMsrs[i] = value;
      indices.push(index);
      values.push(value);
    }
    if (indices.length === 0) return;
    this.#report(this.#vcpu.writeMsrs(indices, BigUint64Array.from(values)), 'write');
  }

  #pullMsrs(): void {
    this.#report(this.#vcpu.readMsrs(this.#msrs, this.#knownMsrs), 'read');
    const words = new BigUint64Array(this.#state.buffer, this.#state.offset + layout.msrs.offset);
    for (const [i, slot] of this.#msrSlots.entries()) words[slot] = this.#knownMsrs[i] ?? 0n;
  }

  #report(refused: readonly { readonly index: number }[], verb: string): void {
    for (const { index } of refused) {
      if (this.#refusedMsrs.has(index)) continue;
      this.#refusedMsrs.add(index);
      warn(`KVM would not ${verb} MSR ${msrName(index)} (0x${index.toString(16)})`);
    }
  }
}

/** Copies bytes to the same place in another block. */
function copy(from: Uint8Array, to: Uint8Array, offset: number, bytes: number): void {
  to.set(from.subarray(offset, offset + bytes), offset);
}

/** How many bytes of the two blocks are the same struct; the tests hold them to it. */
export const SHARED_STATE_BYTES: number = SHARED_BYTES;
