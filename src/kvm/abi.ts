/**
 * The numbers of the KVM interface (`<linux/kvm.h>`, x86-64): requests, capabilities, exit reasons
 * and flags, under their kernel names. A request number is derived from the struct that it
 * carries, so that a wrong size cannot hide. `test/kvm/abi.test.ts` compares every one with the C
 * compiler's.
 */
import * as vcpu from './abiVcpu';
import * as vm from './abiVm';

/** KVM's letter among the ioctl types. */
export const KVMIO = 0xae;

const NONE = 0;
const WRITE = 1;
const READ = 2;

interface Sized {
  readonly size: number;
}

/** The `_IOC` macro of `<asm-generic/ioctl.h>`: direction, size, type, number. */
const ioc = (direction: number, number: number, size: number): number =>
  ((direction << 30) | (size << 16) | (KVMIO << 8) | number) >>> 0;
const io = (number: number): number => ioc(NONE, number, 0);
const ior = (number: number, carried: Sized): number => ioc(READ, number, carried.size);
const iow = (number: number, carried: Sized): number => ioc(WRITE, number, carried.size);
const iowr = (number: number, carried: Sized): number => ioc(READ | WRITE, number, carried.size);

/** The only version of the interface there ever was since it was declared stable. */
export const KVM_API_VERSION = 12;

// Requests to /dev/kvm.
export const KVM_GET_API_VERSION = io(0x00);
export const KVM_CREATE_VM = io(0x01);
export const KVM_GET_MSR_INDEX_LIST = iowr(0x02, vcpu.kvmMsrList);
export const KVM_CHECK_EXTENSION = io(0x03);
export const KVM_GET_VCPU_MMAP_SIZE = io(0x04);
export const KVM_GET_SUPPORTED_CPUID = iowr(0x05, vcpu.kvmCpuid2);
export const KVM_GET_EMULATED_CPUID = iowr(0x09, vcpu.kvmCpuid2);
export const KVM_GET_MSR_FEATURE_INDEX_LIST = iowr(0x0a, vcpu.kvmMsrList);

// Requests to a VM.
export const KVM_CREATE_VCPU = io(0x41);
export const KVM_GET_DIRTY_LOG = iow(0x42, vm.kvmDirtyLog);
export const KVM_SET_USER_MEMORY_REGION = iow(0x46, vm.kvmUserspaceMemoryRegion);
export const KVM_SET_TSS_ADDR = io(0x47);
export const KVM_SET_IDENTITY_MAP_ADDR = iow(0x48, { size: 8 });
export const KVM_CREATE_IRQCHIP = io(0x60);
export const KVM_IRQ_LINE = iow(0x61, vm.kvmIrqLevel);
export const KVM_GET_IRQCHIP = iowr(0x62, vm.kvmIrqchip);
export const KVM_SET_IRQCHIP = ior(0x63, vm.kvmIrqchip);
export const KVM_REGISTER_COALESCED_MMIO = iow(0x67, vm.kvmCoalescedMmioZone);
export const KVM_UNREGISTER_COALESCED_MMIO = iow(0x68, vm.kvmCoalescedMmioZone);
export const KVM_CREATE_PIT2 = iow(0x77, vm.kvmPitConfig);
export const KVM_SET_BOOT_CPU_ID = io(0x78);
export const KVM_SET_CLOCK = iow(0x7b, vm.kvmClockData);
export const KVM_GET_CLOCK = ior(0x7c, vm.kvmClockData);
export const KVM_GET_PIT2 = ior(0x9f, vm.kvmPitState2);
export const KVM_SET_PIT2 = iow(0xa0, vm.kvmPitState2);
export const KVM_CLEAR_DIRTY_LOG = iowr(0xc0, vm.kvmClearDirtyLog);
export const KVM_CREATE_DEVICE = iowr(0xe0, vm.kvmCreateDevice);
/** To a VM or a vCPU, as the capability says. */
export const KVM_ENABLE_CAP = iow(0xa3, vm.kvmEnableCap);

// Requests to a descriptor made by KVM_CREATE_DEVICE.
export const KVM_SET_DEVICE_ATTR = iow(0xe1, vm.kvmDeviceAttr);
export const KVM_GET_DEVICE_ATTR = iow(0xe2, vm.kvmDeviceAttr);
export const KVM_HAS_DEVICE_ATTR = iow(0xe3, vm.kvmDeviceAttr);

