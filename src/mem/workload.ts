/**
 * What runs on a system. Source: gem5 `sim/workload.hh`, `sim/Workload.py`.
 */
import { warn } from '../base/index';
import type { Addr } from '../base/index';
import {
  defineSchema,
  param,
  Scalar,
  SimObject,
  simObjectSchema,
  StatGroup,
  unit,
} from '../sim/index';
import type { ParamsOf } from '../sim/index';
import type { System } from './system';
import type { SystemThreadContext } from './systemThreads';

/** What a system needs of its workload. */
export interface SystemWorkload {
  /** Called by the system's constructor. */
  setSystem(system: System): void;
  /** A thread context has been added. */
  registerThreadContext(context: SystemThreadContext): void;
  /** A thread context has taken the place of the one with the same id. */
  replaceThreadContext(context: SystemThreadContext): void;
  /** A thread has begun to wait. */
  recordQuiesce(): void;
}

export const workloadSchema = defineSchema('Workload', simObjectSchema, {
  description: 'What runs on a system',
  abstract: true,
});

/** Parameters of every workload. */
export type WorkloadParams = ParamsOf<typeof workloadSchema>;

class InstStats extends StatGroup {
  readonly arm = new Scalar(this, 'arm', unit.Count, 'arm instructions executed');
  readonly quiesce = new Scalar(this, 'quiesce', unit.Count, 'quiesce instructions executed');
}

/** The base class of workloads. */
export abstract class Workload extends SimObject implements SystemWorkload {
  static override readonly schema = workloadSchema;
  /** The system that it runs on; set before any of the system's CPUs exists. */
  protected system: System | null = null;
  /** Its thread contexts by id. */
  protected readonly threads: SystemThreadContext[] = [];
  readonly #instStats: InstStats;

  constructor(params: WorkloadParams) {
    super(params);
    this.#instStats = new InstStats(this.stats, 'inst');
  }

  setSystem(system: System): void {
    this.system = system;
  }

  registerThreadContext(context: SystemThreadContext): void {
    this.threads[context.contextId] = context;
  }

  replaceThreadContext(context: SystemThreadContext): void {
    this.threads[context.contextId] = context;
  }

  recordQuiesce(): void {
    this.#instStats.quiesce.value++;
  }

  /** A thread has armed a monitor. */
  recordArm(): void {
    this.#instStats.arm.value++;
  }

  /** Where execution begins: a virtual address. */
  abstract getEntry(): bigint;

  /** A thread asks the workload for something (the pseudo-instruction `workload`). */
  event(_context: SystemThreadContext): void {
    warn(`${this.name()}: unhandled workload event`);
  }
}

export const stubWorkloadSchema = defineSchema('StubWorkload', workloadSchema, {
  description: 'A workload that does nothing, for systems without one',
  params: {
    entry: param.Addr(0, 'entry point'),
  },
});

/** Parameters of a `StubWorkload`. */
export type StubWorkloadParams = ParamsOf<typeof stubWorkloadSchema>;

/** No workload: for systems whose requestors make up their own accesses. */
export class StubWorkload extends Workload {
  static override readonly schema = stubWorkloadSchema;
  readonly #entry: Addr;

  constructor(params: StubWorkloadParams) {
    super(params);
    this.#entry = params.entry;
  }

  override readonly mayStartFresh = true;

  override getEntry(): bigint {
    return BigInt(this.#entry);
  }
}
