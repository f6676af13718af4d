/**
 * One virtual CPU: its descriptor, the page it shares with the kernel, and its state.
 *
 * Source: KVM API sections 4 and 5.
 */
import type { CpuidLeaf } from '../arch/x86/index';
import { panic } from '../base/index';
import { Errno, pageSize } from '../host/index';
import * as abi from './abi';
import { kvmInterrupt, kvmMsrEntry, kvmMsrs, kvmRun, kvmSignalMask, kvmSyncRegs } from './abiVcpu';
import { CoalescedRing } from './coalescedRing';
import { encodeCpuid } from './cpuid';
import { KvmDescriptor } from './descriptor';
import { ExitDecoder } from './exits';
import type { VcpuExit } from './exits';
import type { Kvm } from './kvm';
import { KvmError } from './kvmError';
import type { KvmSystemCalls, SharedMapping } from './systemCalls';
import { VCPU_STATE } from './vcpuState';
import type { VcpuStateName } from './vcpuState';

const REQUEST_INTERRUPT_WINDOW = kvmRun.offset.request_interrupt_window;
const IMMEDIATE_EXIT = kvmRun.offset.immediate_exit;
const READY_FOR_INTERRUPT = kvmRun.offset.ready_for_interrupt_injection;
const CR8 = kvmRun.offset.cr8;
const APIC_BASE = kvmRun.offset.apic_base;
const VALID_REGS = kvmRun.offset.kvm_valid_regs;
const DIRTY_REGS = kvmRun.offset.kvm_dirty_regs;
const SYNC_REGS = kvmRun.offset['s.regs.regs'];

/** An MSR that KVM will not read or write, with the number of its index. */
export interface RefusedMsr {
  readonly index: number;
}

/** What a CPU model needs of a virtual CPU: the real one, or a scripted one in tests. */
export interface VcpuPort {
  /**
   * Runs the guest until it wants something or a signal arrives.
   * @returns why it stopped; borrowed, dead at the next run
   * @throws {KvmError} when KVM cannot run it
   */
  run(): VcpuExit;
  /**
   * Host time of the last {@link run} in nanoseconds, by the time stamp counter, which is the guest's
   * plus a constant; NaN where the counter cannot be used.
   */
  readonly runNs: number;
  /** What simulated time is taken from, and why, for messages. */
  readonly clock: string;
  /** The next {@link run} finishes what is pending and comes back before any guest instruction. */
  setImmediateExit(on: boolean): void;
  /** The next {@link run} comes back as soon as the guest can take an interrupt. */
  setInterruptWindowRequest(on: boolean): void;
  /** Whether the guest could take an interrupt when it stopped. */
  readonly readyForInterruptInjection: boolean;
  /** CR8 as the kernel reads it at each entry, where the interrupt chip is not in the kernel. */
  cr8: number;
  /** IA32_APIC_BASE as of the last exit. */
  readonly apicBase: bigint;
  /** The shared `struct kvm_sync_regs`: regs, sregs and events, one after the other. */
  readonly syncRegs: Uint8Array;
  /** Which sets each exit copies into {@link syncRegs} (`KVM_SYNC_X86_…` bits). */
  setValidSyncRegs(sets: number): void;
  /** Which sets the next entry takes from {@link syncRegs}, once. */
  setDirtySyncRegs(sets: number): void;
  /** Reads one part of the state. */
  read(name: VcpuStateName, into: Uint8Array): void;
  /** Writes one part of the state. */
  write(name: VcpuStateName, from: Uint8Array): void;
  /** Reads MSRs; those that KVM refuses are left alone and returned. */
  readMsrs(indices: readonly number[], into: BigUint64Array): RefusedMsr[];
  /** Writes MSRs; those that KVM refuses are returned, the others are written. */
  writeMsrs(indices: readonly number[], from: BigUint64Array): RefusedMsr[];
  /** Sets what the CPUID instruction answers. */
  setCpuid(entries: readonly CpuidLeaf[]): void;
  /** Sets which signals are blocked while the guest runs: one bit each, signal 1 lowest. */
  setSignalMask(blocked: bigint): void;
  /** Makes the guest take an external interrupt at its next entry. */
  interrupt(vector: number): void;
  /** Makes the guest take a non-maskable interrupt. */
  nonMaskableInterrupt(): void;
  /** The ring of coalesced stores, `page` pages into the shared memory. */
  coalescedRing(page: number): CoalescedRing;
  /** Gives everything back. A second call does nothing. */
  dispose(): void;
}