// Requests to a vCPU.
export const KVM_RUN = io(0x80);
export const KVM_GET_REGS = ior(0x81, vcpu.kvmRegs);
export const KVM_SET_REGS = iow(0x82, vcpu.kvmRegs);
export const KVM_GET_SREGS = ior(0x83, vcpu.kvmSregs);
export const KVM_SET_SREGS = iow(0x84, vcpu.kvmSregs);
export const KVM_TRANSLATE = iowr(0x85, vcpu.kvmTranslation);
export const KVM_INTERRUPT = iow(0x86, vcpu.kvmInterrupt);
export const KVM_GET_MSRS = iowr(0x88, vcpu.kvmMsrs);
export const KVM_SET_MSRS = iow(0x89, vcpu.kvmMsrs);
export const KVM_SET_SIGNAL_MASK = iow(0x8b, vcpu.kvmSignalMask);
export const KVM_GET_FPU = ior(0x8c, vcpu.kvmFpu);
export const KVM_SET_FPU = iow(0x8d, vcpu.kvmFpu);
export const KVM_GET_LAPIC = ior(0x8e, vcpu.kvmLapicState);
export const KVM_SET_LAPIC = iow(0x8f, vcpu.kvmLapicState);
export const KVM_SET_CPUID2 = iow(0x90, vcpu.kvmCpuid2);
export const KVM_GET_CPUID2 = iowr(0x91, vcpu.kvmCpuid2);
export const KVM_GET_MP_STATE = ior(0x98, vcpu.kvmMpState);
export const KVM_SET_MP_STATE = iow(0x99, vcpu.kvmMpState);
export const KVM_NMI = io(0x9a);
export const KVM_SET_GUEST_DEBUG = iow(0x9b, vcpu.kvmGuestDebug);
export const KVM_GET_VCPU_EVENTS = ior(0x9f, vcpu.kvmVcpuEvents);
export const KVM_SET_VCPU_EVENTS = iow(0xa0, vcpu.kvmVcpuEvents);
export const KVM_GET_DEBUGREGS = ior(0xa1, vcpu.kvmDebugregs);
export const KVM_SET_DEBUGREGS = iow(0xa2, vcpu.kvmDebugregs);
export const KVM_SET_TSC_KHZ = io(0xa2);
export const KVM_GET_TSC_KHZ = io(0xa3);
export const KVM_GET_XSAVE = ior(0xa4, vcpu.kvmXsave);
export const KVM_SET_XSAVE = iow(0xa5, vcpu.kvmXsave);
export const KVM_GET_XCRS = ior(0xa6, vcpu.kvmXcrs);
export const KVM_SET_XCRS = iow(0xa7, vcpu.kvmXcrs);
export const KVM_GET_ONE_REG = iow(0xab, vcpu.kvmOneReg);
export const KVM_SET_ONE_REG = iow(0xac, vcpu.kvmOneReg);
export const KVM_GET_REG_LIST = iowr(0xb0, vcpu.kvmRegList);
export const KVM_GET_XSAVE2 = ior(0xcf, vcpu.kvmXsave);

// Capabilities (KVM_CHECK_EXTENSION).
export const KVM_CAP_IRQCHIP = 0;
export const KVM_CAP_HLT = 1;
export const KVM_CAP_USER_MEMORY = 3;
export const KVM_CAP_SET_TSS_ADDR = 4;
export const KVM_CAP_EXT_CPUID = 7;
export const KVM_CAP_NR_VCPUS = 9;
export const KVM_CAP_NR_MEMSLOTS = 10;
export const KVM_CAP_PIT = 11;
export const KVM_CAP_MP_STATE = 14;
export const KVM_CAP_COALESCED_MMIO = 15;
export const KVM_CAP_SYNC_MMU = 16;
export const KVM_CAP_USER_NMI = 22;
export const KVM_CAP_SET_GUEST_DEBUG = 23;
export const KVM_CAP_IRQFD = 32;
export const KVM_CAP_PIT2 = 33;
export const KVM_CAP_SET_BOOT_CPU_ID = 34;
export const KVM_CAP_PIT_STATE2 = 35;
export const KVM_CAP_IOEVENTFD = 36;
export const KVM_CAP_SET_IDENTITY_MAP_ADDR = 37;
export const KVM_CAP_ADJUST_CLOCK = 39;
export const KVM_CAP_INTERNAL_ERROR_DATA = 40;
export const KVM_CAP_VCPU_EVENTS = 41;
export const KVM_CAP_INTR_SHADOW = 49;
export const KVM_CAP_DEBUGREGS = 50;
export const KVM_CAP_X86_ROBUST_SINGLESTEP = 51;
export const KVM_CAP_ENABLE_CAP = 54;
export const KVM_CAP_XSAVE = 55;
export const KVM_CAP_XCRS = 56;
export const KVM_CAP_TSC_CONTROL = 60;
export const KVM_CAP_GET_TSC_KHZ = 61;
export const KVM_CAP_MAX_VCPUS = 66;
export const KVM_CAP_ONE_REG = 70;
export const KVM_CAP_TSC_DEADLINE_TIMER = 72;
export const KVM_CAP_SYNC_REGS = 74;
export const KVM_CAP_READONLY_MEM = 81;
export const KVM_CAP_DEVICE_CTRL = 89;
export const KVM_CAP_ENABLE_CAP_VM = 98;
export const KVM_CAP_CHECK_EXTENSION_VM = 105;
export const KVM_CAP_DISABLE_QUIRKS = 116;
export const KVM_CAP_MAX_VCPU_ID = 128;
export const KVM_CAP_IMMEDIATE_EXIT = 136;
export const KVM_CAP_EXCEPTION_PAYLOAD = 164;
export const KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 = 168;
export const KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 = 174;
export const KVM_CAP_XSAVE2 = 208;

