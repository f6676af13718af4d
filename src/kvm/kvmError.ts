/** Errors of this floor: KVM cannot be used here, or refuses a request. */
import { FatalError } from '../base/index';
import { Errno, ErrnoError } from '../host/index';
import * as abi from './abi';

/** Why KVM cannot be used on this machine. */
export type KvmUnavailableReason =
  | 'no-device'
  | 'no-permission'
  | 'no-driver'
  | 'wrong-version'
  | 'missing-capability'
  | 'open-failed';

/** KVM cannot be used on this machine; the message says what to do about it. */
export class KvmUnavailableError extends FatalError {
  readonly reason: KvmUnavailableReason;

  constructor(reason: KvmUnavailableReason, message: string) {
    super(message);
    this.name = 'KvmUnavailableError';
    this.reason = reason;
  }
}

const requestNames = new Map<number, string>();

/** The kernel's name of a request number, such as `KVM_RUN`; hexadecimal for an unknown one. */
export function requestName(request: number): string {
  if (requestNames.size === 0) {
    for (const [name, value] of Object.entries<number | bigint>(abi)) {
      const isRequest = typeof value === 'number' && ((value >> 8) & 0xff) === abi.KVMIO;
      if (isRequest && !requestNames.has(value)) requestNames.set(value, name);
    }
  }
  return requestNames.get(request) ?? `KVM request 0x${request.toString(16)}`;
}

/** What a user can do about an error number, whatever the request. */
const REMEDIES: ReadonlyMap<number, string> = new Map([
  [Errno.EMFILE, 'raise the limit on open files (ulimit -n)'],
  [Errno.ENFILE, "raise the system's limit on open files (sysctl fs.file-max)"],
  [Errno.ENOMEM, 'free memory on the host or give the guest less'],
  [Errno.EIO, 'a VM belongs to the process that made it; after a fork it has to be made again'],
  [Errno.ENOTTY, "the host's KVM does not know this request; use a newer kernel"],
]);

/** Remedies that depend on the request as well. */
const REQUEST_REMEDIES: readonly (readonly [request: number, errno: number, remedy: string])[] = [
  [
    abi.KVM_SET_USER_MEMORY_REGION,
    Errno.EEXIST,
    'the range overlaps another memory slot; give the memories ranges that do not overlap',
  ],
  [
    abi.KVM_SET_USER_MEMORY_REGION,
    Errno.EINVAL,
    'guest address, host address and size must be multiples of the page size, and the slot number below the limit',
  ],
  [abi.KVM_CREATE_VCPU, Errno.EEXIST, 'the VM has a vCPU of that number already'],
  [abi.KVM_CREATE_VCPU, Errno.EINVAL, 'use fewer vCPUs, or a lower vCPU number'],
  [
    abi.KVM_CREATE_VM,
    Errno.EBUSY,
    'another hypervisor holds the processor; stop VirtualBox or its like',
  ],
  [
    abi.KVM_CREATE_IRQCHIP,
    Errno.EINVAL,
    'the chip must be created before the first vCPU of the VM',
  ],
  [abi.KVM_CREATE_IRQCHIP, Errno.EEXIST, 'the VM has an interrupt chip already'],
  [abi.KVM_IRQ_LINE, Errno.ENXIO, 'the VM has no in-kernel interrupt chip; create one first'],
  [abi.KVM_CREATE_DEVICE, Errno.ENODEV, "the host's KVM has no device of this type"],
  [abi.KVM_CREATE_DEVICE, Errno.EEXIST, 'the VM has such a device already'],
  [abi.KVM_GET_DEVICE_ATTR, Errno.ENXIO, 'the device has no such attribute'],
  [abi.KVM_SET_DEVICE_ATTR, Errno.ENXIO, 'the device has no such attribute'],
  [
    abi.KVM_REGISTER_COALESCED_MMIO,
    Errno.ENOSPC,
    'register fewer coalesced ranges: KVM holds 100 of them',
  ],
];

function remedyFor(request: number, errno: number): string | undefined {
  const specific = REQUEST_REMEDIES.find(([r, e]) => r === request && e === errno);
  return specific?.[2] ?? REMEDIES.get(errno);
}

/** KVM refused a request. */
export class KvmError extends ErrnoError {
  /** The request's name, such as `KVM_CREATE_VCPU`. */
  readonly request: string;
  /** What to do about it, where something is known. */
  readonly remedy: string | undefined;

  /**
   * @param request - request number
   * @param errno - (positive) error number
   * @param doing - what the program was doing, as a verb in -ing form
   */
  constructor(request: number, errno: number, doing: string) {
    const call = requestName(request);
    super({ call, errno, doing });
    this.name = 'KvmError';
    this.request = call;
    this.remedy = remedyFor(request, errno);
    if (this.remedy !== undefined) this.message += `; ${this.remedy}`;
  }
}
