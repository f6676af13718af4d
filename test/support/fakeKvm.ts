/** A double of the kernel at the ioctl border: it answers as told and remembers what it was asked. */
import { Errno } from '../../src/host/index';
import type { ErrnoName, HostPointer } from '../../src/host/index';
import * as abi from '../../src/kvm/abi';
import type { KvmSystemCalls, SharedMapping } from '../../src/kvm/systemCalls';

/** One request, its struct copied as it was when the request was made. */
export interface RecordedRequest {
  readonly fd: number;
  readonly request: number;
  /** The integer or address that was passed, 0n where a struct was. */
  readonly value: bigint;
  /** The struct that was passed. */
  readonly struct: DataView | undefined;
}

/** Answers a request: a result, or a negated error number. May write to the struct. */
export type Answer = (struct: DataView, value: bigint) => number;

const CAPABILITIES = new Map<number, number>([
  [abi.KVM_CAP_USER_MEMORY, 1],
  [abi.KVM_CAP_SET_TSS_ADDR, 1],
  [abi.KVM_CAP_EXT_CPUID, 1],
  [abi.KVM_CAP_USER_NMI, 1],
  [abi.KVM_CAP_COALESCED_MMIO, 2],
  [abi.KVM_CAP_NR_MEMSLOTS, 4],
  [abi.KVM_CAP_IRQCHIP, 1],
  [abi.KVM_CAP_MP_STATE, 1],
  [abi.KVM_CAP_VCPU_EVENTS, 1],
  [abi.KVM_CAP_DEBUGREGS, 1],
  [abi.KVM_CAP_XCRS, 1],
  [abi.KVM_CAP_XSAVE, 1],
  [abi.KVM_CAP_XSAVE2, 4096],
  [abi.KVM_CAP_ONE_REG, 1],
  [abi.KVM_CAP_IMMEDIATE_EXIT, 1],
  [abi.KVM_CAP_READONLY_MEM, 1],
  [abi.KVM_CAP_DEVICE_CTRL, 1],
  [abi.KVM_CAP_SYNC_REGS, 7],
  [abi.KVM_CAP_MAX_VCPUS, 8],
]);

const NO_STRUCT = new DataView(new ArrayBuffer(0));

/** Behaves like a working KVM until it is told otherwise. */
export class FakeKvm implements KvmSystemCalls {
  /** Every request made, in order. */
  readonly requests: RecordedRequest[] = [];
  /** Descriptors that are open. */
  readonly openDescriptors = new Set<number>();
  /** Mappings that are in place. */
  mappings = 0;
  /** Why the time stamp counter cannot be used. */
  problem: string | undefined;
  /** How long each timed request takes, in cycles. */
  cycles = 0;
  /** Set to refuse the opening of the device. */
  openErrno: ErrnoName | undefined;
  readonly #answers = new Map<number, Answer>();
  readonly #capabilities = new Map(CAPABILITIES);
  #nextFd = 100;

  /** Has a request answered in another way from now on. */
  answer(request: number, answer: Answer): this {
    this.#answers.set(request, answer);
    return this;
  }

  /** Has a request refused from now on. */
  refuse(request: number, errno: ErrnoName): this {
    return this.answer(request, () => -Errno[errno]);
  }

  /** Changes the value of a capability. */
  capability(extension: number, value: number): this {
    this.#capabilities.set(extension, value);
    return this;
  }

  /** The requests of one number. */
  made(request: number): RecordedRequest[] {
    return this.requests.filter(made => made.request === request);
  }

  open(): number {
    return this.openErrno === undefined ? this.newDescriptor() : -Errno[this.openErrno];
  }

  close(fd: number): void {
    if (!this.openDescriptors.delete(fd)) throw new Error(`descriptor ${String(fd)} closed twice`);
  }

  ioctl(fd: number, request: number, argument: HostPointer): number {
    if (!this.openDescriptors.has(fd)) return -Errno.EBADF;
    const view = ArrayBuffer.isView(argument)
      ? new DataView(argument.buffer, argument.byteOffset, argument.byteLength)
      : undefined;
    const copy =
      view && new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    const value = ArrayBuffer.isView(argument) ? 0n : BigInt(argument ?? 0);
    this.requests.push({ fd, request, value, struct: copy });
    const answer = this.#answers.get(request);
    return answer === undefined ? this.#usual(request, value) : answer(view ?? NO_STRUCT, value);
  }

  timedIoctl(fd: number, request: number): number {
    return this.ioctl(fd, request, 0);
  }

  timedCycles(): number {
    return this.cycles;
  }

  timingProblem(): string | undefined {
    return this.problem;
  }

  map(_fd: number, length: number): SharedMapping {
    this.mappings++;
    let mapped = true;
    return {
      buffer: new ArrayBuffer(length),
      dispose: () => {
        if (mapped) this.mappings--;
        mapped = false;
      },
    };
  }

  #usual(request: number, value: bigint): number {
    switch (request) {
      case abi.KVM_GET_API_VERSION:
        return abi.KVM_API_VERSION;
      case abi.KVM_GET_VCPU_MMAP_SIZE:
        return 12288;
      case abi.KVM_CHECK_EXTENSION:
        return this.#capabilities.get(Number(value)) ?? 0;
      case abi.KVM_CREATE_VM:
      case abi.KVM_CREATE_VCPU:
        return this.newDescriptor();
      default:
        return 0;
    }
  }

  /** Opens a descriptor. */
  newDescriptor(): number {
    this.openDescriptors.add(this.#nextFd);
    return this.#nextFd++;
  }
}