// Why KVM_RUN came back (kvm_run.exit_reason).
export const KVM_EXIT_UNKNOWN = 0;
export const KVM_EXIT_EXCEPTION = 1;
export const KVM_EXIT_IO = 2;
export const KVM_EXIT_HYPERCALL = 3;
export const KVM_EXIT_DEBUG = 4;
export const KVM_EXIT_HLT = 5;
export const KVM_EXIT_MMIO = 6;
export const KVM_EXIT_IRQ_WINDOW_OPEN = 7;
export const KVM_EXIT_SHUTDOWN = 8;
export const KVM_EXIT_FAIL_ENTRY = 9;
export const KVM_EXIT_INTR = 10;
export const KVM_EXIT_SET_TPR = 11;
export const KVM_EXIT_TPR_ACCESS = 12;
export const KVM_EXIT_NMI = 16;
export const KVM_EXIT_INTERNAL_ERROR = 17;
export const KVM_EXIT_WATCHDOG = 21;
export const KVM_EXIT_SYSTEM_EVENT = 24;
export const KVM_EXIT_IOAPIC_EOI = 26;
export const KVM_EXIT_HYPERV = 27;
export const KVM_EXIT_X86_RDMSR = 29;
export const KVM_EXIT_X86_WRMSR = 30;
export const KVM_EXIT_DIRTY_RING_FULL = 31;
export const KVM_EXIT_AP_RESET_HOLD = 32;
export const KVM_EXIT_X86_BUS_LOCK = 33;
export const KVM_EXIT_XEN = 34;
export const KVM_EXIT_NOTIFY = 37;

export const KVM_EXIT_IO_IN = 0;
export const KVM_EXIT_IO_OUT = 1;

export const KVM_INTERNAL_ERROR_EMULATION = 1;
export const KVM_INTERNAL_ERROR_SIMUL_EX = 2;
export const KVM_INTERNAL_ERROR_DELIVERY_EV = 3;
export const KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON = 4;
export const KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES = 1;

export const KVM_SYSTEM_EVENT_SHUTDOWN = 1;
export const KVM_SYSTEM_EVENT_RESET = 2;
export const KVM_SYSTEM_EVENT_CRASH = 3;

// Flags and small sets of values.
export const KVM_MEM_LOG_DIRTY_PAGES = 1;
export const KVM_MEM_READONLY = 2;

export const KVM_SYNC_X86_REGS = 1;
export const KVM_SYNC_X86_SREGS = 2;
export const KVM_SYNC_X86_EVENTS = 4;

export const KVM_VCPUEVENT_VALID_NMI_PENDING = 1;
export const KVM_VCPUEVENT_VALID_SIPI_VECTOR = 2;
export const KVM_VCPUEVENT_VALID_SHADOW = 4;
export const KVM_VCPUEVENT_VALID_SMM = 8;
export const KVM_VCPUEVENT_VALID_PAYLOAD = 0x10;
export const KVM_VCPUEVENT_VALID_TRIPLE_FAULT = 0x20;

export const KVM_MP_STATE_RUNNABLE = 0;
export const KVM_MP_STATE_UNINITIALIZED = 1;
export const KVM_MP_STATE_INIT_RECEIVED = 2;
export const KVM_MP_STATE_HALTED = 3;
export const KVM_MP_STATE_SIPI_RECEIVED = 4;

/** The kernel's own spelling. */
export const KVM_CPUID_FLAG_SIGNIFCANT_INDEX = 1;
export const KVM_MAX_XCRS = 16;

export const KVM_GUESTDBG_ENABLE = 1;
export const KVM_GUESTDBG_SINGLESTEP = 2;
export const KVM_GUESTDBG_USE_SW_BP = 0x10000;
export const KVM_GUESTDBG_USE_HW_BP = 0x20000;

export const KVM_IRQCHIP_PIC_MASTER = 0;
export const KVM_IRQCHIP_PIC_SLAVE = 1;
export const KVM_IRQCHIP_IOAPIC = 2;
export const KVM_IOAPIC_NUM_PINS = 24;
export const KVM_PIT_SPEAKER_DUMMY = 1;

export const KVM_CREATE_DEVICE_TEST = 1;
export const KVM_DEV_TYPE_VFIO = 4;
export const KVM_DEV_TYPE_ARM_VGIC_V2 = 5;
export const KVM_DEV_TYPE_ARM_VGIC_V3 = 7;
export const KVM_DEV_VFIO_GROUP = 1;
export const KVM_DEV_VFIO_GROUP_ADD = 1;

// One-register identifiers: 64 bits, so bigint.
export const KVM_REG_X86 = 0x2000000000000000n;
export const KVM_REG_ARM64 = 0x6000000000000000n;
export const KVM_REG_SIZE_SHIFT = 52;
export const KVM_REG_SIZE_MASK = 0x00f0000000000000n;
export const KVM_REG_SIZE_U32 = 0x0020000000000000n;
export const KVM_REG_SIZE_U64 = 0x0030000000000000n;
