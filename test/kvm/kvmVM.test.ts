import { expect } from 'chai';
import { AddrRange, setLogSink } from '../../src/base/index';
import {
  close,
  HostDescriptor,
  HostMapping,
  hostResources,
  ioctl,
  openDescriptorCount,
} from '../../src/host/index';
import * as abi from '../../src/kvm/abi';
import {
  KVM_CAP_DEVICE_CTRL,
  KVM_DEV_TYPE_VFIO,
  KVM_DEV_VFIO_GROUP,
  KVM_DEV_VFIO_GROUP_ADD,
  KVM_GET_CLOCK,
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_MEM_READONLY,
} from '../../src/kvm/abi';
import { kvmClockData } from '../../src/kvm/abiVm';
import { KvmKernelGicV2 } from '../../src/kvm/kernelGicV2';
import { Kvm } from '../../src/kvm/kvm';
import { KvmDevice } from '../../src/kvm/kvmDevice';
import { KvmError } from '../../src/kvm/kvmError';
import { BareGuest } from '../support/bareGuest';
import { describeWithKvm } from '../support/kvm';
import { aVmSystem, type VmSystem, type VmSystemOptions } from '../support/kvmSystem';

const MiB = 1 << 20;
const OUT_E9 = [0xe6, 0xe9];

describeWithKvm('Kvm on this machine', () => {
  it('has what the simulator needs', () => {
    const kvm = new Kvm();
    try {
      expect(kvm.capUserMemory()).to.equal(true);
      expect(kvm.capSetTSSAddress()).to.equal(true);
      expect(kvm.capExtendedCPUID()).to.equal(true);
      expect(kvm.capImmediateExit()).to.equal(true);
      expect(kvm.capNumMemSlots()).to.be.greaterThan(31);
      expect(kvm.getVCPUMMapSize()).to.be.greaterThan(4095);
      expect(kvm.getSupportedMSRs()).to.include(0xc0000081);
      const leaves = kvm.getSupportedCPUID();
      expect(leaves.some(leaf => leaf.function === 1)).to.equal(true);
      // Long mode: without it there is nothing to simulate.
      const extended = leaves.find(leaf => leaf.function === 0x80000001);
      expect(((extended?.edx ?? 0) >>> 29) & 1).to.equal(1);
    } finally {
      kvm.dispose();
    }
  });
});

describeWithKvm('Each capability query on this machine', () => {
  it('answers as the kernel does', () => {
    const kvm = new Kvm();
    try {
      expect(kvm.getAPIVersion()).to.equal(12);
      const yesOrNo = [
        [kvm.capUserMemory(), abi.KVM_CAP_USER_MEMORY],
        [kvm.capSetTSSAddress(), abi.KVM_CAP_SET_TSS_ADDR],
        [kvm.capExtendedCPUID(), abi.KVM_CAP_EXT_CPUID],
        [kvm.capUserNMI(), abi.KVM_CAP_USER_NMI],
        [kvm.capOneReg(), abi.KVM_CAP_ONE_REG],
        [kvm.capIRQChip(), abi.KVM_CAP_IRQCHIP],
        [kvm.capVCPUEvents(), abi.KVM_CAP_VCPU_EVENTS],
        [kvm.capDebugRegs(), abi.KVM_CAP_DEBUGREGS],
        [kvm.capXCRs(), abi.KVM_CAP_XCRS],
        [kvm.capXSave(), abi.KVM_CAP_XSAVE],
        [kvm.capIRQLineLayout2(), abi.KVM_CAP_ARM_IRQ_LINE_LAYOUT_2],
        [kvm.capImmediateExit(), abi.KVM_CAP_IMMEDIATE_EXIT],
        [kvm.capReadonlyMem(), abi.KVM_CAP_READONLY_MEM],
        [kvm.capDeviceControl(), abi.KVM_CAP_DEVICE_CTRL],
        [kvm.capMPState(), abi.KVM_CAP_MP_STATE],
      ] as const;
      const numbers = [
        [kvm.capCoalescedMMIO(), abi.KVM_CAP_COALESCED_MMIO],
        [kvm.capNumMemSlots(), abi.KVM_CAP_NR_MEMSLOTS],
        [kvm.capXSave2(), abi.KVM_CAP_XSAVE2],
        [kvm.capSyncRegs(), abi.KVM_CAP_SYNC_REGS],
        [kvm.capMaxVCPUs(), abi.KVM_CAP_MAX_VCPUS],
      ] as const;
      // Asked past the object, on a descriptor of its own.
      const device = HostDescriptor.open('/dev/kvm');
      try {
        const ask = (extension: number): number =>
          ioctl(device.fd, abi.KVM_CHECK_EXTENSION, extension, 'asking');
        for (const [ours, extension] of yesOrNo) expect(ours).to.equal(ask(extension) !== 0);
        for (const [ours, extension] of numbers) expect(ours).to.equal(ask(extension));
      } finally {
        device.dispose();
      }
    } finally {
      kvm.dispose();
    }
  });
});

