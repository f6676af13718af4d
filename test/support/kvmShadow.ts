/**
 * A vCPU that executes pieces of a program beside a software CPU, in a copy of the program's memory. It
 * is stopped anywhere by a HLT that stands there only while it runs, and stepped by RFLAGS.TF.
 */
import {
  GuestSupervisor,
  PageTables,
  RegisterSet,
  RFLAGS,
  RFlags,
  RIP,
  supervisorAddress,
  trapPort,
  Vector,
  X86ThreadState,
  XFeature,
  type ExceptionTrap,
  type Trap,
} from '../../src/arch/x86/index';
import { HostMapping } from '../../src/host/index';
import type { KvmDescriptor } from '../../src/kvm/descriptor';
import { Kvm } from '../../src/kvm/kvm';
import { MemorySlots, type MemSlot } from '../../src/kvm/memorySlots';
import { Vcpu } from '../../src/kvm/vcpu';
import { X86StateSync } from '../../src/kvm/x86StateSync';

const PAGE = 4096;
const HLT = 0xf4;

/** Owns the VM. */
export class KvmShadow {
  readonly state = new X86ThreadState();
  readonly #memory: HostMapping;
  readonly #bytes: Uint8Array;
  readonly #tables: PageTables;
  readonly #supervisor: GuestSupervisor;
  readonly #kvm = new Kvm();
  readonly #vm: KvmDescriptor;
  readonly #slots: MemorySlots;
  readonly #slot: MemSlot;
  readonly #vcpu: Vcpu;
  readonly #sync: X86StateSync;
  /** Page of the exception stack, which is nobody else's. */
  readonly #privatePage: number;

