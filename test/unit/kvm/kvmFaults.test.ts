import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ErrnoName } from '../../../src/host/index';
import * as abi from '../../../src/kvm/abi';
import { kvmClockData, kvmIrqchip, kvmPitState2 } from '../../../src/kvm/abiVm';
import { Kvm } from '../../../src/kvm/kvm';
import { KvmDevice } from '../../../src/kvm/kvmDevice';
import { KvmError, requestName } from '../../../src/kvm/kvmError';
import { MemorySlots } from '../../../src/kvm/memorySlots';
import { Vcpu } from '../../../src/kvm/vcpu';
import { VCPU_STATE, type VcpuStateName } from '../../../src/kvm/vcpuState';
import { FakeKvm } from '../../support/fakeKvm';
import { repositoryRoot } from '../../support/repository';
import { aVmOnDouble } from '../../support/vmOnDouble';

/** What a refused request is provoked with. */
interface Bench {
  readonly calls: FakeKvm;
  readonly kvm: Kvm;
  readonly vm: ReturnType<typeof aVmOnDouble>['vm'];
  readonly vcpu: Vcpu;
  readonly slots: MemorySlots;
  readonly device: KvmDevice;
}

interface Fault {
  readonly request: number;
  readonly errno: ErrnoName;
  readonly provoke: (bench: Bench) => unknown;
  /** Part of what the message tells the user to do; none where nothing can be said. */
  readonly remedy?: string;
}

const PAGE = 4096;

/** Reading and writing the parts of a vCPU's state, each refused. */
const stateFaults = (Object.keys(VCPU_STATE) as VcpuStateName[]).flatMap((name): Fault[] => {
  const { get, set, size } = VCPU_STATE[name];
  const bytes = new Uint8Array(size);
  const chip = name === 'lapic' ? 'create one first' : undefined;
  const remedies: Partial<Record<VcpuStateName, string>> = {
    sregs: 'contradict each other',
    debugRegs: 'contradict each other',
    xsave: 'restore a checkpoint on a host',
    xcrs: 'restore a checkpoint on a host',
    events: 'does not exist',
    mpState: 'create one first',
    lapic: 'create one first',
  };
  const remedy = remedies[name];
  return [
    {
      ...{ request: get, errno: 'EINVAL', provoke: ({ vcpu }: Bench) => vcpu.read(name, bytes) },
      ...(chip !== undefined && { remedy: chip }),
    },
    {
      ...{ request: set, errno: 'EINVAL', provoke: ({ vcpu }: Bench) => vcpu.write(name, bytes) },
      ...(remedy !== undefined && { remedy }),
    },
  ];
});

/** State of in-kernel devices: the request, its struct's size, and what an error number means. */
const deviceFaults: readonly Fault[] = (
  [
    [abi.KVM_GET_IRQCHIP, kvmIrqchip.size, 'ENXIO', 'create one first'],
    [abi.KVM_SET_IRQCHIP, kvmIrqchip.size, 'ENXIO', 'create one first'],
    [abi.KVM_GET_PIT2, kvmPitState2.size, 'ENXIO', 'createPIT()'],
    [abi.KVM_SET_PIT2, kvmPitState2.size, 'ENXIO', 'createPIT()'],
    [abi.KVM_GET_CLOCK, kvmClockData.size, 'EFAULT', 'no longer there'],
    [abi.KVM_SET_CLOCK, kvmClockData.size, 'EINVAL', 'flags'],
  ] as const
).map(([request, size, errno, remedy]) => ({
  ...{ request, errno, remedy },
  provoke: ({ vm }: Bench) => vm.ioctl(request, new Uint8Array(size)),
}));

