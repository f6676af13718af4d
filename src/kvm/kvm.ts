/**
 * The global KVM interface, /dev/kvm: what this kernel can do, and the making of VMs.
 *
 * Sources: KVM API sections 4.1 to 4.4; gem5 `cpu/kvm/vm.hh` (class Kvm).
 */
import type { CpuidLeaf } from '../arch/x86/index';
import { Errno, type HostPointer } from '../host/index';
import * as abi from './abi';
import { kvmMsrList } from './abiVcpu';
import { cpuidBuffer, decodeCpuid } from './cpuid';
import { KvmDescriptor } from './descriptor';
import { KvmError, KvmUnavailableError } from './kvmError';
import { KVM_DEVICE, openKvm } from './openKvm';
import { hostSystemCalls } from './systemCalls';
import type { KvmSystemCalls } from './systemCalls';

/** Far more than any kernel lists; a guard against asking for ever. */
const MAX_LIST_ENTRIES = 1 << 16;

/** How to open KVM. */
export interface KvmOptions {
  /** Default: the kernel. */
  readonly calls?: KvmSystemCalls;
  /** Default: /dev/kvm. */
  readonly device?: string;
}

/**
 * The KVM device, open from construction to {@link dispose}. There may be several; each `KvmVM`
 * has its own.
 */
export class Kvm {
  /** The system calls used, also by what is made here. */
  readonly calls: KvmSystemCalls;
  readonly #device: KvmDescriptor;
  readonly #apiVersion: number;
  readonly #vcpuMMapSize: number;
  readonly #capabilities = new Map<number, number>();
  #cpuid: readonly CpuidLeaf[] | undefined;
  #msrs: readonly number[] | undefined;

  /**
   * Opens the device and checks that it can be used.
   * @throws {KvmUnavailableError} when there is no device, no permission, another API version or no
   *   user-controlled guest memory
   */
  constructor({ calls = hostSystemCalls, device = KVM_DEVICE }: KvmOptions = {}) {
    this.calls = calls;
    this.#device = new KvmDescriptor(calls, openKvm(calls, device), device);
    try {
      const version = this.#device.tryRequest(abi.KVM_GET_API_VERSION, 0);
      if (version < 0) {
        throw new KvmUnavailableError(
          'no-driver',
          `${device} is not the KVM device: in a container, have the host's passed in`,
        );
      }
      if (version !== abi.KVM_API_VERSION) {
        throw new KvmUnavailableError(
          'wrong-version',
          `${device} speaks version ${String(version)} of the KVM API, not ` +
            `${String(abi.KVM_API_VERSION)}; use another kernel`,
        );
      }
      this.#apiVersion = version;
      if (!this.capUserMemory()) {
        throw new KvmUnavailableError(
          'missing-capability',
          `${device} lacks KVM_CAP_USER_MEMORY; use another kernel`,
        );
      }
      this.#vcpuMMapSize = this.ioctl(
        abi.KVM_GET_VCPU_MMAP_SIZE,
        0,
        'asking for the size of the vCPU mapping',
      );
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** False once disposed of. */
  get isOpen(): boolean {
    return this.#device.isOpen;
  }

  /**
   * Value of a capability: 0 when this kernel has not got it, else 1 or a number that the
   * capability defines.
   * @param extension - one of `KVM_CAP_…`
   */
  checkExtension(extension: number): number {
    let value = this.#capabilities.get(extension);
    if (value === undefined) {
      value = this.ioctl(abi.KVM_CHECK_EXTENSION, extension, 'asking for a KVM capability');
      this.#capabilities.set(extension, value);
    }
    return value;
  }

  /** Guest memory is memory of this process (KVM_CAP_USER_MEMORY). */
  capUserMemory(): boolean {
    return this.checkExtension(abi.KVM_CAP_USER_MEMORY) !== 0;
  }

  /** `KvmVM.setTSSAddress` works (KVM_CAP_SET_TSS_ADDR). */
  capSetTSSAddress(): boolean {
    return this.checkExtension(abi.KVM_CAP_SET_TSS_ADDR) !== 0;
  }

  /** CPUID leaves with sub-leaves can be set (KVM_CAP_EXT_CPUID). */
  capExtendedCPUID(): boolean {
    return this.checkExtension(abi.KVM_CAP_EXT_CPUID) !== 0;
  }

  /** Non-maskable interrupts can be injected (KVM_CAP_USER_NMI). */
  capUserNMI(): boolean {
    return this.checkExtension(abi.KVM_CAP_USER_NMI) !== 0;
  }

  /** Page of the vCPU mapping that holds the coalesced ring, 0 without (KVM_CAP_COALESCED_MMIO). */
  capCoalescedMMIO(): number {
    return this.checkExtension(abi.KVM_CAP_COALESCED_MMIO);
  }

  /** Memory slots of a VM, 0 when the kernel does not say (KVM_CAP_NR_MEMSLOTS). */
  capNumMemSlots(): number {
    return this.checkExtension(abi.KVM_CAP_NR_MEMSLOTS);
  }

  /** Single registers can be read and written by identifier (KVM_CAP_ONE_REG). */
  capOneReg(): boolean {
    return this.checkExtension(abi.KVM_CAP_ONE_REG) !== 0;
  }

  /** There is an in-kernel interrupt chip (KVM_CAP_IRQCHIP). */
  capIRQChip(): boolean {
    return this.checkExtension(abi.KVM_CAP_IRQCHIP) !== 0;
  }

  /** Pending exceptions and interrupts can be read and written (KVM_CAP_VCPU_EVENTS). */
  capVCPUEvents(): boolean {
    return this.checkExtension(abi.KVM_CAP_VCPU_EVENTS) !== 0;
  }

  /** Debug registers can be read and written (KVM_CAP_DEBUGREGS). */
  capDebugRegs(): boolean {
    return this.checkExtension(abi.KVM_CAP_DEBUGREGS) !== 0;
  }

  /** Extended control registers can be read and written (KVM_CAP_XCRS). */
  capXCRs(): boolean {
    return this.checkExtension(abi.KVM_CAP_XCRS) !== 0;
  }

  /** The XSAVE area can be read and written (KVM_CAP_XSAVE). */
  capXSave(): boolean {
    return this.checkExtension(abi.KVM_CAP_XSAVE) !== 0;
  }

  /** Bytes of the XSAVE area where that can be more than 4096, else 0 (KVM_CAP_XSAVE2). */
  capXSave2(): number {
    return this.checkExtension(abi.KVM_CAP_XSAVE2);
  }

  /** `setIRQLine` can name more than 256 Arm vCPUs (KVM_CAP_ARM_IRQ_LINE_LAYOUT_2). */
  capIRQLineLayout2(): boolean {
    return this.checkExtension(abi.KVM_CAP_ARM_IRQ_LINE_LAYOUT_2) !== 0;
  }

  /** `kvm_run.immediate_exit` is honoured (KVM_CAP_IMMEDIATE_EXIT). */
  capImmediateExit(): boolean {
    return this.checkExtension(abi.KVM_CAP_IMMEDIATE_EXIT) !== 0;
  }

  /** Which register sets kvm_run can carry, `KVM_SYNC_X86_…` bits (KVM_CAP_SYNC_REGS). */
  capSyncRegs(): number {
    return this.checkExtension(abi.KVM_CAP_SYNC_REGS);
  }

  /** Memory slots can be read-only (KVM_CAP_READONLY_MEM). */
  capReadonlyMem(): boolean {
    return this.checkExtension(abi.KVM_CAP_READONLY_MEM) !== 0;
  }

  /** There are in-kernel devices to create (KVM_CAP_DEVICE_CTRL). */
  capDeviceControl(): boolean {
    return this.checkExtension(abi.KVM_CAP_DEVICE_CTRL) !== 0;
  }

  /** Run, halt and INIT states of a vCPU can be read and written (KVM_CAP_MP_STATE). */
  capMPState(): boolean {
    return this.checkExtension(abi.KVM_CAP_MP_STATE) !== 0;
  }

  /** Most vCPUs a VM can have (KVM_CAP_MAX_VCPUS, KVM_CAP_NR_VCPUS). */
  capMaxVCPUs(): number {
    const most = this.checkExtension(abi.KVM_CAP_MAX_VCPUS);
    if (most > 0) return most;
    const recommended = this.checkExtension(abi.KVM_CAP_NR_VCPUS);
    return recommended > 0 ? recommended : 4; // what the KVM API says to assume
  }

  /** Version of the KVM API: 12. */
  getAPIVersion(): number {
    return this.#apiVersion;
  }

  /** Bytes of a vCPU's shared mapping. */
  getVCPUMMapSize(): number {
    return this.#vcpuMMapSize;
  }

  /** The CPUID leaves that this kernel can give a guest (KVM_GET_SUPPORTED_CPUID). */
  getSupportedCPUID(): readonly CpuidLeaf[] {
    this.#cpuid ??= decodeCpuid(
      this.#growing(abi.KVM_GET_SUPPORTED_CPUID, cpuidBuffer, 'asking for the supported CPUID'),
    );
    return this.#cpuid;
  }

