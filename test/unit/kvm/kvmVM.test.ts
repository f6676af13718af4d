import { expect } from 'chai';
import { AddrRange, FatalError, setLogSink } from '../../../src/base/index';
import * as abi from '../../../src/kvm/abi';
import {
  kvmCoalescedMmioZone,
  kvmCreateDevice,
  kvmIrqLevel,
  kvmUserspaceMemoryRegion,
} from '../../../src/kvm/abiVm';
import { KvmError } from '../../../src/kvm/kvmError';
import type { BackingStore, System, SystemThreadContext } from '../../../src/mem/index';
import type { Simulation } from '../../../src/sim/index';
import { FakeKvm } from '../../support/fakeKvm';
import { aVmOnDouble, type VmSetup } from '../../support/vmOnDouble';

const MiB = 1 << 20;

function messagesOf(action: () => void): string[] {
  const seen: string[] = [];
  const previous = setLogSink({
    message: (level, text) => seen.push(`${level}: ${text}`),
    debug: () => undefined,
  });
  try {
    action();
  } finally {
    setLogSink(previous);
  }
  return seen;
}

const aStore = (start: number, kvmMap = true, writeable = true): Partial<BackingStore> => ({
  range: AddrRange.rangeSize(start, MiB),
  size: MiB,
  kvmMap,
  writeable,
  hostAddress: 0x7000_0000n + BigInt(start),
});

