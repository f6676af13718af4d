import { expect } from 'chai';
import { FatalError, PanicError, setLogSink } from '../../src/base/index';
import { RBX } from '../../src/arch/x86/index';
import { HostMapping, hostResources, openDescriptorCount } from '../../src/host/index';
import * as abi from '../../src/kvm/abi';
import { kvmSregs, kvmXcr, kvmXcrs } from '../../src/kvm/abiVcpu';
import { KvmError } from '../../src/kvm/kvmError';
import { BareGuest } from '../support/bareGuest';
import { describeWithKvm } from '../support/kvm';
import { aKvmMachine, type KvmMachine, type KvmMachineOptions } from '../support/kvmMachine';
import { aVmSystem } from '../support/kvmSystem';
import { runUntil } from '../support/runUntil';

const MILLISECOND = 1e9;
const ENDLESS = [0xeb, 0xfe];
const PAGE = 4096;

/** Provokes a refusal of the kernel. */
type Provocation = (guest: BareGuest) => void;

describeWithKvm('The kernel refuses, and the message says what to do:', () => {
  const cases: readonly [what: string, message: RegExp, provoke: Provocation][] = [
    [
      'memory that overlaps',
      /KVM_SET_USER_MEMORY_REGION.*EEXIST.*do not overlap/,
      ({ slots, memory }) => {
        slots.setup(slots.alloc(PAGE), memory.address, 0, 0);
      },
    ],
    [
      'memory that is not aligned',
      /KVM_SET_USER_MEMORY_REGION.*EINVAL.*multiples of the page size/,
      ({ slots, memory }) => {
        slots.setup(slots.alloc(PAGE), memory.address, 0x1000_0001, 0);
      },
    ],
    [
      'special registers that contradict each other',
      /KVM_SET_SREGS.*EINVAL.*contradict/,
      ({ vcpu }) => {
        const sregs = new Uint8Array(kvmSregs.size);
        vcpu.read('sregs', sregs);
        new DataView(sregs.buffer).setBigUint64(kvmSregs.offset.cr4, 0n, true); // no PAE
        vcpu.write('sregs', sregs);
      },
    ],
    [
      'extended states that the host has not',
      /KVM_SET_XCRS.*EINVAL.*restore a checkpoint on a host/,
      ({ vcpu }) => {
        const xcrs = new DataView(new ArrayBuffer(kvmXcrs.size));
        xcrs.setUint32(kvmXcrs.offset.nr_xcrs, 1, true);
        xcrs.setBigUint64(kvmXcrs.offset.xcrs + kvmXcr.offset.value, 1n << 62n, true);
        vcpu.write('xcrs', new Uint8Array(xcrs.buffer));
      },
    ],
    [
      'a wait for INIT without an in-kernel chip',
      /KVM_SET_MP_STATE.*EINVAL.*create one first/,
      ({ vcpu }) => {
        vcpu.write('mpState', Uint8Array.of(1, 0, 0, 0));
      },
    ],
    [
      'the local APIC of a VM without one',
      /KVM_GET_LAPIC.*EINVAL.*create one first/,
      ({ vcpu }) => {
        vcpu.read('lapic', new Uint8Array(1024));
      },
    ],
    [
      'a second vCPU of one number',
      /KVM_CREATE_VCPU.*EEXIST.*of that number already/,
      ({ vm }) => {
        vm.request(abi.KVM_CREATE_VCPU, 0, 'creating it again');
      },
    ],
    [
      'a vCPU number beyond the limit',
      /KVM_CREATE_VCPU.*EINVAL.*fewer vCPUs/,
      ({ vm }) => {
        vm.request(abi.KVM_CREATE_VCPU, 1 << 20, 'creating too many');
      },
    ],
    [
      'an interrupt chip after the first vCPU',
      /KVM_CREATE_IRQCHIP.*EINVAL.*before the first vCPU/,
      ({ vm }) => {
        vm.request(abi.KVM_CREATE_IRQCHIP, 0, 'creating it late');
      },
    ],
    [
      'a TSS address above 4 GiB',
      /KVM_SET_TSS_ADDR.*EINVAL.*below 4 GiB/,
      ({ vm }) => {
        vm.request(abi.KVM_SET_TSS_ADDR, 0xffff_f000, 'setting it too high');
      },
    ],
  ];
  for (const [what, message, provoke] of cases) {
    it(what, () => {
      const guest = new BareGuest({ code: ENDLESS });
      try {
        expect(() => {
          provoke(guest);
        }).to.throw(KvmError, message);
      } finally {
        guest.dispose();
      }
    });
  }

  it('an interval timer without a chip, and an interrupt past one', () => {
    const { vm, simulation } = aVmSystem();
    try {
      expect(() => {
        vm.createPIT();
      }).to.throw(KvmError, 'KVM_CREATE_PIT2');
      vm.createIRQChip();
      const vcpu = vm.createVCPU(0);
      expect(() => {
        vcpu.interrupt(32);
      }).to.throw(KvmError, /KVM_INTERRUPT.*ENXIO.*setIRQLine/);
      vcpu.dispose();
    } finally {
      simulation.dispose();
    }
  });

  it('memory slots beyond the last', () => {
    const { vm, simulation } = aVmSystem();
    const page = new HostMapping({ length: PAGE });
    try {
      const limit = vm.kvm.capNumMemSlots();
      // The kernel agrees about the last number that there is.
      const slots = Array.from({ length: limit }, () => vm.allocMemSlot(PAGE));
      vm.setupMemSlot(slots.at(-1)!, page.address, 0x4000_0000);
      expect(() => vm.allocMemSlot(PAGE)).to.throw(FatalError, 'fewer, larger memories');
      vm.freeMemSlot(slots.at(-1)!);
      expect(vm.allocMemSlot(PAGE).num).to.equal(limit - 1);
    } finally {
      simulation.dispose();
      page.unmap();
    }
  });
});

