/**
 * The virtual machine: guest memory, vCPUs, and what of a machine KVM keeps in the kernel.
 *
 * Sources: gem5 `cpu/kvm/vm.hh`, `cpu/kvm/vm.cc`; KVM API section 4.
 */
import { AddrRange, dprintf, fatal, panic, warn } from '../base/index';
import type { Addr, ContextID } from '../base/index';
import type { HostPointer } from '../host/index';
import type { System, SystemThreadContext } from '../mem/index';
import { defineSchema, param, Parent, SimObject, simObjectSchema, vectorParam } from '../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../sim/index';
import * as abi from './abi';
import { kvmCreateDevice, kvmIrqLevel, kvmPitConfig } from './abiVm';
import { coalescedZone } from './coalescedRing';
import { Kvm as KvmFlag } from './debugFlags';
import type { KvmDescriptor } from './descriptor';
import { KernelDevices } from './kernelDevices';
import { Kvm } from './kvm';
import { KvmError } from './kvmError';
import { MainMemory, type MappedStore } from './mainMemory';
import { MemorySlots } from './memorySlots';
import type { MemSlot } from './memorySlots';
import { Vcpu } from './vcpu';

/** Memory slots to assume where the kernel does not say; what the KVM API promises. */
const DEFAULT_MEMORY_SLOTS = 32;

/** Where the pages of {@link KvmVM.setTSSAddress} go if nobody says: below the firmware of a PC. */
const DEFAULT_TSS_ADDRESS: Addr = 0xfffb_d000;
const TSS_BYTES = 3 * 4096;

/** The kernel keeps the size of a coalesced range in 32 bits. */
const MAX_COALESCED_BYTES = 2 ** 32 - 1;

export const kvmVMSchema = defineSchema('KvmVM', simObjectSchema, {
  description: 'A virtual machine of KVM, the container of vCPUs',
  params: {
    coalescedMMIO: vectorParam.AddrRange([], 'memory ranges for coalesced MMIO', {
      outputName: 'coalescedMMIO',
    }),
    system: param.SimObject<System>('System', Parent.any, 'system this VM belongs to'),
  },
});

/** Parameters of a `KvmVM`. */
export type KvmVMParams = ParamsOf<typeof kvmVMSchema>;

/** A CPU model of the VM. */
export interface KvmVMMember {
  getVCpuID(): number;
  /** Whether its vCPU executes instructions whenever it is entered. */
  readonly isRunning: boolean;
  /** Whether its vCPU, when it is entered, only waits in the kernel. */
  readonly isWaiting: boolean;
  /** Whether another CPU model has its threads. */
  switchedOut(): boolean;
  /** Whether this CPU has the context now. */
  hasContext(context: SystemThreadContext): boolean;
}

/**
 * A virtual machine. Its descriptors are open from construction to {@link dispose}; guest memory is
 * mapped late, when the first CPU starts, because restoring a checkpoint may replace it.
 */
export class KvmVM extends SimObject {
  static override readonly schema = kvmVMSchema;
  declare readonly params: KvmVMParams;

  readonly #members: KvmVMMember[] = [];
  #kvm: Kvm;
  #vm: KvmDescriptor;
  readonly #slots: MemorySlots;
  readonly #coalescedZones: (readonly [start: Addr, size: number])[] = [];
  #system: System | null = null;
  #started = false;
  readonly #memory: MainMemory;
  #tssAddress: Addr | null = null;
  /** The VM that has been told of the TSS address. */
  #tssVM: KvmDescriptor | null = null;
  #hasKernelIRQChip = false;
  #createdIRQChip = false;
  #createdPIT = false;
  #nextVCPUID = 0;
  readonly #devices = new KernelDevices(this);
  /** A system that was saved with another kind of CPU has no VM, and nothing in the kernel. */
  override readonly mayStartFresh = true;

  /**
   * @param kvm - the KVM device, taken over; default: opened here
   * @throws {KvmUnavailableError} when KVM cannot be used on this machine
   */
  constructor(params: KvmVMParams, kvm = new Kvm()) {
    super(params);
    this.#kvm = kvm;
    try {
      this.#vm = kvm.createVM(`the VM ${this.name()}`);
    } catch (error) {
      kvm.dispose();
      throw error;
    }
    const limit = kvm.capNumMemSlots();
    this.#slots = new MemorySlots(this.#vm, limit > 0 ? limit : DEFAULT_MEMORY_SLOTS);
    this.#memory = new MainMemory(this, this.#slots);
    for (const range of params.coalescedMMIO) this.coalesceMMIO(range);
    params.system.setKvmVM(this);
  }

