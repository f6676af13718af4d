import { expect } from 'chai';
import { RAX } from '../../src/arch/x86/index';
import { AddrRange, setLogSink, type LogSink } from '../../src/base/index';
import { HostMapping, openDescriptorCount } from '../../src/host/index';
import {
  KVM_GET_IRQCHIP,
  KVM_GET_PIT2,
  KVM_IRQCHIP_IOAPIC,
  KVM_IRQCHIP_PIC_MASTER,
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_SET_IRQCHIP,
  KVM_SET_PIT2,
} from '../../src/kvm/abi';
import {
  kvmIoapicState,
  kvmIrqchip,
  kvmPicState,
  kvmPitChannelState,
  kvmPitState2,
} from '../../src/kvm/abiVm';
import type { KvmVM } from '../../src/kvm/kvmVM';
import { notifyFork, prepareFork } from '../../src/sim/index';
import { aBareKvmCpu, type BareKvmCpu, type BareKvmCpuOptions } from '../support/bareKvmCpu';
import { describeWithKvm } from '../support/kvm';

/** `inc %rax; out %al, $0xe9; jmp back` */
const COUNTING = [0x48, 0xff, 0xc0, 0xe6, 0xe9, 0xeb, 0xf9];

/** State of an interrupt controller in the kernel. */
function chipState(vm: KvmVM, chip: number): DataView {
  const state = new DataView(new ArrayBuffer(kvmIrqchip.size));
  state.setUint32(kvmIrqchip.offset.chip_id, chip, true);
  vm.ioctl(KVM_GET_IRQCHIP, state);
  return state;
}

/** What happens to objects in the child of a fork, here without the fork. */
describeWithKvm('A virtual machine made again, as in the child of a fork', () => {
  let made: BareKvmCpu;
  let sink: LogSink;
  const guest = (options: Partial<BareKvmCpuOptions> = {}): BareKvmCpu =>
    (made = aBareKvmCpu({ code: COUNTING, ...options }));

  beforeEach(() => {
    sink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  afterEach(() => {
    made.simulation.dispose();
    setLogSink(sink);
  });

  /** Runs until the device has been written to so many times in all. */
  const runTo = ({ simulation, device }: BareKvmCpu, writes: number): void => {
    device.onWrite = () => {
      if (device.writeCount === writes) simulation.exitSimLoop('enough');
    };
    simulation.simulate();
  };

  const makeAgain = ({ simulation }: BareKvmCpu): void => {
    prepareFork(simulation);
    notifyFork(simulation);
  };

  it('goes on where the guest was, again and again', () => {
    const bare = guest();
    for (const writes of [10, 20, 30]) {
      runTo(bare, writes);
      makeAgain(bare);
    }
    const values = bare.device.writes.map(({ data }) => data[0]);
    expect(values).to.deep.equal(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(bare.cpu.thread.state.gpr(RAX)).to.equal(30n);
  });

  it('keeps no descriptor of the one before', () => {
    const bare = guest();
    runTo(bare, 2);
    const before = openDescriptorCount();
    for (let writes = 4; writes <= 10; writes += 2) {
      makeAgain(bare);
      runTo(bare, writes);
    }
    expect(openDescriptorCount()).to.equal(before);
  });

  it('has the state of the in-kernel interrupt controllers and timer', () => {
    const bare = guest();
    const { vm } = bare;
    vm.createIRQChip();
    vm.createPIT();
    const pic = chipState(vm, KVM_IRQCHIP_PIC_MASTER);
    pic.setUint8(kvmIrqchip.offset.chip + kvmPicState.offset.irq_base, 0x40);
    pic.setUint8(kvmIrqchip.offset.chip + kvmPicState.offset.imr, 0xa5);
    vm.ioctl(KVM_SET_IRQCHIP, pic);
    const pit = new DataView(new ArrayBuffer(kvmPitState2.size));
    vm.ioctl(KVM_GET_PIT2, pit);
    pit.setUint32(kvmPitChannelState.offset.count, 12345, true);
    pit.setUint8(kvmPitChannelState.offset.mode, 2);
    vm.ioctl(KVM_SET_PIT2, pit);
    const ioapic = chipState(vm, KVM_IRQCHIP_IOAPIC);
    const redirection = kvmIrqchip.offset.chip + kvmIoapicState.offset.redirtbl;
    ioapic.setBigUint64(redirection + 8 * 5, 0x0300_0000_0001_0055n, true);
    vm.ioctl(KVM_SET_IRQCHIP, ioapic);
    makeAgain(bare);
    runTo(bare, 1); // the state goes to the kernel when the vCPU has been made
    expect(vm.hasKernelIRQChip()).to.equal(true);
    const picNow = chipState(vm, KVM_IRQCHIP_PIC_MASTER);
    expect(picNow.getUint8(kvmIrqchip.offset.chip + kvmPicState.offset.irq_base)).to.equal(0x40);
    expect(picNow.getUint8(kvmIrqchip.offset.chip + kvmPicState.offset.imr)).to.equal(0xa5);
    const ioapicNow = chipState(vm, KVM_IRQCHIP_IOAPIC);
    expect(ioapicNow.getBigUint64(redirection + 8 * 5, true)).to.equal(0x0300_0000_0001_0055n);
    vm.ioctl(KVM_GET_PIT2, pit);
    expect(pit.getUint32(kvmPitChannelState.offset.count, true)).to.equal(12345);
    expect(pit.getUint8(kvmPitChannelState.offset.mode)).to.equal(2);
  });

  it('has memory that somebody else has mapped, and coalesced ranges', () => {
    const bare = guest({ coalescedMMIO: [AddrRange.rangeSize(0x2000_0000, 4096)] });
    const { vm } = bare;
    const memory = new HostMapping({ length: 8192 });
    try {
      const slot = vm.allocMemSlot(8192);
      vm.setupMemSlot(slot, memory.address, 0x4000_0000, KVM_MEM_LOG_DIRTY_PAGES);
      vm.coalesceMMIO(0x3000_0000, 4096);
      runTo(bare, 1);
      makeAgain(bare);
      runTo(bare, 2);
      // The slot is in the new VM, with its flags, or the kernel would not log for it.
      expect([...vm.getDirtyLog(slot)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
      vm.freeMemSlot(slot);
    } finally {
      memory.unmap();
    }
  });
});