describeWithKvm('A guest that goes wrong', () => {
  const made: KvmMachine[] = [];
  let resources: number[] = [];
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
    resources = [openDescriptorCount(), hostResources.size];
  });
  afterEach(() => {
    for (const { simulation } of made.splice(0)) simulation.dispose();
    if (previousSink !== undefined) setLogSink(previousSink);
    expect([openDescriptorCount(), hostResources.size]).to.deep.equal(resources);
  });
  const guest = (options: KvmMachineOptions): KvmMachine => {
    const machine = aKvmMachine(options);
    made.push(machine);
    machine.cpus[0]!.thread.state.setGpr(RBX, 0x1000n);
    return machine;
  };
  const failureOf = ({ simulation }: KvmMachine): unknown => {
    try {
      simulation.simulate(5000 * MILLISECOND);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('by a triple fault ends the run, with all of its registers', () => {
    const error = failureOf(guest({ code: [0x0f, 0x0b] }));
    expect(error).to.be.instanceOf(PanicError);
    expect((error as PanicError).message).to.include('triple fault');
    const text = (error as PanicError).details.join('\n');
    for (const part of ['rip', 'cr3', 'mxcsr', 'dr7', 'xcr0', 'LSTAR', 'injected']) {
      expect(text).to.include(part);
    }
  });

  it('by writing over its own page tables ends the run', () => {
    // mov [rbx], rax; mov rax, cr3 is privileged, so: touch another page
    const machine = guest({ code: [0x48, 0x89, 0x03, 0x8a, 0x83, 0, 0, 4, 0, ...ENDLESS] });
    expect(failureOf(machine)).to.be.instanceOf(PanicError);
  });

  it('by jumping where no memory is ends the run', () => {
    const machine = guest({ code: [0xff, 0xe3] }); // jmp rbx
    machine.cpus[0]!.thread.state.setGpr(RBX, 0x3000_0000n);
    expect(failureOf(machine)).to.be.instanceOf(PanicError);
  });

  it('by accesses that nobody answers ends the run, which names the address', () => {
    const machine = guest({ code: [0x88, 0x03, 0xeb, 0xfc] });
    machine.cpus[0]!.thread.state.setGpr(RBX, 0x2345_6000n);
    const error = failureOf(machine);
    expect(error).to.be.instanceOf(Error);
    expect(String(error)).to.include('0x23456000');
  });

  it('by accesses for ever is stopped by the limit', () => {
    const { simulation, device, cpus } = guest({ code: [0xe6, 0xe9, 0xeb, 0xfc] });
    runUntil(simulation, () => device.writes.length > 2);
    expect(cpus[0]!.kvmStats.numIO.value).to.be.at.least(device.writes.length);
  });

  it('does not keep the next one from running', () => {
    failureOf(guest({ code: [0x0f, 0x0b] }));
    const { simulation, device } = guest({ code: [0xe6, 0xe9, ...ENDLESS] });
    device.onWrite = () => {
      simulation.exitSimLoop('written');
    };
    expect(simulation.simulate(5000 * MILLISECOND).cause).to.equal('written');
  });
});
