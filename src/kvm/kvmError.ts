/** Errors of this floor: KVM cannot be used here, or refuses a request. */
import { FatalError } from '../base/index';
import { ErrnoError } from '../host/index';
import * as abi from './abi';
import { remedyFor } from './remedies';

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
