/** The parameters of a system. Source: gem5 `sim/System.py`. */
import {
  defineSchema,
  nodeClass,
  param,
  requestPort,
  Self,
  simObjectSchema,
  vectorParam,
} from '../sim/index';
import type { ParamsOf, SimObject } from '../sim/index';
import type { AbstractMemory } from './abstractMemory';
import { StubWorkload, stubWorkloadSchema } from './workload';
import type { SystemWorkload } from './workload';

/** The ways in which a memory system can be used. */
export const MEMORY_MODES = ['invalid', 'atomic', 'timing', 'atomic_noncaching'] as const;

/** How the memory system is used; `atomic_noncaching` goes past all caches. */
export type MemoryMode = (typeof MEMORY_MODES)[number];

const StubWorkloadNode = nodeClass(StubWorkload, stubWorkloadSchema);

/** What a `System` declares. */
export const systemSchema = defineSchema('System', simObjectSchema, {
  description: 'A system: its memories, CPUs and what runs on them',
  params: {
    memories: vectorParam.SimObject<AbstractMemory>(
      'AbstractMemory',
      Self.all,
      'all memories of the system',
    ),
    memMode: param.Enum('MemoryMode', MEMORY_MODES, 'atomic', 'how the memory system is used'),
    mmapUsingNoreserve: param.Bool(false, 'whether to do without a reservation of swap space'),
    memRanges: vectorParam.AddrRange([], 'ranges that make up main memory'),
    sharedBackstore: param.String(
      '',
      'name of a shared memory segment for all memory, for other processes to see; empty for none',
    ),
    autoUnlinkSharedBackstore: param.Bool(false, 'whether to remove that segment in the end'),
    cacheLineSize: param.Unsigned(64, 'cache line size in bytes'),
    exitOnWorkItems: param.Bool(false, 'whether marked work items end the run'),
    workItemId: param.Int(-1, 'the only work item that counts, -1 for all'),
    numWorkIds: param.Int(16, 'number of kinds of work items'),
    workBeginCpuIdExit: param.Int(-1, 'end the run when this CPU begins a work item'),
    workBeginCkptCount: param.Counter(0, 'make a checkpoint when so many work items have begun'),
    workBeginExitCount: param.Counter(0, 'end the run when so many work items have begun'),
    workEndCkptCount: param.Counter(0, 'make a checkpoint when so many work items have ended'),
    workEndExitCount: param.Counter(0, 'end the run when so many work items have ended'),
    workCpusCkptCount: param.Counter(0, 'make a checkpoint when so many CPUs are active'),
    workload: param.SimObject<SimObject & SystemWorkload>(
      'Workload',
      () => new StubWorkloadNode(),
      'what runs on the system',
    ),
    initParam: param.UInt64(0, 'number that a program can ask for'),
    readfile: param.String('', 'file that a program can ask for'),
    multiThread: param.Bool(false, 'whether CPUs may have several threads'),
    m5opsBase: param.Addr(0, 'base of the 64 KiB for memory-mapped m5ops, 0 for none', {
      outputName: 'm5ops_base',
    }),
  },
  ports: { systemPort: requestPort('for accesses that no CPU makes', true) },
});

/** Parameters of a `System`. */
export type SystemParams = ParamsOf<typeof systemSchema>;