/** A vCPU of the kernel. Owns its descriptor and its mapping. */
export class Vcpu implements VcpuPort {
  /** All of the memory shared with the kernel: kvm_run, port data and the coalesced ring. */
  readonly page: DataView;
  readonly syncRegs: Uint8Array;
  readonly clock: string;
  runNs = NaN;
  readonly #descriptor: KvmDescriptor;
  readonly #mapping: SharedMapping;
  readonly #exits: ExitDecoder;
  readonly #calls: KvmSystemCalls;
  /** Nanoseconds of one cycle of the time stamp counter; NaN where it cannot be used. */
  readonly #cycleNs: number;

  /**
   * @param calls - by which the descriptor was made
   * @param descriptor - taken over
   * @param mapping - the vCPU's shared memory, taken over
   */
  constructor(calls: KvmSystemCalls, descriptor: KvmDescriptor, mapping: SharedMapping) {
    this.#calls = calls;
    this.#descriptor = descriptor;
    this.#mapping = mapping;
    const counter = counterOf(calls, descriptor);
    this.#cycleNs = typeof counter === 'number' ? 1e9 / counter : NaN;
    this.clock =
      typeof counter === 'number'
        ? `the time stamp counter, at ${String(counter / 1e6)} MHz`
        : `the monotonic clock, because ${counter}`;
    this.page = new DataView(mapping.buffer);
    this.syncRegs = new Uint8Array(mapping.buffer, SYNC_REGS, kvmSyncRegs.size);
    this.#exits = new ExitDecoder(this.page);
  }

  /**
   * Makes a vCPU of a VM.
   * @param id - its number, which no other vCPU of the VM has
   * @throws {KvmError} when the VM has no room for it
   */
  static create(kvm: Kvm, vm: KvmDescriptor, id: number): Vcpu {
    const name = `vCPU ${String(id)}`;
    const fd = vm.request(abi.KVM_CREATE_VCPU, id, `creating ${name}`);
    const descriptor = new KvmDescriptor(kvm.calls, fd, name);
    try {
      const mapping = kvm.calls.map(fd, kvm.getVCPUMMapSize(), `mapping ${name}`);
      return new Vcpu(kvm.calls, descriptor, mapping);
    } catch (error) {
      descriptor.dispose();
      throw error;
    }
  }

  /** False once disposed of. */
  get isOpen(): boolean {
    return this.#descriptor.isOpen;
  }

  run(): VcpuExit {
    const result = this.#enter();
    if (result < 0 && result !== -Errno.EINTR && result !== -Errno.EAGAIN) {
      throw new KvmError(abi.KVM_RUN, -result, 'running the guest');
    }
    return this.#exits.decode(result);
  }