const FAULTS: readonly Fault[] = [
  {
    ...{ request: abi.KVM_GET_VCPU_MMAP_SIZE, errno: 'EIO', remedy: 'made again' },
    provoke: ({ calls }) => new Kvm({ calls }),
  },
  {
    ...{ request: abi.KVM_CHECK_EXTENSION, errno: 'ENOTTY', remedy: 'newer kernel' },
    provoke: ({ kvm }) => kvm.checkExtension(200),
  },
  {
    ...{ request: abi.KVM_GET_SUPPORTED_CPUID, errno: 'ENOMEM', remedy: 'free memory' },
    provoke: ({ kvm }) => kvm.getSupportedCPUID(),
  },
  {
    ...{ request: abi.KVM_GET_MSR_INDEX_LIST, errno: 'E2BIG' },
    provoke: ({ kvm }) => kvm.getSupportedMSRs(),
  },
  {
    ...{ request: abi.KVM_CREATE_VM, errno: 'EBUSY', remedy: 'VirtualBox' },
    provoke: ({ kvm }) => kvm.createVM(),
  },
  {
    ...{ request: abi.KVM_CREATE_VM, errno: 'EMFILE', remedy: 'ulimit -n' },
    provoke: ({ kvm }) => kvm.createVM(),
  },
  {
    ...{ request: abi.KVM_CREATE_VCPU, errno: 'EINVAL', remedy: 'fewer vCPUs' },
    provoke: ({ vm }) => vm.createVCPU(5000),
  },
  {
    ...{ request: abi.KVM_CREATE_VCPU, errno: 'EPERM', remedy: 'administrator' },
    provoke: ({ vm }) => vm.createVCPU(1),
  },
  {
    ...{ request: abi.KVM_SET_USER_MEMORY_REGION, errno: 'EEXIST', remedy: 'do not overlap' },
    provoke: ({ slots }) => {
      slots.setup(slots.alloc(PAGE), 0x1000n, 0, 0);
    },
  },
  {
    ...{ request: abi.KVM_SET_USER_MEMORY_REGION, errno: 'EINVAL', remedy: 'page size' },
    provoke: ({ slots }) => {
      slots.setup(slots.alloc(PAGE), 0x1001n, 0, 0);
    },
  },
  {
    ...{ request: abi.KVM_GET_DIRTY_LOG, errno: 'ENOENT', remedy: 'KVM_MEM_LOG_DIRTY_PAGES' },
    provoke: ({ slots }) => {
      const slot = slots.alloc(PAGE);
      slots.setup(slot, 0x1000n, 0, abi.KVM_MEM_LOG_DIRTY_PAGES);
      slots.dirtyLog(slot);
    },
  },
  {
    ...{ request: abi.KVM_REGISTER_COALESCED_MMIO, errno: 'ENOSPC', remedy: 'fewer coalesced' },
    provoke: ({ vm }) => {
      vm.coalesceMMIO(0, PAGE);
    },
  },
  {
    ...{ request: abi.KVM_SET_TSS_ADDR, errno: 'EINVAL', remedy: 'below 4 GiB' },
    provoke: ({ vm }) => {
      vm.setTSSAddress(2 ** 32);
    },
  },
  {
    ...{ request: abi.KVM_CREATE_PIT2, errno: 'ENOENT', remedy: 'create one first' },
    provoke: ({ vm }) => {
      vm.createPIT();
    },
  },
  {
    ...{ request: abi.KVM_IRQ_LINE, errno: 'ENXIO', remedy: 'create one first' },
    provoke: ({ vm }) => {
      vm.setIRQLine(4, true);
    },
  },
  {
    ...{ request: abi.KVM_CREATE_DEVICE, errno: 'ENODEV', remedy: 'no device of this type' },
    provoke: ({ vm }) => vm.createDevice(99),
  },
  {
    ...{ request: abi.KVM_GET_DEVICE_ATTR, errno: 'EPERM', remedy: 'nothing to be read' },
    provoke: ({ device }) => device.getAttr(1, 1, 4),
  },
  {
    ...{ request: abi.KVM_SET_DEVICE_ATTR, errno: 'ENXIO', remedy: 'no such attribute' },
    provoke: ({ device }) => {
      device.setAttr(1, 1, 1, 4);
    },
  },
  {
    ...{ request: abi.KVM_RUN, errno: 'EFAULT', remedy: 'unmap memory slots before' },
    provoke: ({ vcpu }) => vcpu.run(),
  },
  {
    ...{ request: abi.KVM_RUN, errno: 'EIO', remedy: 'after a fork' },
    provoke: ({ vcpu }) => vcpu.run(),
  },
  {
    ...{ request: abi.KVM_GET_MSRS, errno: 'EFAULT', remedy: 'no longer there' },
    provoke: ({ vcpu }) => vcpu.readMsrs([1], new BigUint64Array(1)),
  },
  {
    ...{ request: abi.KVM_SET_MSRS, errno: 'ENOMEM', remedy: 'free memory' },
    provoke: ({ vcpu }) => vcpu.writeMsrs([1], new BigUint64Array(1)),
  },
  {
    ...{ request: abi.KVM_SET_CPUID2, errno: 'EINVAL', remedy: 'once it has run' },
    provoke: ({ vcpu }) => {
      vcpu.setCpuid([]);
    },
  },
  {
    ...{ request: abi.KVM_SET_SIGNAL_MASK, errno: 'EINVAL' },
    provoke: ({ vcpu }) => {
      vcpu.setSignalMask(0n);
    },
  },
  {
    ...{ request: abi.KVM_INTERRUPT, errno: 'ENXIO', remedy: 'setIRQLine()' },
    provoke: ({ vcpu }) => {
      vcpu.interrupt(32);
    },
  },
  {
    ...{ request: abi.KVM_NMI, errno: 'EINVAL' },
    provoke: ({ vcpu }) => {
      vcpu.nonMaskableInterrupt();
    },
  },
  ...stateFaults,
  ...deviceFaults,
];

