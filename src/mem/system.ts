/**
 * A system: the owner of its memory, its requestors and its thread contexts. Source: gem5
 * `sim/system.{hh,cc}`.
 */
import { AddrRange, fatal, panic, warnOnce } from '../base/index';
import type { Addr, ContextID, RequestorID } from '../base/index';
import { serializeSection, SimObject, unserializeSection } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Port } from '../sim/index';
import type { AbstractMemory } from './abstractMemory';
import { MemoryLocks } from './memoryLocks';
import { PhysicalMemory } from './physicalMemory';
import { RequestPort } from './requestPort';
import { RequestorTable } from './requestorTable';
import { systemSchema } from './systemSchema';
import type { MemoryMode, SystemParams } from './systemSchema';
import { SystemThreads } from './systemThreads';
import type { SystemThreadContext } from './systemThreads';
import { WorkItemTimer } from './workItems';
import type { SystemWorkload } from './workload';

/** What a system knows of the virtual machine that runs its CPUs on hardware. */
export interface KvmVMHandle {
  /** Called when the system learns of the virtual machine. */
  setSystem(system: System): void;
}

/** The bytes that memory-mapped m5ops take. */
const M5OPS_BYTES = 0x10000;

const USUAL_LINE_SIZES = [16, 32, 64, 128];

class SystemPort extends RequestPort {}

/** The root of everything that shares an address space. */
export class System extends SimObject {
  static override readonly schema = systemSchema;

  /** All memory of the system. */
  readonly physicalMemory: PhysicalMemory;
  /** Everybody who sends requests. */
  readonly requestors: RequestorTable;
  /** The thread contexts. */
  readonly threads: SystemThreads;
  /** What runs here. */
  readonly workload: SimObject & SystemWorkload;
  /** The memories, in the map or not. */
  readonly memories: readonly AbstractMemory[];
  /** The ranges of main memory, for those who describe them to firmware. */
  readonly memRanges: readonly AddrRange[];
  /** The addresses of memory-mapped m5ops; an invalid range when there are none. */
  readonly m5opRange: AddrRange;
  /** Whether CPUs may have several threads. */
  readonly multiThread: boolean;
  /** Times the work that programs mark. */
  readonly workItems: WorkItemTimer;
  /** The port for accesses that no CPU makes. */
  readonly systemPort: RequestPort;
  declare readonly params: SystemParams;
  readonly #cacheLineSize: number;
  #memoryMode: MemoryMode;
  /** Which bytes are locked in timing mode. */
  readonly locks = new MemoryLocks();
  #kvmVM: KvmVMHandle | null = null;

  /** @throws {FatalError} when memories overlap, or the host has not enough memory */
  constructor(params: SystemParams) {
    super(params);
    this.workload = params.workload;
    this.memories = params.memories;
    this.memRanges = params.memRanges;
    this.multiThread = params.multiThread;
    this.#memoryMode = params.memMode;
    this.#cacheLineSize = params.cacheLineSize;
    this.m5opRange =
      params.m5opsBase === 0 ? new AddrRange() : AddrRange.rangeSize(params.m5opsBase, M5OPS_BYTES);
    if (!USUAL_LINE_SIZES.includes(params.cacheLineSize)) {
      warnOnce('cacheLineSize', 'Cache line size is neither 16, 32, 64 nor 128 bytes.');
    }
    this.systemPort = new SystemPort(`${params.name}.system_port`, this);
    this.threads = new SystemThreads(params.name, this);
    this.workItems = new WorkItemTimer(this, params.numWorkIds);
    // In the order of `RequestorIDs`.
    this.requestors = new RequestorTable(params.name);
    for (const part of ['writebacks', 'functional', 'interrupt']) this.getRequestorId(this, part);
    for (const memory of params.memories) memory.setSystem(this);
    this.physicalMemory = new PhysicalMemory(`${params.name}.physmem`, params.memories, params);
    this.workload.setSystem(this);
  }

  override getPort(name: string, index: number): Port {
    return name === 'systemPort' ? this.systemPort : super.getPort(name, index);
  }