  #enter(): number {
    if (Number.isNaN(this.#cycleNs)) return this.#descriptor.tryRequest(abi.KVM_RUN, 0);
    const result = this.#descriptor.tryTimedRequest(abi.KVM_RUN);
    this.runNs = this.#calls.timedCycles() * this.#cycleNs;
    return result;
  }

  setImmediateExit(on: boolean): void {
    this.#shared.setUint8(IMMEDIATE_EXIT, on ? 1 : 0);
  }

  setInterruptWindowRequest(on: boolean): void {
    this.#shared.setUint8(REQUEST_INTERRUPT_WINDOW, on ? 1 : 0);
  }

  get readyForInterruptInjection(): boolean {
    return this.#shared.getUint8(READY_FOR_INTERRUPT) !== 0;
  }

  get cr8(): number {
    return this.#shared.getUint8(CR8); // only bits 0 to 3 exist
  }

  set cr8(value: number) {
    this.#shared.setUint8(CR8, value);
  }

  get apicBase(): bigint {
    return this.#shared.getBigUint64(APIC_BASE, true);
  }

  setValidSyncRegs(sets: number): void {
    this.#shared.setUint32(VALID_REGS, sets, true);
  }

  setDirtySyncRegs(sets: number): void {
    this.#shared.setUint32(DIRTY_REGS, sets, true);
  }

  read(name: VcpuStateName, into: Uint8Array): void {
    const { label, get, size } = VCPU_STATE[name];
    this.#descriptor.request(get, checkSize(into, size), `reading the ${label}`);
  }

  write(name: VcpuStateName, from: Uint8Array): void {
    const { label, set, size } = VCPU_STATE[name];
    this.#descriptor.request(set, checkSize(from, size), `writing the ${label}`);
  }

  readMsrs(indices: readonly number[], into: BigUint64Array): RefusedMsr[] {
    return this.#transferMsrs(abi.KVM_GET_MSRS, indices, into);
  }

  writeMsrs(indices: readonly number[], from: BigUint64Array): RefusedMsr[] {
    return this.#transferMsrs(abi.KVM_SET_MSRS, indices, from);
  }

  setCpuid(entries: readonly CpuidLeaf[]): void {
    this.#descriptor.request(abi.KVM_SET_CPUID2, encodeCpuid(entries), 'setting the CPUID');
  }

  setSignalMask(blocked: bigint): void {
    const mask = new DataView(new ArrayBuffer(kvmSignalMask.size + 8));
    mask.setUint32(kvmSignalMask.offset.len, 8, true); // the kernel's sigset_t, not the C library's
    mask.setBigUint64(kvmSignalMask.offset.sigset, blocked, true);
    this.#descriptor.request(abi.KVM_SET_SIGNAL_MASK, mask, 'setting the signal mask');
  }

  interrupt(vector: number): void {
    const irq = new DataView(new ArrayBuffer(kvmInterrupt.size));
    irq.setUint32(kvmInterrupt.offset.irq, vector, true);
    this.#descriptor.request(abi.KVM_INTERRUPT, irq, `injecting interrupt ${String(vector)}`);
  }

  nonMaskableInterrupt(): void {
    this.#descriptor.request(abi.KVM_NMI, 0, 'injecting a non-maskable interrupt');
  }

  coalescedRing(page: number): CoalescedRing {
    return new CoalescedRing(this.page, page * pageSize());
  }

  /**
   * Makes any other request.
   * @throws {KvmError} when KVM refuses
   */
  ioctl(request: number, argument: number | bigint | ArrayBufferView, doing: string): number {
    return this.#descriptor.request(request, argument, doing);
  }

  dispose(): void {
    this.#descriptor.dispose();
    this.#mapping.dispose();
  }

  /** The shared memory, which must not be touched once it is unmapped. */
  get #shared(): DataView {
    if (!this.#descriptor.isOpen) panic('a vCPU was used after it was closed');
    return this.page;
  }

  /**
   * Reads or writes MSRs. KVM stops at the first one that it refuses and says how many it did, so the
   * rest is tried again without that one.
   */
  #transferMsrs(request: number, indices: readonly number[], values: BigUint64Array): RefusedMsr[] {
    const refused: RefusedMsr[] = [];
    const doing = request === abi.KVM_GET_MSRS ? 'reading MSRs' : 'writing MSRs';
    let first = 0;
    while (first < indices.length) {
      const rest = indices.slice(first);
      const list = msrList(rest, values.subarray(first));
      const done = this.#descriptor.request(request, list, doing);
      if (request === abi.KVM_GET_MSRS) takeMsrs(list, done, values.subarray(first));
      first += done;
      const culprit = indices[first];
      if (culprit !== undefined) refused.push({ index: culprit });
      first++;
    }
    return refused;
  }
}

/** The time stamp counter of a vCPU: its frequency in Hz, or why it cannot be used. */
function counterOf(calls: KvmSystemCalls, descriptor: KvmDescriptor): number | string {
  const hertz = descriptor.tryRequest(abi.KVM_GET_TSC_KHZ, 0) * 1000;
  if (hertz <= 0) return 'KVM does not know the frequency of the time stamp counter';
  return calls.timingProblem(hertz) ?? hertz;
}

function checkSize(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.byteLength < size) {
    panic(`${String(bytes.byteLength)} bytes for a struct of ${String(size)}`);
  }
  return bytes;
}

const entryOffset = (i: number): number => kvmMsrs.offset.entries + i * kvmMsrEntry.size;

function msrList(indices: readonly number[], values: BigUint64Array): DataView {
  const list = new DataView(new ArrayBuffer(entryOffset(indices.length)));
  list.setUint32(kvmMsrs.offset.nmsrs, indices.length, true);
  for (const [i, index] of indices.entries()) {
    list.setUint32(entryOffset(i) + kvmMsrEntry.offset.index, index, true);
    list.setBigUint64(entryOffset(i) + kvmMsrEntry.offset.data, values[i] ?? 0n, true);
  }
  return list;
}

function takeMsrs(list: DataView, count: number, into: BigUint64Array): void {
  for (let i = 0; i < count; i++) {
    into[i] = list.getBigUint64(entryOffset(i) + kvmMsrEntry.offset.data, true);
  }
}
