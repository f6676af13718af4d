/**
 * A guest of a few hand-assembled bytes, on real KVM and on nothing else of the simulator: no
 * devices, no events, no operating system.
 */
import { HostMapping } from '../../src/host/index';
import * as structs from '../../src/kvm/abiVcpu';
import type { KvmDescriptor } from '../../src/kvm/descriptor';
import type { VcpuExit } from '../../src/kvm/exits';
import { Kvm } from '../../src/kvm/kvm';
import { MemorySlots } from '../../src/kvm/memorySlots';
import { Vcpu } from '../../src/kvm/vcpu';

/** Where the code of a bare guest starts, guest-physical and virtual. */
export const CODE = 0x8000;
/** Where its stack ends. */
export const STACK_TOP = 0x20000;

const PML4 = 0x1000;
const PDPT = 0x2000;
const PAGE_DIRECTORY = 0x3000;
const GDT = 0x4000;
const TSS = 0x5000;
/** 104 bytes of TSS, 8192 of I/O bitmap, one of ones. */
const TSS_BYTES = 104 + 8192 + 1;

/**
 * How the guest runs: `real` mode; `long` mode at CPL 0; long mode at CPL 3 (`user`), all ports
 * allowed. On hosts with page-table KVM only the last runs natively.
 */
export type GuestMode = 'real' | 'long' | 'user';

export interface BareGuestOptions {
  readonly code: readonly number[];
  /** Default: `user`. */
  readonly mode?: GuestMode;
  /** Bytes of guest memory from address 0; default 1 MiB. The rest of the address space is MMIO. */
  readonly memoryBytes?: number;
  /** Initial registers by name. */
  readonly regs?: Readonly<Partial<Record<keyof typeof structs.kvmRegs.offset, bigint>>>;
}

/** Owns a VM with one vCPU that is ready to run the code. */
export class BareGuest {
  readonly kvm: Kvm;
  readonly vm: KvmDescriptor;
  readonly slots: MemorySlots;
  readonly memory: HostMapping;
  readonly vcpu: Vcpu;

  constructor({
    code,
    mode = 'user',
    memoryBytes = 1 << 20,
    regs: initial = {},
  }: BareGuestOptions) {
    this.kvm = new Kvm();
    this.vm = this.kvm.createVM();
    this.slots = new MemorySlots(this.vm, this.kvm.capNumMemSlots());
    this.memory = new HostMapping({ length: memoryBytes });
    this.slots.setup(this.slots.alloc(memoryBytes), this.memory.address, 0, 0);
    this.memory.bytes.set(code, CODE);
    writeGuestTables(new DataView(this.memory.buffer));
    this.vcpu = Vcpu.create(this.kvm, this.vm, 0);
    this.vcpu.setCpuid(this.kvm.getSupportedCPUID());
    this.#setSregs(mode);
    this.setRegs({ rip: BigInt(CODE), rsp: BigInt(STACK_TOP), rflags: 2n, ...initial });
  }

  /** Registers by name. */
  regs(): Record<keyof typeof structs.kvmRegs.offset, bigint> {
    const bytes = new DataView(new ArrayBuffer(structs.kvmRegs.size));
    this.vcpu.read('regs', new Uint8Array(bytes.buffer));
    const entries = Object.entries(structs.kvmRegs.offset);
    return Object.fromEntries(
      entries.map(([name, offset]) => [name, bytes.getBigUint64(offset, true)]),
    ) as Record<keyof typeof structs.kvmRegs.offset, bigint>;
  }

  /** Sets some registers and leaves the others. */
  setRegs(values: Readonly<Partial<Record<keyof typeof structs.kvmRegs.offset, bigint>>>): void {
    const bytes = new DataView(new ArrayBuffer(structs.kvmRegs.size));
    for (const [name, value] of Object.entries({ ...this.regs(), ...values })) {
      const at = structs.kvmRegs.offset[name as keyof typeof structs.kvmRegs.offset];
      bytes.setBigUint64(at, value, true);
    }
    this.vcpu.write('regs', new Uint8Array(bytes.buffer));
  }

  /** Runs until the guest does something other than being interrupted. */
  run(): VcpuExit {
    for (;;) {
      const exit = this.vcpu.run();
      if (exit.kind !== 'interrupted') return exit;
    }
  }

  dispose(): void {
    this.vcpu.dispose();
    this.vm.dispose();
    this.kvm.dispose();
    this.memory.unmap();
  }

  #setSregs(mode: GuestMode): void {
    const bytes = new Uint8Array(structs.kvmSregs.size);
    this.vcpu.read('sregs', bytes);
    setGuestMode(new DataView(bytes.buffer), mode);
    this.vcpu.write('sregs', bytes);
  }
}

