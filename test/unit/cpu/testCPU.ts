import type { CpuidFeatureBit, UserFeatures } from '../../../src/arch/x86/index';
import { BaseCPU, baseCPUSchema } from '../../../src/cpu/index';
import type { BaseCPUParams, ThreadContext, ThreadProcess } from '../../../src/cpu/index';
import {
  RequestPort,
  SimpleMemory as SimpleMemoryModel,
  simpleMemorySchema,
  System as SystemModel,
  systemSchema,
} from '../../../src/mem/index';
import type { MemoryMode } from '../../../src/mem/index';
import { defineSchema, nodeClass, SimObject, simObjectSchema } from '../../../src/sim/index';
import type { AnyNode, Simulation, SimulationHost } from '../../../src/sim/index';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

class TestPort extends RequestPort {}

/** A CPU that executes nothing and remembers what it was told. */
export class TestCPU extends BaseCPU {
  static override readonly schema = defineSchema('TestCPU', baseCPUSchema, {
    description: 'A CPU for tests',
  });
  readonly calls: string[] = [];
  /** What it answers when a switch asks. */
  mode: MemoryMode = 'atomic';
  canTakeOver = true;
  features: readonly CpuidFeatureBit[] | null = null;
  readonly #ports: Readonly<Record<'inst' | 'data', TestPort>>;

  constructor(params: BaseCPUParams) {
    super(params);
    this.#ports = {
      inst: new TestPort(`${params.name}.icache_port`, this),
      data: new TestPort(`${params.name}.dcache_port`, this),
    };
  }

  override memoryMode(): MemoryMode {
    return this.mode;
  }

  override supportTakeOver(): boolean {
    return this.canTakeOver;
  }

  override cpuidFeatures(): readonly CpuidFeatureBit[] | null {
    return this.features;
  }

  override totalInsts(): number {
    return this.commitStats.reduce((total, { numInsts }) => total + numInsts.value, 0);
  }

  override totalOps(): number {
    return this.totalInsts();
  }

  override getInstPort(): RequestPort {
    return this.#ports.inst;
  }

  override getDataPort(): RequestPort {
    return this.#ports.data;
  }

  override syncThreadState(threadId: number): void {
    this.calls.push(`sync ${String(threadId)}`);
  }

  override betweenInstructions(_threadId: number): boolean {
    return true;
  }

  override userFeatures(): UserFeatures {
    return { fsgsbase: true, xcr0: 7 };
  }

  override activateContext(threadId: number): void {
    this.calls.push(`activate ${String(threadId)}`);
  }

  override suspendContext(threadId: number): void {
    this.calls.push(`suspend ${String(threadId)}`);
  }

  override haltContext(threadId: number): void {
    this.calls.push(`halt ${String(threadId)}`);
  }

  override flushTLBs(): void {
    this.calls.push('flush');
  }
}

/** A process that remembers its context. */
export class TestProcess extends SimObject implements ThreadProcess {
  static override readonly schema = defineSchema('Process', simObjectSchema, {
    description: 'A process for tests',
  });
  readonly contexts: ThreadContext[] = [];
  /** The program's memory, from address 0. */
  readonly bytes = new Uint8Array(8192);
  /** Which files the program may write. */
  mayWrite: (path: string) => boolean = () => false;

  assignThreadContext(context: ThreadContext): void {
    this.contexts.push(context);
  }

  replaceThreadContext(context: ThreadContext): void {
    this.contexts[0] = context;
  }

  symbolAt(): null {
    return null;
  }

  readMemory(address: bigint, target: Uint8Array): boolean {
    target.set(this.bytes.subarray(Number(address), Number(address) + target.length));
    return Number(address) + target.length <= this.bytes.length;
  }

  writeMemory(address: bigint, source: Uint8Array): boolean {
    if (Number(address) + source.length > this.bytes.length) return false;
    this.bytes.set(source, Number(address));
    return true;
  }

  writablePlace(path: string): string | undefined {
    return this.mayWrite(path) ? path : undefined;
  }
}

export const TestCPUNode = nodeClass(TestCPU, TestCPU.schema);
export const TestProcessNode = nodeClass(TestProcess, TestProcess.schema);
const System = nodeClass(SystemModel, systemSchema);
const SimpleMemory = nodeClass(SimpleMemoryModel, simpleMemorySchema);

/** What a test says of its CPUs; each has ports of its own to a memory of its own. */
export interface CPUSystemOptions {
  readonly cpus: readonly NonNullable<ConstructorParameters<typeof TestCPUNode>[0]>[];
  readonly memMode?: MemoryMode;
  readonly multiThread?: boolean;
  /** Further parameters of the system. */
  readonly system?: NonNullable<ConstructorParameters<typeof System>[0]>;
  readonly host?: SimulationHost;
  /** Leaves the data ports unconnected. */
  readonly withoutDataPorts?: boolean;
}

/** A system with CPUs; those that are switched out have no ports connected. */
export interface CPUSystem {
  readonly simulation: Simulation;
  readonly system: SystemModel;
  readonly cpus: readonly TestCPU[];
  /** What the script would hold. */
  readonly nodes: { readonly system: AnyNode; readonly cpus: readonly AnyNode[] };
}

export function aCPUSystem({
  cpus: options,
  memMode = 'atomic',
  multiThread = false,
  system: parameters = {},
  host,
  withoutDataPorts = false,
}: CPUSystemOptions): CPUSystem {
  const cpus = options.map(each => new TestCPUNode(each));
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode,
    multiThread,
    ...parameters,
    cpu: cpus,
    mem: new SimpleMemory({ range: '1MiB' }),
    ports: cpus.flatMap(() => [
      new SimpleMemory({ range: '4KiB', inAddrMap: false }),
      new SimpleMemory({ range: '4KiB', inAddrMap: false }),
    ]),
  });
  for (const [i, cpu] of cpus.entries()) {
    if (options[i]?.switchedOut === true) continue;
    cpu.icachePort = system.ports[2 * i]!.port;
    if (!withoutDataPorts) cpu.dcachePort = system.ports[2 * i + 1]!.port;
  }
  const simulation = aSimulation(host);
  simulation.instantiate(new Root({ system, fullSystem: true }));
  return {
    simulation,
    system: system.simObject(),
    cpus: cpus.map(cpu => cpu.simObject()),
    nodes: { system, cpus },
  };
}
