/**
 * The atomic CPU model for systems in which caches are bypassed: for getting somewhere fast, and for
 * taking turns with a KVM CPU without a change of the memory mode.
 *
 * Source of the behaviour: gem5 `cpu/simple/noncaching.{hh,cc}`.
 */
import type { MemoryMode } from '../mem/index';
import { defineSchema, type ParamsOf } from '../sim/index';
import { AtomicSimpleCPU, atomicSimpleCPUSchema } from './atomicSimpleCPU';

export const nonCachingSimpleCPUSchema = defineSchema(
  'NonCachingSimpleCPU',
  atomicSimpleCPUSchema,
  {
    description: 'Executes an instruction each cycle, past all caches',
    modelName: 'NonCachingSimpleCPU',
  },
);

/** Parameters of a `NonCachingSimpleCPU`. */
export type NonCachingSimpleCPUParams = ParamsOf<typeof nonCachingSimpleCPUSchema>;

/** The atomic CPU model without caches. */
export class NonCachingSimpleCPU extends AtomicSimpleCPU {
  static override readonly schema = nonCachingSimpleCPUSchema;

  override memoryMode(): MemoryMode {
    return 'atomic_noncaching';
  }
}