  /** @param memory - the memory of the program, whose thread is in `state` and ready to run */
  constructor(memory: Uint8Array, state: X86ThreadState) {
    this.#memory = new HostMapping({ length: memory.length });
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.copyMemory(memory, memory.length);
    const { buffer } = this.#memory;
    const words = new Uint32Array(buffer);
    const none = (): never => {
      throw new Error('page tables of a copy do not change');
    };
    const pages = {
      load32: (address: number): number => words[address / 4]!,
      store32: (address: number, value: number): void => {
        words[address / 4] = value;
      },
      allocatePage: none,
      freePage: none,
    };
    this.#tables = new PageTables(pages, Number(state.cr3));
    this.#supervisor = new GuestSupervisor(this.#tables, pages, memory.length);
    this.#privatePage = this.#tables.translate(supervisorAddress.stack) / PAGE;
    const kvm = this.#kvm;
    this.#vm = kvm.createVM();
    this.#slots = new MemorySlots(this.#vm, kvm.capNumMemSlots());
    this.#slot = this.#slots.alloc(memory.length);
    this.#slots.setup(this.#slot, this.#memory.address, 0, 0);
    this.#vcpu = Vcpu.create(kvm, this.#vm, 0);
    this.#vcpu.setCpuid(kvm.getSupportedCPUID());
    this.adopt(state);
    this.#sync = new X86StateSync(this.state, this.#vcpu, {
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

  dispose(): void {
    this.#vcpu.dispose();
    this.#vm.dispose();
    this.#kvm.dispose();
    this.#memory.unmap();
  }

  /** Takes over all registers. */
  adopt(state: X86ThreadState): void {
    this.state.block.set(state.block);
    this.state.stale = 0;
    this.state.dirty = RegisterSet.All;
  }

  /** Takes over the first `length` bytes of memory. */
  copyMemory(memory: Uint8Array, length: number): void {
    for (const page of this.#allDifferingPages(memory, length)) {
      this.#bytes.set(memory.subarray(page * PAGE, (page + 1) * PAGE), page * PAGE);
    }
  }

  /** Pages of the program of which something differs. */
  *differingPages(memory: Uint8Array, length: number): Generator<number, void, void> {
    const pages = [...this.#allDifferingPages(memory, length)];
    if (pages.length === 0) return;
    // Processors note in page tables what they have used.
    const tables = this.#pageTables();
    for (const page of pages) if (!tables.has(page)) yield page;
  }

  /** The pages of the page tables. */
  #pageTables(): ReadonlySet<number> {
    const words = new BigUint64Array(this.#memory.buffer);
    const found = new Set<number>();
    const visit = (page: number, level: number): void => {
      found.add(page);
      if (level === 1) return;
      for (let i = 0; i < 512; i++) {
        const entry = words[page * 512 + i]!;
        const isTable = (entry & 1n) === 1n && (entry & 0x80n) === 0n;
        if (isTable) visit(Number((entry >> 12n) & 0xff_ffff_ffffn), level - 1);
      }
    };
    visit(this.#tables.root / PAGE, 4);
    return found;
  }

  *#allDifferingPages(memory: Uint8Array, length: number): Generator<number, void, void> {
    const chunk = 64 * PAGE;
    for (let start = 0; start < length; start += chunk) {
      const end = Math.min(start + chunk, memory.length);
      if (Buffer.compare(memory.subarray(start, end), this.#bytes.subarray(start, end)) === 0) {
        continue;
      }
      for (let page = start / PAGE; page < end / PAGE; page++) {
        const [from, to] = [page * PAGE, (page + 1) * PAGE];
        const same =
          Buffer.compare(memory.subarray(from, to), this.#bytes.subarray(from, to)) === 0;
        if (!same && page !== this.#privatePage) yield page;
      }
    }
  }

  /** The bytes of a page. */
  page(number: number): Uint8Array {
    return this.#bytes.subarray(number * PAGE, (number + 1) * PAGE);
  }

  /** Page tables were changed in the copy: has the processor look again. */
  forgetTranslations(): void {
    this.#slots.disable(this.#slot);
    this.#slots.setup(this.#slot, this.#memory.address, 0, 0);
  }

  /** Runs until it comes to an address, or something else stops it. */
  runTo(address: number): Trap {
    const physical = this.#tables.translate(address);
    if (physical < 0) return this.#run();
    const saved = this.#bytes[physical]!;
    this.#bytes[physical] = HLT;
    try {
      return this.#run();
    } finally {
      this.#bytes[physical] = saved;
    }
  }

  /** Fetches the x87 and vector registers. */
  pullVectors(): void {
    this.state.refresh(RegisterSet.Xsave);
    this.state.fpu.materialize(XFeature.X87 | XFeature.SSE | XFeature.AVX);
  }

  /** Runs until an exception. */
  runFreely(): Trap {
    return this.#run();
  }

  /** Executes one instruction; of a repeated one, all repetitions. Null, or what stopped it instead. */
  step(): Trap | null {
    const start = this.state.gprNumber(RIP);
    for (;;) {
      this.state.setGprNumber(RFLAGS, this.state.gprUint32(RFLAGS) | RFlags.TF);
      const trap = this.#run();
      this.state.setGprNumber(RFLAGS, this.state.gprUint32(RFLAGS) & ~RFlags.TF);
      const isStep = trap.kind === 'exception' && trap.vector === Vector.DB;
      if (!isStep) return trap;
      const prefix = this.#bytes[this.#tables.translate(start)] ?? 0;
      const isRepeated = prefix === 0xf2 || prefix === 0xf3;
      if (this.state.gprNumber(RIP) !== start || !isRepeated) return null;
    }
  }

  #run(): Trap {
    for (;;) {
      this.#sync.push();
      this.#sync.beforeRun();
      const exit = this.#vcpu.run();
      this.#sync.pullShared();
      if (exit.kind === 'interrupted') continue;
      if (exit.kind !== 'io' || exit.port !== trapPort)
        throw new Error(`the vCPU stopped: ${exit.kind}`);
      const trap = this.#supervisor.takeTrap(this.state);
      return trap.kind === 'exception' ? { ...(trap satisfies ExceptionTrap) } : trap;
    }
  }
}