  /** The KVM device. */
  get kvm(): Kvm {
    return this.#kvm;
  }

  /** Called by the system that this VM belongs to. */
  setSystem(system: System): void {
    if (this.#system !== null && this.#system !== system) {
      panic(`${this.name()} belongs to ${this.#system.name()} already`);
    }
    this.#system = system;
  }

  /** Adds a CPU model of this VM. */
  addMember(member: KvmVMMember): void {
    this.#members.push(member);
  }

  /** Whether more than one CPU has threads. */
  get hasSeveralCPUs(): boolean {
    let count = 0;
    for (const member of this.#members) if (!member.switchedOut()) count++;
    return count > 1;
  }

  /**
   * Whether a CPU that waits in the kernel should leave the host's time to others: because one of
   * them runs, or does the waiting for all. They share one thread.
   */
  othersRun(cpu: KvmVMMember): boolean {
    if (!cpu.isWaiting) return false;
    const others = this.#members;
    return others.some(each => each.isRunning) || others.find(each => each.isWaiting) !== cpu;
  }

  /**
   * Called by each CPU model when it starts, before it makes its vCPU: the first call maps the
   * guest's memory.
   */
  cpuStartup(): void {
    if (this.#started) return;
    this.#started = true;
    this.delayedStartup();
  }

  /** Maps every backing store that KVM may see into the guest. */
  protected delayedStartup(): void {
    const system = this.#system ?? panic(`${this.name()} belongs to no system`);
    this.#memory.map(system);
    this.#tellTSSAddress();
  }

  /** The parts of main memory that the guest has; none before the first CPU starts. */
  get mappedStores(): readonly MappedStore[] {
    return this.#memory.stores;
  }

  /**
   * Has the kernel note which pages of main memory the guest writes, for {@link getDirtyLog}, or
   * no longer. What the simulator itself writes, such as a device or an emulated system call, is
   * not noted. Each first store to a page then costs the guest an exit inside the kernel.
   * @throws {KvmError} when the kernel refuses
   */
  logDirtyPages(on = true): void {
    this.#memory.logDirtyPages(on);
  }

  /**
   * Allocates a memory slot: one that was freed, else a new one.
   * @param size - bytes, more than 0, a multiple of the page size
   * @throws {FatalError} when all slots are taken
   */
  allocMemSlot(size: number): MemSlot {
    return this.#slots.alloc(size);
  }

  /**
   * Maps host memory into the guest.
   * @param hostAddr - page-aligned address of as many bytes as the slot was allocated for
   * @param guestAddr - guest-physical address, page-aligned
   * @param flags - `KVM_MEM_READONLY`, `KVM_MEM_LOG_DIRTY_PAGES`
   * @throws {KvmError} when the kernel refuses
   */
  setupMemSlot(slot: MemSlot, hostAddr: bigint, guestAddr: Addr, flags = 0): void {
    this.#slots.setup(slot, hostAddr, guestAddr, flags);
  }

  /** Takes a slot's memory away from the guest; the slot stays allocated. */
  disableMemSlot(slot: MemSlot): void {
    this.#slots.disable(slot);
  }

  /** Takes a slot's memory away and gives the slot back. */
  freeMemSlot(slot: MemSlot): void {
    this.#slots.free(slot);
  }

  /** Maps memory into a slot by its number; length 0 removes the slot. See {@link setupMemSlot}. */
  protected setUserMemoryRegion(
    slot: number,
    hostAddr: bigint,
    guestAddr: Addr,
    length: number,
    flags: number,
  ): void {
    this.#slots.setUserMemoryRegion(slot, hostAddr, guestAddr, length, flags);
  }

  /**
   * Which pages of a slot the guest has written since the last call.
   * @returns one bit a page, lowest first
   * @throws {PanicError} when the slot is not mapped with KVM_MEM_LOG_DIRTY_PAGES
   */
  getDirtyLog(slot: MemSlot): Uint8Array {
    return this.#slots.dirtyLog(slot);
  }

  /**
   * Has stores to a range collected in a ring instead of leaving the guest for each.
   * @param start - a range, or a guest-physical address with the size in bytes after it
   * @throws {KvmError} when the kernel refuses
   */
  coalesceMMIO(range: AddrRange): void;
  coalesceMMIO(start: Addr, size: number): void;
  coalesceMMIO(rangeOrStart: AddrRange | Addr, length = 0): void {
    const isStart = typeof rangeOrStart === 'number';
    const start = isStart ? rangeOrStart : rangeOrStart.start;
    const size = isStart ? length : rangeOrStart.size;
    if (!(Number.isInteger(size) && size > 0 && size <= MAX_COALESCED_BYTES)) {
      fatal(`${this.name()}: ${String(size)} bytes of coalesced MMIO; from 1 to 2^32 - 1 can be`);
    }
    this.#coalesce(start, size);
    this.#coalescedZones.push([start, size]);
  }

  #coalesce(start: Addr, size: number): void {
    const zone = coalescedZone(start, size);
    const where = `0x${start.toString(16)}, ${String(size)} bytes`;
    this.#trace(`Registering coalesced MMIO at ${where}`);
    this.#request(abi.KVM_REGISTER_COALESCED_MMIO, zone, `registering coalesced MMIO at ${where}`);
  }

  /**
   * Gives Intel processors three pages of guest-physical addresses that real mode needs there. Where
   * nobody does, the first CPU that starts takes 0xfffbd000, if there is no memory.
   * @param address - page-aligned, below 4 GiB, where no memory is
   * @throws {KvmError} when the kernel refuses
   */
  setTSSAddress(address: Addr): void {
    const where = `0x${address.toString(16)}`;
    this.#request(abi.KVM_SET_TSS_ADDR, address, `setting the TSS address ${where}`);
    this.#tssAddress = address;
    this.#tssVM = this.#vm;
  }

  #tellTSSAddress(): void {
    if (this.#tssVM === this.#vm || !this.#kvm.capSetTSSAddress()) return;
    const address = this.#tssAddress ?? DEFAULT_TSS_ADDRESS;
    const pages = AddrRange.rangeSize(address, TSS_BYTES);
    if (!this.#memory.intersects(pages)) this.setTSSAddress(address);
  }

  /**
   * Makes interrupt controllers (PIC, I/O APIC and local APICs) in the kernel. To be called before
   * the first CPU starts. A kernel that cannot only causes a warning.
   * @throws {PanicError} when called twice
   */
  createIRQChip(): void {
    if (this.#hasKernelIRQChip) panic(`${this.name()}: createIRQChip() was called twice`);
    const result = this.#vm.tryRequest(abi.KVM_CREATE_IRQCHIP, 0);
    if (result < 0) {
      const doing = 'creating the in-kernel interrupt chip';
      warn(new KvmError(abi.KVM_CREATE_IRQCHIP, -result, doing).message);
      return;
    }
    this.#createdIRQChip = true;
    this.#hasKernelIRQChip = true;
  }

  /**
   * Makes the interval timer (PIT) in the kernel, whose interrupts go to the controllers there. Port
   * 0x61, which gates it, comes along. To be called after {@link createIRQChip}.
   * @throws {KvmError} when the kernel refuses
   */
  createPIT(): void {
    const config = new DataView(new ArrayBuffer(kvmPitConfig.size));
    config.setUint32(kvmPitConfig.offset.flags, abi.KVM_PIT_SPEAKER_DUMMY, true);
    this.#request(abi.KVM_CREATE_PIT2, config, 'creating the in-kernel interval timer');
    this.#createdPIT = true;
  }

  /** Whether interrupt controllers are in the kernel. */
  hasKernelIRQChip(): boolean {
    return this.#hasKernelIRQChip;
  }

  /** Notes that a device made with {@link createDevice} is the interrupt controller. */
  enableKernelIRQChip(): void {
    this.#hasKernelIRQChip = true;
  }

  /**
   * Sets the level of an interrupt line of the in-kernel controller.
   * @throws {KvmError} when there is no in-kernel controller or no such line
   */
  setIRQLine(irq: number, high: boolean): void {
    const { offset } = kvmIrqLevel;
    const level = new DataView(new ArrayBuffer(kvmIrqLevel.size));
    level.setUint32(offset.irq, irq, true);
    level.setUint32(offset.level, high ? 1 : 0, true);
    this.#request(abi.KVM_IRQ_LINE, level, `setting interrupt line ${String(irq)}`);
  }

  /**
   * Makes a device in the kernel.
   * @param type - `KVM_DEV_TYPE_…`
   * @param flags - `KVM_CREATE_DEVICE_TEST` to ask only whether it could be made
   * @returns the device's descriptor number, which the caller owns; meaningless for a test
   * @throws {KvmError} when the kernel has no such device
   */
  createDevice(type: number, flags = 0): number {
    const { offset } = kvmCreateDevice;
    const device = new DataView(new ArrayBuffer(kvmCreateDevice.size));
    device.setUint32(offset.type, type, true);
    device.setUint32(offset.flags, flags, true);
    this.#request(abi.KVM_CREATE_DEVICE, device, `creating in-kernel device ${String(type)}`);
    return device.getInt32(offset.fd, true);
  }

  /** Whether every context of the system is on a CPU of this VM: in-kernel devices need that. */
  validEnvironment(): boolean {
    const contexts = this.#system?.threads.contexts() ?? [];
    return contexts.every(context => this.#memberWith(context) !== undefined);
  }

  /**
   * The vCPU number of the CPU that has a context now.
   * @throws {PanicError} when no CPU of this VM has it
   */
  contextIdToVCpuId(id: ContextID): number {
    const system = this.#system ?? panic(`${this.name()} belongs to no system`);
    const member = this.#memberWith(system.threads.get(id));
    if (member === undefined) panic(`thread context ${String(id)} is on no CPU of ${this.name()}`);
    return member.getVCpuID();
  }

  #memberWith(context: SystemThreadContext): KvmVMMember | undefined {
    return this.#members.find(member => member.hasContext(context));
  }

  /**
   * Makes a vCPU.
   * @param vcpuID - a number that no other vCPU of the VM has
   * @throws {KvmError} when the kernel refuses
   */
  createVCPU(vcpuID: number): Vcpu {
    return Vcpu.create(this.#kvm, this.#vm, vcpuID);
  }

  /** A vCPU number that nobody else has. */
  allocVCPUID(): number {
    return this.#nextVCPUID++;
  }

  /**
   * Makes any request to the VM: without an argument, with an integer or an address, or with a
   * struct that the kernel reads and writes in place.
   * @returns what the kernel returns, at least 0
   * @throws {KvmError} when the kernel refuses
   */
  ioctl(request: number, argument: HostPointer = 0): number {
    return this.#request(request, argument, `asking ${this.name()} for something`);
  }

  /**
   * In the child of a fork: KVM ties a VM to the process that made it, so this one makes its own, with
   * the same memory, in-kernel devices and coalesced ranges. vCPUs are made again when the CPUs go on.
   * A device made with {@link createDevice} is its owner's to make again.
   */
  override notifyFork(): void {
    this.#vm.dispose();
    this.#kvm.dispose();
    this.#kvm = new Kvm({ calls: this.#kvm.calls });
    this.#vm = this.#kvm.createVM(`the VM ${this.name()}`);
    if (this.#tssAddress !== null) this.setTSSAddress(this.#tssAddress);
    this.#slots.moveTo(this.#vm);
    for (const [start, size] of this.#coalescedZones) this.#coalesce(start, size);
    if (this.#createdIRQChip) {
      this.#hasKernelIRQChip = false;
      this.createIRQChip();
    }
    if (this.#createdPIT) this.createPIT();
  }

  /** Without devices in the kernel there is only its clock, which no other CPU has. */
  override get mayBeLeftOut(): boolean {
    return !this.#createdIRQChip && !this.#createdPIT;
  }

  override serialize(checkpoint: CheckpointOut): void {
    this.#devices.serialize(checkpoint);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    this.#devices.unserialize(checkpoint);
  }

  override dispose(): void {
    this.#vm.dispose();
    this.#kvm.dispose();
  }

  #request(request: number, argument: HostPointer, doing: string): number {
    return this.#vm.request(request, argument, doing);
  }

  #trace(text: string): void {
    if (KvmFlag.enabled) dprintf(KvmFlag, this.curTick(), this.name(), text);
  }
}
