/** The parameters of KVM CPUs. Source: gem5 `cpu/kvm/BaseKvmCPU.py`. */
import { baseCPUSchema } from '../cpu/index';
import { defineSchema, param, type ParamsOf } from '../sim/index';

export const baseKvmCPUSchema = defineSchema('BaseKvmCPU', baseCPUSchema, {
  description: 'Base class of the CPUs that KVM executes',
  abstract: true,
  params: {
    usePerf: param.Bool(
      false,
      'count instructions with the performance counters of the host, which must have some',
      { outputName: 'usePerf' },
    ),
    useCoalescedMMIO: param.Bool(false, 'collect stores to coalesced ranges', {
      outputName: 'useCoalescedMMIO',
    }),
    usePerfOverflow: param.Bool(
      false,
      'bound runs by guest cycles, by overflow of a counter, instead of host time',
      {
        outputName: 'usePerfOverflow',
      },
    ),
    alwaysSyncTC: param.Bool(false, 'synchronize the thread with KVM at every entry and exit', {
      outputName: 'alwaysSyncTC',
    }),
    hostFreq: param.Clock('2GHz', 'clock frequency of the host, to count its cycles', {
      outputName: 'hostFreq',
    }),
    hostFactor: param.Float(1.0, 'simulated seconds for each second of host time', {
      outputName: 'hostFactor',
    }),
  },
});

/** Parameters of every KVM CPU. */
export type BaseKvmCPUParams = ParamsOf<typeof baseKvmCPUSchema>;
