/**
 * Arm's interrupt controller (GICv2) as KVM emulates it in the kernel of an Arm host.
 *
 * Checked against the kernel's interface byte for byte, but never yet run on an Arm host.
 *
 * Sources: gem5 `arch/arm/kvm/gic.hh`, `gic.cc`; the kernel's `virt/kvm/devices/arm-vgic.rst`.
 */
import { AddrRange, panic } from '../base/index';
import type { Addr, ContextID } from '../base/index';
import { KVM_DEV_TYPE_ARM_VGIC_V2 } from './abi';
import * as arm from './abiArm';
import { KvmDevice } from './kvmDevice';
import type { KvmVM } from './kvmVM';

/** Where the controller is, and how large. */
export interface KvmKernelGicV2Options {
  /** Physical address of the distributor, 4 KiB. */
  readonly distAddr: Addr;
  /** Physical address of the CPU interfaces, 8 KiB. */
  readonly cpuAddr: Addr;
  /** Interrupt lines, those of the processors included: 64 to 1024, a multiple of 32. */
  readonly itLines: number;
}

/** The in-kernel GICv2 of a VM. Owns its descriptor; closed by {@link dispose}. */
export class KvmKernelGicV2 {
  /** Addresses of the CPU interfaces. */
  readonly cpuRange: AddrRange;
  /** Addresses of the distributor. */
  readonly distRange: AddrRange;
  readonly #vm: KvmVM;
  readonly #device: KvmDevice;

  /**
   * Makes the controller. To be called before the VM's first CPU starts.
   * @throws {KvmError} when the kernel has no such device, as on every x86 host
   */
  constructor(vm: KvmVM, { distAddr, cpuAddr, itLines }: KvmKernelGicV2Options) {
    this.#vm = vm;
    const fd = vm.createDevice(KVM_DEV_TYPE_ARM_VGIC_V2);
    this.#device = new KvmDevice(fd, `the interrupt controller of ${vm.name()}`, vm.kvm.calls);
    this.cpuRange = AddrRange.rangeSize(cpuAddr, arm.KVM_VGIC_V2_CPU_SIZE);
    this.distRange = AddrRange.rangeSize(distAddr, arm.KVM_VGIC_V2_DIST_SIZE);
    const { KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS } = arm;
    const { KVM_VGIC_V2_ADDR_TYPE_DIST, KVM_VGIC_V2_ADDR_TYPE_CPU } = arm;
    try {
      this.#device.setAttr(KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, itLines, 4);
      this.#device.setAttr(KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, distAddr, 8);
      this.#device.setAttr(KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, cpuAddr, 8);
    } catch (error) {
      this.dispose();
      throw error;
    }
    vm.enableKernelIRQChip();
  }

  /** Raises a shared interrupt. @param spi - its number, from 32 on */
  setSPI(spi: number): void {
    this.#setLine(arm.KVM_ARM_IRQ_TYPE_SPI, 0, spi, true);
  }

  /** Lowers a shared interrupt. @param spi - its number, from 32 on */
  clearSPI(spi: number): void {
    this.#setLine(arm.KVM_ARM_IRQ_TYPE_SPI, 0, spi, false);
  }

  /** Raises a processor's own interrupt. @param ppi - its number, 16 to 31 */
  setPPI(vcpu: number, ppi: number): void {
    this.#setLine(arm.KVM_ARM_IRQ_TYPE_PPI, vcpu, ppi, true);
  }

  /** Lowers a processor's own interrupt. @param ppi - its number, 16 to 31 */
  clearPPI(vcpu: number, ppi: number): void {
    this.#setLine(arm.KVM_ARM_IRQ_TYPE_PPI, vcpu, ppi, false);
  }

  /** A register of the distributor, as a context sees it. @param offset - bytes from its start */
  readDistributor(context: ContextID, offset: Addr): number {
    return this.#read(arm.KVM_DEV_ARM_VGIC_GRP_DIST_REGS, context, offset);
  }

  /** Sets a register of the distributor. @see readDistributor */
  writeDistributor(context: ContextID, offset: Addr, data: number): void {
    this.#write(arm.KVM_DEV_ARM_VGIC_GRP_DIST_REGS, context, offset, data);
  }

  /** A register of a context's CPU interface. @param offset - bytes from its start */
  readCpu(context: ContextID, offset: Addr): number {
    return this.#read(arm.KVM_DEV_ARM_VGIC_GRP_CPU_REGS, context, offset);
  }

  /** Sets a register of a context's CPU interface. @see readCpu */
  writeCpu(context: ContextID, offset: Addr, data: number): void {
    this.#write(arm.KVM_DEV_ARM_VGIC_GRP_CPU_REGS, context, offset, data);
  }

  /** Closes the controller's descriptor; the VM keeps the controller. A second call does nothing. */
  dispose(): void {
    this.#device.dispose();
  }

  /** gem5 lets nobody but vCPU 0 have processor interrupts: it compares the shifted number. */
  #setLine(type: number, vcpu: number, irq: number, high: boolean): void {
    const low = vcpu & arm.KVM_ARM_IRQ_VCPU_MASK;
    const above = vcpu >>> 8;
    const most = this.#vm.kvm.capIRQLineLayout2() ? arm.KVM_ARM_IRQ_VCPU2_MASK : 0;
    if (above > most) panic(`KVM cannot name vCPU ${String(vcpu)} at an interrupt line`);
    if (irq > arm.KVM_ARM_IRQ_NUM_MASK) panic(`there is no interrupt ${String(irq)}`);
    const line =
      (above << arm.KVM_ARM_IRQ_VCPU2_SHIFT) |
      (type << arm.KVM_ARM_IRQ_TYPE_SHIFT) |
      (low << arm.KVM_ARM_IRQ_VCPU_SHIFT) |
      irq;
    this.#vm.setIRQLine(line >>> 0, high);
  }

  #read(group: number, context: ContextID, offset: Addr): number {
    return Number(this.#device.getAttr(group, this.#register(context, offset), 4));
  }

  #write(group: number, context: ContextID, offset: Addr, data: number): void {
    this.#device.setAttr(group, this.#register(context, offset), data, 4);
  }

  #register(context: ContextID, offset: Addr): bigint {
    const vcpu = this.#vm.contextIdToVCpuId(context);
    if (vcpu > arm.KVM_DEV_ARM_VGIC_CPUID_MASK) panic(`a GICv2 has no vCPU ${String(vcpu)}`);
    return (BigInt(vcpu) << BigInt(arm.KVM_DEV_ARM_VGIC_CPUID_SHIFT)) | BigInt(offset);
  }
}
