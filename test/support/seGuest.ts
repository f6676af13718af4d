/**
 * A program of a few hand-assembled bytes in user mode under the guest supervisor, on real KVM: page
 * tables, traps and thread state of syscall emulation, without processes, devices or events.
 */
import {
  GuestSupervisor,
  PageFlags,
  PageTables,
  RIP,
  RSP,
  trapPort,
  X86ThreadState,
  type PageTableMemory,
  type Trap,
  type UserFeatures,
} from '../../src/arch/x86/index';
import { HostMapping } from '../../src/host/index';
import type { KvmDescriptor } from '../../src/kvm/descriptor';
import type { VcpuExit } from '../../src/kvm/exits';
import { Kvm } from '../../src/kvm/kvm';
import { MemorySlots } from '../../src/kvm/memorySlots';
import { Vcpu } from '../../src/kvm/vcpu';
import { X86StateSync } from '../../src/kvm/x86StateSync';

const PAGE = 4096;
/** Where the program's code begins. */
export const CODE = 0x40_0000;
/** One page of stack below this. */
export const STACK_TOP = 0x7fff_ffff_f000;
/** A page of data. */
export const DATA = 0x50_0000;
/** Rights of a data page of the program. */
export const USER_DATA: number = PageFlags.User | PageFlags.Writable | PageFlags.NoExecute;

/** Physical pages of a mapping, handed out one after the other. */
export class GuestPages implements PageTableMemory {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #free: number[] = [];
  #next = PAGE;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }

  load32(address: number): number {
    return this.#words[address / 4]!;
  }

  store32(address: number, value: number): void {
    this.#words[address / 4] = value;
  }

  allocatePage(): number {
    const page = this.#free.pop() ?? this.#next;
    if (page === this.#next) this.#next += PAGE;
    if (page + PAGE > this.#bytes.length) throw new Error('the guest has no page left');
    this.#bytes.fill(0, page, page + PAGE);
    return page;
  }

  freePage(address: number): void {
    this.#free.push(address);
  }
}

/** Host memory that is the guest's. */
export interface GuestMemory {
  readonly bytes: Uint8Array;
  readonly address: bigint;
  unmap(): void;
}

/** Owns a VM with one vCPU that is ready to run the code. */
export class SeGuest {
  readonly state = new X86ThreadState();
  readonly memory: GuestMemory;
  readonly pages: GuestPages;
  readonly tables: PageTables;
  readonly supervisor: GuestSupervisor;
  readonly sync: X86StateSync;
  readonly vcpu: Vcpu;
  readonly #kvm: Kvm;
  readonly #vm: KvmDescriptor;

  constructor(
    code: readonly number[],
    memoryBytes = 16 * 2 ** 20,
    features: UserFeatures = { fsgsbase: true, xcr0: 7 },
    memory: GuestMemory = new HostMapping({ length: memoryBytes }),
  ) {
    this.memory = memory;
    this.pages = new GuestPages(this.memory.bytes);
    this.tables = new PageTables(this.pages);
    this.supervisor = new GuestSupervisor(this.tables, this.pages, memoryBytes);
    this.supervisor.prepare(this.state, features);
    this.memory.bytes.set(code, this.map(CODE, PageFlags.User));
    this.map(STACK_TOP - PAGE, USER_DATA);
    this.map(DATA, USER_DATA);
    this.state.setGprNumber(RIP, CODE);
    this.state.setGprNumber(RSP, STACK_TOP - 0x100);

    const kvm = new Kvm();
    this.#kvm = kvm;
    this.#vm = kvm.createVM();
    const slots = new MemorySlots(this.#vm, kvm.capNumMemSlots());
    slots.setup(slots.alloc(memoryBytes), this.memory.address, 0, 0);
    this.vcpu = Vcpu.create(kvm, this.#vm, 0);
    this.vcpu.setCpuid(kvm.getSupportedCPUID());
    this.sync = new X86StateSync(this.state, this.vcpu, {
      syncRegs: kvm.capSyncRegs(),
      xsave: kvm.capXSave(),
      xcrs: kvm.capXCRs(),
      debugRegs: kvm.capDebugRegs(),
      vcpuEvents: kvm.capVCPUEvents(),
      mpState: kvm.capMPState(),
      lapic: false,
      msrs: kvm.getSupportedMSRs(),
    });
  }

  /** Maps a new page. Returns its physical address. */
  map(virtual: number, flags: number): number {
    const physical = this.pages.allocatePage();
    this.tables.map(virtual, physical, PAGE, flags);
    return physical;
  }

  /** One entry into the guest, as a CPU model makes it. */
  enter(): VcpuExit {
    this.supervisor.beforeEntry(this.state);
    this.sync.push();
    this.sync.beforeRun();
    const exit = this.vcpu.run();
    this.sync.pullShared();
    this.supervisor.afterExit(this.state);
    return exit;
  }

  /** Runs to the next trap. @throws when the guest stops for anything else */
  trap(): Trap {
    for (;;) {
      const exit = this.enter();
      if (exit.kind === 'interrupted') continue;
      if (exit.kind !== 'io' || exit.port !== trapPort) throw new Error(`exit: ${exit.kind}`);
      return this.supervisor.takeTrap(this.state);
    }
  }

  dispose(): void {
    this.vcpu.dispose();
    this.#vm.dispose();
    this.#kvm.dispose();
    this.memory.unmap();
  }
}