/** Requests whose failure is an answer and never an error. */
const ANSWERS: readonly number[] = [
  abi.KVM_GET_API_VERSION, // KvmUnavailableError; see kvm.test.ts
  abi.KVM_CREATE_IRQCHIP, // a warning; see kvmVM.test.ts
  abi.KVM_GET_TSC_KHZ, // another clock; see vcpu.test.ts
  abi.KVM_HAS_DEVICE_ATTR, // "no"; see kvmDevice.test.ts
];

/** Every request that the code of this floor makes. */
function requestsInUse(): number[] {
  const folder = join(repositoryRoot, 'src/kvm');
  const names = new Set<string>();
  for (const file of readdirSync(folder)) {
    if (file.startsWith('abi') || file === 'remedies.ts') continue;
    const text = readFileSync(join(folder, file), 'utf8').replace(/\/\*.*?\*\//gs, '');
    for (const [name] of text.matchAll(/\bKVM_[A-Z0-9_]+\b/g)) names.add(name);
  }
  const numbers = [...names].map(name => (abi as Readonly<Record<string, number | bigint>>)[name]);
  const isRequest = (value: unknown): value is number =>
    typeof value === 'number' && ((value >> 8) & 0xff) === abi.KVMIO;
  return numbers.filter(isRequest);
}

describe('A KVM request that is refused', () => {
  for (const { request, errno, provoke, remedy } of FAULTS) {
    it(`is named with ${errno} and the remedy: ${requestName(request)}`, () => {
      const calls = new FakeKvm();
      const { vm, simulation } = aVmOnDouble({ calls });
      const descriptor = vm.kvm.createVM();
      const vcpu = Vcpu.create(vm.kvm, descriptor, 0);
      const device = new KvmDevice(calls.newDescriptor(), 'a device', calls);
      const slots = new MemorySlots(descriptor, 4);
      const bench: Bench = { calls, kvm: vm.kvm, vm, vcpu, slots, device };
      calls.refuse(request, errno);
      try {
        let caught: unknown;
        try {
          provoke(bench);
        } catch (error) {
          caught = error;
        }
        expect(caught).to.be.instanceOf(KvmError);
        const { message, request: name, code } = caught as KvmError;
        expect([name, code]).to.deep.equal([requestName(request), errno]);
        expect(message).to.match(new RegExp(`^${name} failed while .+\\(${errno}\\)`));
        if (remedy === undefined) expect((caught as KvmError).remedy).to.equal(undefined);
        else expect(message).to.include(`; `).and.to.include(remedy);
      } finally {
        simulation.dispose();
      }
    });
  }

  it('has a test above, whichever the code makes', () => {
    const covered = new Set([...FAULTS.map(({ request }) => request), ...ANSWERS]);
    const used = requestsInUse();
    expect(used.length).to.be.greaterThan(35);
    expect(used.filter(request => !covered.has(request)).map(requestName)).to.deep.equal([]);
  });
});
