/** What to do when KVM refuses a request. Sources: KVM API section 4, and the kernel's code. */
import { Errno, type ErrnoName } from '../host/index';
import * as abi from './abi';

/** What a user can do about an error number, whatever the request. */
const BY_ERRNO: Readonly<Partial<Record<ErrnoName, string>>> = {
  EMFILE: 'raise the limit on open files (ulimit -n)',
  ENFILE: "raise the system's limit on open files (sysctl fs.file-max)",
  ENOMEM: 'free memory on the host or give the guest less',
  EIO: 'a VM belongs to the process that made it; after a fork it has to be made again',
  ENOTTY: "the host's KVM does not know this request; use a newer kernel",
  EPERM: 'the host forbids this; ask its administrator for the use of KVM',
  EFAULT: 'memory that the guest has is no longer there; unmap memory slots before their memory',
};

const STATE_OF_ANOTHER_HOST =
  'the processor has not got all of this state; restore a checkpoint on a host with the features ' +
  'of the one that made it';
const NO_CHIP = 'the VM has no in-kernel interrupt chip; create one first';
const NO_PIT = 'the VM has no in-kernel interval timer; make one with createPIT()';
const BAD_REGISTERS = 'registers contradict each other or have bits that do not exist';
const NO_ATTRIBUTE = 'the device has no such attribute';

type Remedies = Readonly<Partial<Record<ErrnoName, string>>>;

/** Remedies that depend on the request as well. */
const BY_REQUEST: ReadonlyMap<number, Remedies> = new Map<number, Remedies>([
  [
    abi.KVM_CREATE_VM,
    { EBUSY: 'another hypervisor holds the processor; stop VirtualBox or its like' },
  ],
  [
    abi.KVM_SET_USER_MEMORY_REGION,
    {
      EEXIST:
        'the range overlaps another memory slot; give the memories ranges that do not overlap',
      EINVAL:
        'guest address, host address and size must be multiples of the page size, and the slot number below the limit',
    },
  ],
  [
    abi.KVM_GET_DIRTY_LOG,
    { ENOENT: 'the slot is not mapped, or not with KVM_MEM_LOG_DIRTY_PAGES' },
  ],
  [
    abi.KVM_REGISTER_COALESCED_MMIO,
    { ENOSPC: 'register fewer coalesced ranges: KVM holds 100 of them' },
  ],
  [
    abi.KVM_SET_TSS_ADDR,
    {
      EINVAL: 'the three pages must lie below 4 GiB',
      EEXIST: 'the three pages overlap a memory slot',
    },
  ],
  [
    abi.KVM_CREATE_IRQCHIP,
    {
      EINVAL: 'the chip must be created before the first vCPU of the VM',
      EEXIST: 'the VM has an interrupt chip already',
    },
  ],
  [abi.KVM_CREATE_PIT2, { EEXIST: 'the VM has an interval timer already', ENOENT: NO_CHIP }],
  [abi.KVM_GET_IRQCHIP, { ENXIO: NO_CHIP }],
  [abi.KVM_SET_IRQCHIP, { ENXIO: NO_CHIP }],
  [abi.KVM_GET_PIT2, { ENXIO: NO_PIT }],
  [abi.KVM_SET_PIT2, { ENXIO: NO_PIT }],
  [abi.KVM_SET_CLOCK, { EINVAL: 'the clock has flags that this kernel does not know' }],
  [abi.KVM_IRQ_LINE, { ENXIO: NO_CHIP, EINVAL: 'the chip has no such line' }],
  [
    abi.KVM_CREATE_DEVICE,
    {
      ENODEV: "the host's KVM has no device of this type",
      EEXIST: 'the VM has such a device already',
    },
  ],
  [abi.KVM_GET_DEVICE_ATTR, { ENXIO: NO_ATTRIBUTE, EPERM: 'the device has nothing to be read' }],
  [abi.KVM_SET_DEVICE_ATTR, { ENXIO: NO_ATTRIBUTE, EPERM: 'the device has nothing to be set' }],
  [
    abi.KVM_CREATE_VCPU,
    {
      EEXIST: 'the VM has a vCPU of that number already',
      EINVAL: 'use fewer vCPUs, or a lower vCPU number',
    },
  ],
  [
    abi.KVM_SET_CPUID2,
    {
      EINVAL: 'the CPUID of a vCPU cannot change once it has run',
      E2BIG: 'there are more CPUID leaves than the kernel takes',
    },
  ],
  [abi.KVM_INTERRUPT, { ENXIO: 'interrupts go through the in-kernel chip; use setIRQLine()' }],
  [abi.KVM_SET_SREGS, { EINVAL: BAD_REGISTERS }],
  [abi.KVM_SET_DEBUGREGS, { EINVAL: BAD_REGISTERS }],
  [
    abi.KVM_SET_VCPU_EVENTS,
    { EINVAL: 'an exception or interrupt with that number does not exist' },
  ],
  [abi.KVM_SET_XCRS, { EINVAL: STATE_OF_ANOTHER_HOST }],
  [abi.KVM_SET_XSAVE, { EINVAL: STATE_OF_ANOTHER_HOST }],
  [abi.KVM_SET_MP_STATE, { EINVAL: NO_CHIP }],
  [abi.KVM_GET_LAPIC, { EINVAL: NO_CHIP }],
  [abi.KVM_SET_LAPIC, { EINVAL: NO_CHIP }],
]);

const nameOf = new Map(
  Object.entries(Errno).map(([name, number]) => [number, name as ErrnoName] as const),
);

/**
 * What to do about a refusal, where something is known.
 * @param errno - (positive) error number
 */
export function remedyFor(request: number, errno: number): string | undefined {
  const name = nameOf.get(errno);
  if (name === undefined) return undefined;
  return BY_REQUEST.get(request)?.[name] ?? BY_ERRNO[name];
}
