/** The parameters of coherent crossbars, and their usual settings. Source: gem5 `mem/XBar.py`. */
import { defineSchema, nodeClass, NULL, param, Parent } from '../sim/index';
import type { ParamsOf } from '../sim/index';
import { baseXBarSchema } from './baseXBar';
import { SnoopFilter, snoopFilterSchema } from './snoopFilter';
import type { System } from './system';

export const coherentXBarSchema = defineSchema('CoherentXBar', baseXBarSchema, {
  description: 'Crossbar that shows requests to the caches above it',
  params: {
    snoopResponseLatency: param.Cycles('cycles to pass the response to a snoop on'),
    snoopFilter: param.SimObjectOrNull<SnoopFilter>('SnoopFilter', NULL, 'which caches to ask'),
    maxOutstandingSnoops: param.Int(512, 'limit of outstanding snoops, to find mistakes'),
    maxRoutingTableSize: param.Int(512, 'limit of outstanding requests, to find mistakes'),
    pointOfCoherency: param.Bool(false, 'whether nothing below keeps copies'),
    pointOfUnification: param.Bool(
      false,
      'whether instruction and data accesses of all requestors meet here',
    ),
    system: param.SimObject<System>('System', Parent.any, 'system that the crossbar belongs to'),
  },
});

/** Parameters of a `CoherentXBar`. */
export type CoherentXBarParams = ParamsOf<typeof coherentXBarSchema>;

const SnoopFilterNode = nodeClass(SnoopFilter, snoopFilterSchema);

export const l2XBarSchema = defineSchema('L2XBar', coherentXBarSchema, {
  description: 'Crossbar between L1 caches and an L2 cache, 256 bits wide',
  outputType: 'CoherentXBar',
  defaults: {
    width: 32,
    frontendLatency: 1,
    forwardLatency: 0,
    responseLatency: 1,
    snoopResponseLatency: 1,
    snoopFilter: () => new SnoopFilterNode({ lookupLatency: 0 }),
    pointOfUnification: true,
  },
});

export const systemXBarSchema = defineSchema('SystemXBar', coherentXBarSchema, {
  description: 'Crossbar between CPUs or caches and memory, 128 bits wide',
  outputType: 'CoherentXBar',
  defaults: {
    width: 16,
    frontendLatency: 3,
    forwardLatency: 4,
    responseLatency: 2,
    snoopResponseLatency: 4,
    snoopFilter: () => new SnoopFilterNode({ lookupLatency: 1 }),
    pointOfCoherency: true,
    pointOfUnification: true,
  },
});
