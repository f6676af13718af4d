/** A program in a system with several CPU models, in this process. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { R15, RAX } from '../../src/arch/x86/index';
import type { BaseCPU } from '../../src/cpu/index';
import { M5 } from '../../src/m5/m5';
import { statValues } from '../../src/m5/statValues';
import {
  AddrRange,
  AtomicSimpleCPU,
  KvmVM,
  NonCachingSimpleCPU,
  Process,
  Root,
  SEWorkload,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  TimingSimpleCPU,
  VoltageDomain,
  X86KvmCPU,
} from '../../src/m5/objects';
import type { ExitEvent } from '../../src/sim/index';
import { guestPath } from './guests';

/** A CPU model. */
export type Model = 'kvm' | 'atomic' | 'noncaching' | 'timing';

const MODES = {
  kvm: 'atomic_noncaching',
  atomic: 'atomic',
  noncaching: 'atomic_noncaching',
  timing: 'timing',
} as const satisfies Record<Model, string>;

const KINDS = ['numLoadInsts', 'numStoreInsts', 'numMemRefs', 'numBranches'] as const;

type CpuNode = InstanceType<typeof AtomicSimpleCPU>;
type ProcessParams = NonNullable<ConstructorParameters<typeof Process>[0]>;
type CpuParams = NonNullable<ConstructorParameters<typeof AtomicSimpleCPU>[0]>;

function makeCpu(model: Model, params: CpuParams): CpuNode {
  const kinds = {
    kvm: X86KvmCPU,
    atomic: AtomicSimpleCPU,
    noncaching: NonCachingSimpleCPU,
    timing: TimingSimpleCPU,
  };
  return new kinds[model](params) as CpuNode;
}

/** How a program ended, and what it has left. */
export interface Ending {
  readonly code: number;
  readonly cause: string;
  readonly output: string;
}

/** A program that runs on the first of several models, and may be moved to the others. */
export class ModelMachine {
  readonly m5: M5;
  readonly folder: string;
  readonly #system: InstanceType<typeof System>;
  readonly #cpus: ReadonlyMap<Model, CpuNode>;
  #running: Model;

  /**
   * @param models - the first runs
   * @param program - name or path of a guest program, and its arguments
   * @param checkpoint - directory of one to restore
   * @param options - how to restore it
   * @param more - parameters of the process
   */
  constructor(
    models: readonly [Model, ...Model[]],
    [name, ...args]: readonly [string, ...string[]],
    checkpoint?: string,
    options: Parameters<M5['instantiate']>[2] = {},
    more: ProcessParams = {},
  ) {
    this.folder = mkdtempSync(join(tmpdir(), 'mini-gem5-models-'));
    // Where a restored program goes on writing.
    mkdirSync(join(this.folder, 'm5out'));
    this.m5 = new M5(join(this.folder, 'm5out'));
    this.m5.host.print = () => undefined;
    const [first, ...others] = models;
    this.#running = first;
    const cpu = makeCpu(first, { cpuId: 0 });
    const waiting = others.map(model => makeCpu(model, { cpuId: 0, switchedOut: true }));
    this.#cpus = new Map(models.map((model, i) => [model, [cpu, ...waiting][i]!]));
    const binary = isAbsolute(name) ? name : guestPath(name);
    this.#system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      ...{ memMode: MODES[first], memRanges: [new AddrRange('32MiB')], m5opsBase: 0xffff0000 },
      ...(models.includes('kvm') ? { kvmVm: new KvmVM() } : {}),
      ...{ cpu, membus: new SystemXBar() },
      ...(waiting.length === 0 ? {} : { waiting }),
      memory: new SimpleMemory({ range: '32MiB', latency: '5ns' }),
      workload: SEWorkload.initCompatible(binary),
    } as object);
    this.#wire(cpu);
    const process = new Process({
      cmd: [binary, ...args],
      executable: binary,
      output: 'out',
      errout: 'err',
      ...more,
    });
    for (const each of this.#cpus.values()) each.workload = process;
    this.m5.instantiate(new Root({ fullSystem: false, system: this.#system }), checkpoint, options);
  }

  #wire(cpu: CpuNode): void {
    const system = this.#system as unknown as Record<'membus', InstanceType<typeof SystemXBar>> &
      Record<'memory', InstanceType<typeof SimpleMemory>>;
    cpu.icachePort = system.membus.cpuSidePorts;
    cpu.dcachePort = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    this.#system.systemPort = system.membus.cpuSidePorts;
  }

  /** The model that runs. */
  get running(): Model {
    return this.#running;
  }

  /** The CPU of a model. */
  cpu(model: Model = this.#running): BaseCPU {
    return this.#cpus.get(model)!.simObject();
  }

  /** Has another model go on. */
  switchTo(model: Model): void {
    if (model === this.#running) return;
    const pair = [this.#cpus.get(this.#running)!, this.#cpus.get(model)!] as const;
    this.m5.switchCpus(this.#system, [pair], false);
    this.#running = model;
  }

  /** Instructions of all models. */
  insts(): number {
    return [...this.#cpus.keys()].reduce((sum, model) => sum + this.cpu(model).totalInsts(), 0);
  }

  /** Instructions of all software models, by kind. */
  kinds(): Record<(typeof KINDS)[number], number> {
    const values = statValues(this.m5.simulation);
    const sum = (stat: string): number =>
      Object.entries(values).reduce(
        (total, [name, value]) => total + (name.endsWith(stat) ? value : 0),
        0,
      );
    return Object.fromEntries(KINDS.map(stat => [stat, sum(`Stats0.${stat}`)])) as ReturnType<
      typeof this.kinds
    >;
  }

  /** Runs for so many instructions of a software model, or less if the program ends. */
  runInsts(count: number): ExitEvent {
    this.cpu().scheduleInstStop(0, count, 'enough');
    return this.m5.simulate();
  }

  /** All registers that the program sees, and all of memory. */
  state(): string {
    this.m5.drain();
    const state = this.cpu().getContext(0).registers();
    const registers = Array.from({ length: R15 + 1 }, (_, i) => state.gpr(RAX + i));
    const vectors = Array.from({ length: 16 }, (_, i) =>
      Buffer.from(state.fpu.xmm(i)).toString('hex'),
    );
    const hash = createHash('sha1');
    for (const store of this.#system.simObject().physicalMemory.getBackingStore()) {
      hash.update(store.bytes);
    }
    return [...registers, state.rip, state.rflags, ...vectors, hash.digest('hex')].join(' ');
  }

  /** What a run has ended with. */
  ending({ code, cause }: ExitEvent): Ending {
    return { code, cause, output: this.#written('out') };
  }

  /** What the program has written to its standard error. */
  errors(): string {
    return this.#written('err');
  }

  #written(name: string): string {
    return readFileSync(join(this.folder, 'm5out', name), 'utf8');
  }

  dispose(): void {
    this.m5.simulation.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