/** Has a `struct kvm_sregs` put the processor into a mode, with the tables of `writeGuestTables`. */
export function setGuestMode(sregs: DataView, mode: GuestMode): void {
  if (mode === 'real') setRealMode(sregs);
  else setLongMode(sregs, mode === 'user' ? 3 : 0);
}

/**
 * Identity-maps the first gigabyte, user-accessible, and lays out a GDT and a TSS that allows all
 * ports.
 */
export function writeGuestTables(memory: DataView): void {
  const put = (address: number, value: bigint): void => {
    memory.setBigUint64(address, value, true);
  };
  const PRESENT_WRITE_USER = 7n;
  const LARGE = 0x80n;
  put(PML4, BigInt(PDPT) | PRESENT_WRITE_USER);
  put(PDPT, BigInt(PAGE_DIRECTORY) | PRESENT_WRITE_USER);
  for (let i = 0; i < 512; i++) {
    put(PAGE_DIRECTORY + i * 8, (BigInt(i) << 21n) | LARGE | PRESENT_WRITE_USER);
  }
  put(GDT + 0x08, 0x00af9b000000ffffn); // code, CPL 0
  put(GDT + 0x10, 0x00cf93000000ffffn); // data, CPL 0
  put(GDT + 0x18, 0x00cff3000000ffffn); // data, CPL 3
  put(GDT + 0x20, 0x00affb000000ffffn); // code, CPL 3
  put(GDT + 0x28, BigInt(TSS_BYTES - 1) | (BigInt(TSS) << 16n) | (0x8bn << 40n));
  memory.setBigUint64(TSS + 4, BigInt(STACK_TOP), true); // RSP0
  memory.setUint16(TSS + 102, 104, true); // the I/O bitmap, all zero: every port allowed
  memory.setUint8(TSS + TSS_BYTES - 1, 0xff);
}

interface Segment {
  readonly base?: bigint;
  readonly limit: number;
  readonly selector: number;
  readonly type: number;
  readonly dpl: number;
  readonly db?: number;
  readonly l?: number;
  readonly s?: number;
  readonly g?: number;
}

function putSegment(sregs: DataView, at: number, segment: Segment): void {
  const { offset } = structs.kvmSegment;
  sregs.setBigUint64(at + offset.base, segment.base ?? 0n, true);
  sregs.setUint32(at + offset.limit, segment.limit, true);
  sregs.setUint16(at + offset.selector, segment.selector, true);
  sregs.setUint8(at + offset.type, segment.type);
  sregs.setUint8(at + offset.present, 1);
  sregs.setUint8(at + offset.dpl, segment.dpl);
  sregs.setUint8(at + offset.db, segment.db ?? 0);
  sregs.setUint8(at + offset.s, segment.s ?? 1);
  sregs.setUint8(at + offset.l, segment.l ?? 0);
  sregs.setUint8(at + offset.g, segment.g ?? 0);
  sregs.setUint8(at + offset.unusable, 0);
}

function setRealMode(sregs: DataView): void {
  const { offset } = structs.kvmSregs;
  putSegment(sregs, offset.cs, { limit: 0xffff, selector: 0, type: 11, dpl: 0 });
  for (const at of [offset.ds, offset.es, offset.fs, offset.gs, offset.ss]) {
    putSegment(sregs, at, { limit: 0xffff, selector: 0, type: 3, dpl: 0 });
  }
}

function setLongMode(sregs: DataView, cpl: 0 | 3): void {
  const { offset } = structs.kvmSregs;
  const code = cpl === 0 ? 0x08 : 0x23;
  const data = cpl === 0 ? 0x10 : 0x1b;
  const flat = { limit: 0xffffffff, dpl: cpl, g: 1 };
  putSegment(sregs, offset.cs, { ...flat, selector: code, type: 11, l: 1 });
  for (const at of [offset.ds, offset.es, offset.fs, offset.gs, offset.ss]) {
    putSegment(sregs, at, { ...flat, selector: data, type: 3, db: 1 });
  }
  putSegment(sregs, offset.tr, {
    base: BigInt(TSS),
    limit: TSS_BYTES - 1,
    selector: 0x28,
    type: 11,
    dpl: 0,
    s: 0,
  });
  sregs.setBigUint64(offset.gdt, BigInt(GDT), true);
  sregs.setUint16(offset.gdt + structs.kvmDtable.offset.limit, 0x37, true);
  sregs.setBigUint64(offset.cr0, 0x80000033n, true); // PG, NE, ET, MP, PE
  sregs.setBigUint64(offset.cr3, BigInt(PML4), true);
  sregs.setBigUint64(offset.cr4, 0x620n, true); // PAE, OSFXSR, OSXMMEXCPT
  sregs.setBigUint64(offset.efer, 0x500n, true); // LME, LMA
}