  /**
   * Checks the wiring: a system may do without any interconnect, but where there is one, everything
   * must be connected to it.
   *
   * @throws {FatalError} naming a port that the script has left out
   */
  override init(): void {
    super.init();
    const loose = this.memories.filter(memory => memory.isInAddrMap && !memory.isConnected);
    const mapped = this.memories.filter(memory => memory.isInAddrMap);
    if (!this.systemPort.isConnected && loose.length === mapped.length) return;
    const [memory] = loose;
    if (memory !== undefined) {
      fatal(
        `port ${memory.name()}.port is not connected; assign it to a crossbar, such as ` +
          `${this.name()}.membus.memSidePorts = ${memory.name()}.port`,
      );
    }
    if (!this.systemPort.isConnected) {
      fatal(
        `port ${this.systemPort.name()} is not connected; assign it a port, such as ` +
          `${this.name()}.systemPort = ${this.name()}.membus.cpuSidePorts`,
      );
    }
  }

  /** How the memory system is used. */
  getMemoryMode(): MemoryMode {
    return this.#memoryMode;
  }

  /** Whether accesses are atomic, past caches or through them. */
  isAtomicMode(): boolean {
    return this.#memoryMode === 'atomic' || this.#memoryMode === 'atomic_noncaching';
  }

  /** Whether accesses take time. */
  isTimingMode(): boolean {
    return this.#memoryMode === 'timing';
  }

  /** Whether accesses go past all caches. */
  bypassCaches(): boolean {
    return this.#memoryMode === 'atomic_noncaching';
  }

  /**
   * Changes how the memory system is used.
   *
   * @throws {PanicError} unless the simulation is drained
   */
  setMemoryMode(mode: MemoryMode): void {
    if (!this.simulation.drainManager.isDrained()) {
      panic(`${this.name()}: the memory mode can only change while the simulation is drained`);
    }
    this.#memoryMode = mode;
  }

  /** Bytes. */
  cacheLineSize(): number {
    return this.#cacheLineSize;
  }

  /** Bytes of all memories in the address map. */
  memSize(): number {
    return this.physicalMemory.totalSize();
  }

  /** Whether the address belongs to a memory. */
  isMemAddr(addr: Addr): boolean {
    return this.physicalMemory.isMemAddr(addr);
  }

  /** All memory of the system, under gem5's name. */
  getPhysMem(): PhysicalMemory {
    return this.physicalMemory;
  }

  /**
   * The number by which statistics know a requestor.
   *
   * @param requestor - who sends requests
   * @param part - which side of it, such as `inst`
   * @throws {FatalError} when it is new and asks after `init`
   */
  getRequestorId(requestor: SimObject, part = ''): RequestorID {
    return this.requestors.idOf(requestor, part);
  }

  /** The id of a requestor that belongs to no object of this system. */
  getGlobalRequestorId(name: string): RequestorID {
    return this.requestors.globalIdOf(name);
  }

  /** The name of a requestor, relative to the system. */
  getRequestorName(id: RequestorID): string {
    return this.requestors.nameOf(id);
  }

  /** How many requestors there are; from now on there can be no new one. */
  maxRequestors(): number {
    return this.requestors.names().length;
  }

  /** Adds a thread context and gives it the next id. */
  registerThreadContext(context: SystemThreadContext): ContextID {
    const id = this.threads.insert(context);
    this.workload.registerThreadContext(context);
    return id;
  }

  /** Lets a context of another CPU take the place of the one with this id. */
  replaceThreadContext(context: SystemThreadContext, id: ContextID): void {
    this.threads.replace(context, id);
    this.workload.replaceThreadContext(context);
  }

  /** The thread context of this id. @throws {PanicError} when there is none */
  getThreadContext(id: ContextID): SystemThreadContext {
    return this.threads.get(id);
  }

  /** Called by the virtual machine that belongs to this system. */
  setKvmVM(vm: KvmVMHandle): void {
    this.#kvmVM = vm;
    vm.setSystem(this);
  }

  /** The virtual machine that runs this system's CPUs on hardware, or null. */
  getKvmVM(): KvmVMHandle | null {
    return this.#kvmVM;
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    this.threads.serialize(checkpoint);
    this.workItems.serialize(checkpoint);
    serializeSection(checkpoint, 'physmem', this.physicalMemory);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.threads.unserialize(checkpoint);
    this.workItems.unserialize(checkpoint);
    unserializeSection(checkpoint, 'physmem', this.physicalMemory);
  }

  /** @throws {FatalError} when the memory is shared: parent and child would write over each other's */
  override prepareFork(): void {
    super.prepareFork();
    const { sharedBackstore } = this.physicalMemory;
    if (sharedBackstore === '') return;
    fatal(
      `cannot fork: the memory of ${this.name()} is in the shared segment '${sharedBackstore}', so ` +
        'that parent and child would write to the same memory; leave sharedBackstore empty',
    );
  }

  override dispose(): void {
    this.physicalMemory.dispose();
    super.dispose();
  }
}