describe('KvmVM', () => {
  const simulations: Simulation[] = [];
  const make = (setup?: VmSetup): ReturnType<typeof aVmOnDouble> => {
    const made = aVmOnDouble(setup);
    simulations.push(made.simulation);
    return made;
  };
  afterEach(() => {
    for (const simulation of simulations.splice(0)) simulation.dispose();
  });

  it('has its descriptors open from the start and closes them in the end', () => {
    const { vm, calls, simulation } = make();
    expect(calls.openDescriptors.size).to.equal(2);
    simulation.dispose();
    expect(calls.openDescriptors.size).to.equal(0);
    vm.dispose();
  });

  it('closes the device when the VM cannot be created', () => {
    const calls = new FakeKvm().refuse(abi.KVM_CREATE_VM, 'ENOMEM');
    expect(() => make({ calls })).to.throw(KvmError, 'KVM_CREATE_VM');
    expect(calls.openDescriptors.size).to.equal(0);
  });

  it('maps nothing before the first CPU starts, and all memory for KVM then, once', () => {
    const { vm, calls } = make({ stores: [aStore(0), aStore(MiB, false), aStore(4 * MiB)] });
    const regions = (): unknown[] =>
      calls.made(abi.KVM_SET_USER_MEMORY_REGION).map(({ struct }) => {
        const { slot, guest_phys_addr, userspace_addr } = kvmUserspaceMemoryRegion.offset;
        return [
          struct?.getUint32(slot, true),
          struct?.getBigUint64(guest_phys_addr, true),
          struct?.getBigUint64(userspace_addr, true),
        ];
      });
    expect(regions()).to.deep.equal([]);
    vm.cpuStartup();
    vm.cpuStartup();
    expect(regions()).to.deep.equal([
      [0, 0n, 0x7000_0000n],
      [1, 0x40_0000n, 0x7040_0000n],
    ]);
  });

  it('refuses memory that would hide the m5ops', () => {
    const stores = [aStore(4 * MiB)];
    const m5opRange = AddrRange.rangeSize(stores[0]!.range!.end - 0x1000, 0x10000);
    const { vm } = make({ stores, m5opRange });
    expect(() => {
      vm.cpuStartup();
    }).to.throw(FatalError, 'set m5opsBase');
    make({
      stores,
      m5opRange: AddrRange.rangeSize(stores[0]!.range!.end, 0x10000),
    }).vm.cpuStartup();
  });

  /** Flags of each region that was set up, in order. */
  const regionFlags = (calls: FakeKvm): (number | undefined)[] =>
    calls
      .made(abi.KVM_SET_USER_MEMORY_REGION)
      .map(({ struct }) => struct?.getUint32(kvmUserspaceMemoryRegion.offset.flags, true));

  it('maps memory that is not writeable as read-only', () => {
    const { vm, calls } = make({ stores: [aStore(0), aStore(MiB, true, false)] });
    vm.cpuStartup();
    expect(regionFlags(calls)).to.deep.equal([0, abi.KVM_MEM_READONLY]);
  });

  it('warns where the kernel has no read-only memory', () => {
    const calls = new FakeKvm().capability(abi.KVM_CAP_READONLY_MEM, 0);
    const { vm } = make({ calls, stores: [aStore(0, true, false)] });
    const messages = messagesOf(() => {
      vm.cpuStartup();
    });
    expect(messages[0]).to.include('KVM_CAP_READONLY_MEM');
    expect(regionFlags(calls)).to.deep.equal([0]);
  });

  it('refuses memory that is interleaved', () => {
    const range = new AddrRange({ start: 0, end: 2 * MiB, masks: [0x40], intlvMatch: 0 });
    const { vm } = make({ stores: [{ ...aStore(0), range }] });
    expect(() => {
      vm.cpuStartup();
    }).to.throw(FatalError, 'interleaved');
  });

  it('logs dirty pages of all memory, whether asked before or after it is mapped', () => {
    const { vm, calls } = make({ stores: [aStore(0), aStore(MiB, true, false)] });
    vm.logDirtyPages();
    vm.cpuStartup();
    vm.logDirtyPages(false);
    const log = abi.KVM_MEM_LOG_DIRTY_PAGES;
    const rom = abi.KVM_MEM_READONLY;
    expect(regionFlags(calls)).to.deep.equal([log, log | rom, 0, rom]);
    expect(vm.mappedStores.map(({ slot }) => slot.num)).to.deep.equal([0, 1]);
  });

  it('says that a memory without bytes is handled as IO', () => {
    const memories = [
      { isNull: true, isInAddrMap: true, isKvmMap: true, name: () => 'system.mem' },
    ];
    const { vm } = make({ memories });
    const messages = messagesOf(() => {
      vm.cpuStartup();
    });
    expect(messages).to.deep.equal([
      'hack: KVM: system.mem stores nothing; its addresses are handled as IO',
    ]);
  });

  it('has 32 slots where the kernel does not say how many', () => {
    const { vm } = make({ calls: new FakeKvm().capability(abi.KVM_CAP_NR_MEMSLOTS, 0) });
    for (let i = 0; i < 32; i++) vm.allocMemSlot(MiB);
    expect(() => vm.allocMemSlot(MiB)).to.throw('all 32 memory slots');
  });

  it('registers ranges for coalesced MMIO, by range and by address and size', () => {
    const { vm, calls } = make({ coalescedMMIO: [AddrRange.rangeSize(0xe000_0000, 0x1000)] });
    vm.coalesceMMIO(0xf000_0000, 0x2000);
    const { addr, size } = kvmCoalescedMmioZone.offset;
    const zones = calls
      .made(abi.KVM_REGISTER_COALESCED_MMIO)
      .map(({ struct }) => [struct?.getBigUint64(addr, true), struct?.getUint32(size, true)]);
    expect(zones).to.deep.equal([
      [0xe000_0000n, 0x1000],
      [0xf000_0000n, 0x2000],
    ]);
  });

  it('names the remedy when there are too many coalesced ranges', () => {
    const calls = new FakeKvm().refuse(abi.KVM_REGISTER_COALESCED_MMIO, 'ENOSPC');
    expect(() => {
      make({ calls }).vm.coalesceMMIO(0, 4096);
    }).to.throw(KvmError, 'fewer coalesced ranges');
  });

  const tssAddresses = (calls: FakeKvm): bigint[] =>
    calls.made(abi.KVM_SET_TSS_ADDR).map(({ value }) => value);

  it('sets the TSS address once, where the script says, and again after a fork', () => {
    const { vm, calls } = make();
    vm.setTSSAddress(0xd000_0000);
    vm.cpuStartup();
    expect(tssAddresses(calls)).to.deep.equal([0xd000_0000n]);
    vm.notifyFork();
    vm.cpuStartup();
    expect(tssAddresses(calls)).to.deep.equal([0xd000_0000n, 0xd000_0000n]);
  });

  it('sets the TSS address by itself, unless there is memory', () => {
    const free = make({ stores: [aStore(0)] });
    free.vm.cpuStartup();
    expect(tssAddresses(free.calls)).to.deep.equal([0xfffb_d000n]);
    const taken = make({ stores: [aStore(0xfff0_0000)] });
    taken.vm.cpuStartup();
    expect(tssAddresses(taken.calls)).to.deep.equal([]);
  });

  it('refuses to coalesce nothing, or more than the kernel can count', () => {
    const { vm } = make();
    for (const size of [0, -1, 2 ** 32, 1.5]) {
      expect(() => {
        vm.coalesceMMIO(0, size);
      }, String(size)).to.throw(FatalError, 'bytes of coalesced MMIO');
    }
  });

  it('creates the interrupt chip once', () => {
    const { vm } = make();
    expect(vm.hasKernelIRQChip()).to.equal(false);
    vm.createIRQChip();
    expect(vm.hasKernelIRQChip()).to.equal(true);
    expect(() => {
      vm.createIRQChip();
    }).to.throw('createIRQChip() was called twice');
  });

  it('only warns when the kernel cannot make the interrupt chip', () => {
    const { vm } = make({ calls: new FakeKvm().refuse(abi.KVM_CREATE_IRQCHIP, 'EINVAL') });
    const messages = messagesOf(() => {
      vm.createIRQChip();
    });
    expect(messages[0]).to.include('KVM_CREATE_IRQCHIP').and.to.include('before the first vCPU');
    expect(vm.hasKernelIRQChip()).to.equal(false);
  });

  it('takes the word of a device that it is the interrupt chip', () => {
    const { vm } = make();
    vm.enableKernelIRQChip();
    expect(vm.hasKernelIRQChip()).to.equal(true);
  });

  it('creates the interval timer, and again after a fork', () => {
    const { vm, calls } = make();
    vm.createIRQChip();
    vm.createPIT();
    vm.notifyFork();
    const made = calls.made(abi.KVM_CREATE_PIT2);
    expect(made.map(({ struct }) => struct?.getUint32(0, true))).to.deep.equal([
      abi.KVM_PIT_SPEAKER_DUMMY,
      abi.KVM_PIT_SPEAKER_DUMMY,
    ]);
  });

  it('sets interrupt lines high and low', () => {
    const { vm, calls } = make();
    vm.setIRQLine(4, true);
    vm.setIRQLine(4, false);
    const { irq, level } = kvmIrqLevel.offset;
    const levels = calls
      .made(abi.KVM_IRQ_LINE)
      .map(({ struct }) => [struct?.getUint32(irq, true), struct?.getUint32(level, true)]);
    expect(levels).to.deep.equal([
      [4, 1],
      [4, 0],
    ]);
  });

  it('says what to do about an interrupt line without a chip', () => {
    const { vm } = make({ calls: new FakeKvm().refuse(abi.KVM_IRQ_LINE, 'ENXIO') });
    expect(() => {
      vm.setIRQLine(4, true);
    }).to.throw(KvmError, 'create one first');
  });

  it('creates in-kernel devices', () => {
    const { type, flags, fd } = kvmCreateDevice.offset;
    const calls = new FakeKvm().answer(abi.KVM_CREATE_DEVICE, struct => {
      expect(struct.getUint32(type, true)).to.equal(abi.KVM_DEV_TYPE_VFIO);
      expect(struct.getUint32(flags, true)).to.equal(abi.KVM_CREATE_DEVICE_TEST);
      struct.setUint32(fd, 42, true);
      return 0;
    });
    const { vm } = make({ calls });
    expect(vm.createDevice(abi.KVM_DEV_TYPE_VFIO, abi.KVM_CREATE_DEVICE_TEST)).to.equal(42);
  });

  it('gives every vCPU a number of its own, from 0 on', () => {
    const { vm } = make();
    expect([vm.allocVCPUID(), vm.allocVCPUID(), vm.allocVCPUID()]).to.deep.equal([0, 1, 2]);
  });

  it('makes vCPUs, and leaks nothing when one cannot be mapped', () => {
    const { vm, calls } = make();
    const vcpu = vm.createVCPU(0);
    expect(calls.made(abi.KVM_CREATE_VCPU)[0]?.value).to.equal(0n);
    expect(calls.mappings).to.equal(1);
    vcpu.dispose();
    expect(calls.mappings).to.equal(0);
    const before = calls.openDescriptors.size;
    calls.map = () => {
      throw new Error('no room');
    };
    expect(() => vm.createVCPU(1)).to.throw('no room');
    expect(calls.openDescriptors.size).to.equal(before);
  });

  it('knows which CPU has a context', () => {
    const contexts = [{}, {}] as unknown as SystemThreadContext[];
    const { vm } = make({ contexts });
    expect(vm.validEnvironment()).to.equal(false);
    const rest = { isRunning: true, isWaiting: false, switchedOut: () => false };
    vm.addMember({ getVCpuID: () => 7, hasContext: context => context === contexts[0], ...rest });
    expect(vm.validEnvironment()).to.equal(false);
    expect(() => vm.contextIdToVCpuId(1)).to.throw('thread context 1');
    vm.addMember({ getVCpuID: () => 9, hasContext: context => context === contexts[1], ...rest });
    expect(vm.validEnvironment()).to.equal(true);
    expect([0, 1].map(id => vm.contextIdToVCpuId(id))).to.deep.equal([7, 9]);
  });

  it('has several CPUs only where more than one has threads', () => {
    const { vm } = make();
    let switchedOut = true;
    const rest = { isRunning: true, isWaiting: false, hasContext: () => false };
    vm.addMember({ getVCpuID: () => 0, switchedOut: () => false, ...rest });
    vm.addMember({ getVCpuID: () => 1, switchedOut: () => switchedOut, ...rest });
    expect(vm.hasSeveralCPUs).to.equal(false);
    switchedOut = false;
    expect(vm.hasSeveralCPUs).to.equal(true);
  });

  it('makes requests without an argument, with a number and with a struct', () => {
    const { vm, calls } = make();
    const struct = new Uint8Array([1, 2, 3]);
    vm.ioctl(abi.KVM_CREATE_IRQCHIP);
    vm.ioctl(abi.KVM_SET_TSS_ADDR, 5);
    vm.ioctl(abi.KVM_GET_CLOCK, struct);
    const [none, number, block] = calls.requests.slice(-3);
    expect([none?.value, number?.value]).to.deep.equal([0n, 5n]);
    expect(block?.struct?.byteLength).to.equal(3);
  });

  it('belongs to one system', () => {
    expect(() => {
      make().vm.setSystem({ name: () => 'other' } as unknown as System);
    }).to.throw('belongs to system already');
  });

  it('makes a new VM after a fork, with the same ranges, chip and empty slots', () => {
    const { vm, calls } = make({
      stores: [aStore(0)],
      coalescedMMIO: [AddrRange.rangeSize(0xe000_0000, 0x1000)],
    });
    vm.createIRQChip();
    vm.createPIT();
    vm.cpuStartup();
    const old = new Set(calls.openDescriptors);
    vm.notifyFork();
    expect([...calls.openDescriptors].filter(fd => old.has(fd))).to.deep.equal([]);
    expect(calls.openDescriptors.size).to.equal(2);
    expect(vm.hasKernelIRQChip()).to.equal(true);
    expect(calls.made(abi.KVM_CREATE_PIT2).length).to.equal(2);
    expect(calls.made(abi.KVM_REGISTER_COALESCED_MMIO).length).to.equal(2);
    vm.cpuStartup();
    expect(calls.made(abi.KVM_SET_USER_MEMORY_REGION).length).to.equal(2);
  });
});