describeWithKvm('KvmVM on KVM', () => {
  const made: VmSystem[] = [];
  const make = (options?: VmSystemOptions): VmSystem => {
    const system = aVmSystem(options);
    made.push(system);
    return system;
  };
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    for (const { simulation } of made.splice(0)) simulation.dispose();
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  it('maps the memories of its system when the first CPU starts', () => {
    const { vm } = make({ memories: [{ range: '1MiB' }] });
    vm.cpuStartup();
    vm.cpuStartup();
    // The next slot is the second: the first is taken.
    expect(vm.allocMemSlot(MiB).num).to.equal(1);
  });

  it('is told by the kernel when slots overlap, and says so', () => {
    const { vm } = make();
    vm.cpuStartup();
    const memory = new HostMapping({ length: MiB });
    try {
      const slot = vm.allocMemSlot(MiB);
      expect(() => {
        vm.setupMemSlot(slot, memory.address, 0x8_0000);
      }).to.throw(KvmError, 'overlaps another memory slot');
      vm.setupMemSlot(slot, memory.address, MiB);
      vm.disableMemSlot(slot);
      vm.setupMemSlot(slot, memory.address, 2 * MiB);
      vm.freeMemSlot(slot);
      expect(vm.allocMemSlot(MiB).num).to.equal(slot.num);
    } finally {
      vm.dispose();
      memory.unmap();
    }
  });

  it('makes vCPUs with different numbers, and refuses one twice', () => {
    const { vm } = make();
    vm.cpuStartup();
    const first = vm.createVCPU(vm.allocVCPUID());
    const second = vm.createVCPU(vm.allocVCPUID());
    expect(() => vm.createVCPU(0)).to.throw(KvmError, 'KVM_CREATE_VCPU');
    first.dispose();
    second.dispose();
  });

  it('makes the interrupt chip, a timer for it, and sets its lines', () => {
    const { vm } = make();
    vm.createIRQChip();
    expect(vm.hasKernelIRQChip()).to.equal(true);
    vm.createPIT();
    vm.setIRQLine(4, true);
    vm.setIRQLine(4, false);
  });

  it('refuses to set lines of a chip that is not there', () => {
    const { vm } = make();
    expect(() => {
      vm.setIRQLine(4, true);
    }).to.throw(KvmError, 'KVM_IRQ_LINE');
  });

  it('creates in-kernel devices where the kernel has them', () => {
    const { vm } = make();
    if (vm.kvm.checkExtension(KVM_CAP_DEVICE_CTRL) === 0) {
      expect(() => vm.createDevice(KVM_DEV_TYPE_VFIO)).to.throw(KvmError);
      return;
    }
    const before = openDescriptorCount();
    const fd = vm.createDevice(KVM_DEV_TYPE_VFIO);
    expect(openDescriptorCount()).to.equal(before + 1);
    close(fd);
    expect(() => vm.createDevice(999)).to.throw(KvmError, 'no device of this type');
  });

  it('knows which attributes an in-kernel device has, and why one cannot be set', () => {
    const { vm } = make();
    const device = new KvmDevice(vm.createDevice(KVM_DEV_TYPE_VFIO), 'the VFIO device');
    try {
      expect(device.hasAttr(KVM_DEV_VFIO_GROUP, KVM_DEV_VFIO_GROUP_ADD)).to.equal(true);
      expect(device.hasAttr(77, 1)).to.equal(false);
      // The attribute is a descriptor of a VFIO group, which -1 is not: the kernel has read it.
      expect(() => {
        device.setAttr(KVM_DEV_VFIO_GROUP, KVM_DEV_VFIO_GROUP_ADD, -1, 4);
      }).to.throw(KvmError, 'EBADF');
      expect(() => device.getAttr(77, 1, 4)).to.throw(KvmError, 'KVM_GET_DEVICE_ATTR');
    } finally {
      device.dispose();
    }
  });

  it('has no Arm interrupt controller on an x86 host', () => {
    const { vm } = make();
    const options = { distAddr: 0x2c00_1000, cpuAddr: 0x2c00_2000, itLines: 128 };
    expect(() => new KvmKernelGicV2(vm, options)).to.throw(KvmError, 'no device of this type');
    expect(vm.hasKernelIRQChip()).to.equal(false);
  });

  it('takes a TSS address, ranges to coalesce and other requests', () => {
    const { vm } = make();
    vm.setTSSAddress(0xfffb_d000);
    vm.coalesceMMIO(AddrRange.rangeSize(0xe000_0000, 0x1000));
    vm.coalesceMMIO(0xe000_2000, 0x1000);
    const clock = new DataView(new ArrayBuffer(kvmClockData.size));
    vm.ioctl(KVM_GET_CLOCK, clock);
    // The other two forms: without an argument, and with a number.
    vm.ioctl(abi.KVM_CREATE_IRQCHIP);
    expect(vm.ioctl(abi.KVM_CHECK_EXTENSION, abi.KVM_CAP_IRQCHIP)).to.equal(1);
    expect(clock.getBigUint64(kvmClockData.offset.clock, true)).to.be.a('bigint');
  });

  it('makes a new VM after a fork, and several live side by side', () => {
    const a = make();
    const b = make();
    a.vm.cpuStartup();
    b.vm.cpuStartup();
    const before = openDescriptorCount();
    a.vm.notifyFork();
    expect(openDescriptorCount()).to.equal(before);
    a.vm.cpuStartup();
    a.vm.createVCPU(0).dispose();
    b.vm.createVCPU(0).dispose();
  });

  it('opens and closes many VMs and leaves nothing behind', () => {
    const before = [openDescriptorCount(), hostResources.size];
    for (let i = 0; i < 100; i++) {
      const kvm = new Kvm();
      kvm.createVM().dispose();
      kvm.dispose();
    }
    expect([openDescriptorCount(), hostResources.size]).to.deep.equal(before);
  });
});

