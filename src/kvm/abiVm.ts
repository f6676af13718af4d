/**
 * Layout of the structs that VM and device descriptors take, as `<linux/kvm.h>` gives them on
 * x86-64. Field names are C member designators. Offsets and sizes are in bytes.
 * `test/kvm/abi.test.ts` compares every one with the C compiler's.
 */
import { struct } from './struct';

/** A capability to switch on (KVM_ENABLE_CAP). */
export const kvmEnableCap = struct('kvm_enable_cap', 104, { cap: 0, flags: 4, args: 8 });

/** A memory slot (KVM_SET_USER_MEMORY_REGION). */
export const kvmUserspaceMemoryRegion = struct('kvm_userspace_memory_region', 32, {
  slot: 0,
  flags: 4,
  guest_phys_addr: 8,
  memory_size: 16,
  userspace_addr: 24,
});

/** Where to put a slot's dirty bits (KVM_GET_DIRTY_LOG). */
export const kvmDirtyLog = struct('kvm_dirty_log', 16, { slot: 0, dirty_bitmap: 8 });

/** Which dirty bits to clear (KVM_CLEAR_DIRTY_LOG). */
export const kvmClearDirtyLog = struct('kvm_clear_dirty_log', 24, {
  slot: 0,
  num_pages: 4,
  first_page: 8,
  dirty_bitmap: 16,
});

/** Addresses whose stores are batched (KVM_REGISTER_COALESCED_MMIO). */
export const kvmCoalescedMmioZone = struct('kvm_coalesced_mmio_zone', 16, {
  addr: 0,
  size: 8,
  pad: 12,
});

/** Level of an interrupt line (KVM_IRQ_LINE). */
export const kvmIrqLevel = struct('kvm_irq_level', 8, { irq: 0, level: 4 });

/** One 8259 of the in-kernel chip. */
export const kvmPicState = struct('kvm_pic_state', 16, {
  last_irr: 0,
  irr: 1,
  imr: 2,
  isr: 3,
  priority_add: 4,
  irq_base: 5,
  read_reg_select: 6,
  poll: 7,
  special_mask: 8,
  init_state: 9,
  auto_eoi: 10,
  rotate_on_auto_eoi: 11,
  special_fully_nested_mode: 12,
  init4: 13,
  elcr: 14,
  elcr_mask: 15,
});

/** The in-kernel I/O APIC. */
export const kvmIoapicState = struct('kvm_ioapic_state', 216, {
  base_address: 0,
  ioregsel: 8,
  id: 12,
  irr: 16,
  redirtbl: 24,
});

/** State of one in-kernel interrupt chip (KVM_GET_IRQCHIP). */
export const kvmIrqchip = struct('kvm_irqchip', 520, { chip_id: 0, chip: 8 });

/** Options of the in-kernel timer (KVM_CREATE_PIT2). */
export const kvmPitConfig = struct('kvm_pit_config', 64, { flags: 0 });

/** One channel of the in-kernel timer. */
export const kvmPitChannelState = struct('kvm_pit_channel_state', 24, {
  count: 0,
  latched_count: 4,
  count_latched: 6,
  status_latched: 7,
  status: 8,
  read_state: 9,
  write_state: 10,
  write_latch: 11,
  rw_mode: 12,
  mode: 13,
  bcd: 14,
  gate: 15,
  count_load_time: 16,
});

/** State of the in-kernel timer (KVM_GET_PIT2). */
export const kvmPitState2 = struct('kvm_pit_state2', 112, { channels: 0, flags: 72 });

/** The paravirtual clock (KVM_GET_CLOCK). */
export const kvmClockData = struct('kvm_clock_data', 48, {
  clock: 0,
  flags: 8,
  realtime: 16,
  host_tsc: 24,
});

/** An in-kernel device to make (KVM_CREATE_DEVICE). */
export const kvmCreateDevice = struct('kvm_create_device', 12, { type: 0, fd: 4, flags: 8 });

/** An attribute of an in-kernel device (KVM_SET_DEVICE_ATTR). */
export const kvmDeviceAttr = struct('kvm_device_attr', 24, {
  flags: 0,
  group: 4,
  attr: 8,
  addr: 16,
});
