/** Ownership of one KVM descriptor: /dev/kvm, a VM, a vCPU or an in-kernel device. */
import { panic } from '../base/index';
import { Errno, hostResources } from '../host/index';
import type { HostPointer, HostResource } from '../host/index';
import { KvmError } from './kvmError';
import type { KvmSystemCalls } from './systemCalls';

/** One open descriptor and the requests that it takes. Closed by {@link dispose}, once. */
export class KvmDescriptor implements HostResource {
  readonly #calls: KvmSystemCalls;
  readonly #what: string;
  #fd: number;

  /**
   * Takes over an open descriptor.
   * @param what - what it is, for messages: `the VM system.kvm_vm`
   */
  constructor(calls: KvmSystemCalls, fd: number, what: string) {
    this.#calls = calls;
    this.#fd = fd;
    this.#what = what;
    hostResources.add(this);
  }

  /** The descriptor's number, -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** False once closed. */
  get isOpen(): boolean {
    return this.#fd >= 0;
  }

  /**
   * Makes a request, again if a signal interrupts it.
   * @param argument - an integer, a host address, or a view onto the request's struct
   * @param doing - for the error message, a verb in -ing form
   * @returns what the driver returns, at least 0
   * @throws {KvmError} when KVM refuses
   * @throws {PanicError} when the descriptor is closed
   */
  request(request: number, argument: HostPointer, doing: string): number {
    for (;;) {
      const result = this.tryRequest(request, argument);
      if (result >= 0) return result;
      if (result !== -Errno.EINTR) throw new KvmError(request, -result, doing);
    }
  }

  /**
   * Makes a request once, without throwing: for requests on a hot path, and for those whose failure
   * is an answer.
   * @returns what the driver returns, or the negated error number
   * @throws {PanicError} when the descriptor is closed
   */
  tryRequest(request: number, argument: HostPointer): number {
    if (this.#fd < 0) panic(`${this.#what} was used after it was closed`);
    return this.#calls.ioctl(this.#fd, request, argument);
  }

  /** As {@link tryRequest} without an argument, timed: {@link KvmSystemCalls.timedIoctl}. */
  tryTimedRequest(request: number): number {
    if (this.#fd < 0) panic(`${this.#what} was used after it was closed`);
    return this.#calls.timedIoctl(this.#fd, request);
  }

  /** Closes the descriptor; a second call does nothing. */
  dispose(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    hostResources.remove(this);
    this.#calls.close(fd);
  }
}