describeWithKvm('memory slots on KVM', () => {
  it('report the pages that the guest has written, and start afresh', () => {
    // mov [rbx], al; out; mov [rcx], al; out
    const guest = new BareGuest({
      code: [0x88, 0x03, ...OUT_E9, 0x88, 0x01, ...OUT_E9],
      regs: { rbx: 0x4_0000n, rcx: 0x6_5000n },
    });
    try {
      const slot = { num: 0 };
      guest.slots.setup(slot, guest.memory.address, 0, KVM_MEM_LOG_DIRTY_PAGES);
      const dirty = (page: number): boolean => ((log[page >> 3] ?? 0) & (1 << (page & 7))) !== 0;
      guest.run();
      let log = guest.slots.dirtyLog(slot);
      expect([dirty(0x40), dirty(0x65), dirty(0x70)]).to.deep.equal([true, false, false]);
      guest.run();
      log = guest.slots.dirtyLog(slot);
      expect([dirty(0x40), dirty(0x65)]).to.deep.equal([false, true]);
    } finally {
      guest.dispose();
    }
  });

  it('can be read-only: stores leave the guest as accesses to a device', () => {
    // mov al, [rbx]; mov [rbx], cl; out
    const guest = new BareGuest({
      code: [0x8a, 0x03, 0x88, 0x0b, ...OUT_E9],
      regs: { rbx: 0x20_0000n, rcx: 0x77n },
    });
    const rom = new HostMapping({ length: 4096 });
    try {
      rom.bytes[0] = 0x5a;
      guest.slots.setup(guest.slots.alloc(4096), rom.address, 0x20_0000, KVM_MEM_READONLY);
      expect(guest.run()).to.deep.include({ kind: 'mmio', isWrite: true, address: 0x20_0000 });
      expect(guest.run().kind).to.equal('io');
      expect(guest.regs().rax & 0xffn).to.equal(0x5an);
      expect(rom.bytes[0]).to.equal(0x5a);
    } finally {
      guest.dispose();
      rom.unmap();
    }
  });
});