  /** The MSRs that this kernel can read and write for a guest (KVM_GET_MSR_INDEX_LIST). */
  getSupportedMSRs(): readonly number[] {
    if (this.#msrs === undefined) {
      const { nmsrs, indices } = kvmMsrList.offset;
      const list = this.#growing(
        abi.KVM_GET_MSR_INDEX_LIST,
        count => {
          const view = new DataView(new ArrayBuffer(kvmMsrList.size + count * 4));
          view.setUint32(nmsrs, count, true);
          return view;
        },
        'asking for the supported MSRs',
      );
      this.#msrs = Array.from({ length: list.getUint32(nmsrs, true) }, (_, i) =>
        list.getUint32(indices + i * 4, true),
      );
    }
    return this.#msrs;
  }

  /**
   * Makes a VM.
   * @param name - for messages
   * @throws {KvmError} when the kernel has no memory or descriptors for another
   */
  createVM(name = 'a VM'): KvmDescriptor {
    const fd = this.ioctl(abi.KVM_CREATE_VM, 0, `creating ${name}`);
    return new KvmDescriptor(this.calls, fd, name);
  }

  /**
   * Makes a request to /dev/kvm.
   * @throws {KvmError} when KVM refuses
   */
  ioctl(request: number, argument: HostPointer, doing: string): number {
    return this.#device.request(request, argument, doing);
  }

  /** Closes the device; VMs made from it live on. A second call does nothing. */
  dispose(): void {
    this.#device.dispose();
  }

  /** Asks with larger and larger lists until the answer fits. */
  #growing(request: number, make: (count: number) => DataView, doing: string): DataView {
    for (let count = 64; count <= MAX_LIST_ENTRIES; count *= 2) {
      const view = make(count);
      const result = this.#device.tryRequest(request, view);
      if (result >= 0) return view;
      if (result !== -Errno.E2BIG) throw new KvmError(request, -result, doing);
    }
    throw new KvmError(request, Errno.E2BIG, doing);
  }
}
