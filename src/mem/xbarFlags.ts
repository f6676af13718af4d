/** Debug flags of the crossbars. Source: gem5 `mem/SConscript`. */
import { compoundFlag, debugFlag } from '../base/index';

/** Traces what all crossbars have in common. */
export const BaseXBarFlag = debugFlag('BaseXBar', 'What all crossbars have in common');
/** Traces packets through coherent crossbars. */
export const CoherentXBarFlag = debugFlag('CoherentXBar', 'Packets through coherent crossbars');
/** Traces packets through non-coherent crossbars. */
export const NoncoherentXBarFlag = debugFlag(
  'NoncoherentXBar',
  'Packets through non-coherent crossbars',
);
/** Traces the lookups of snoop filters. */
export const SnoopFilterFlag = debugFlag('SnoopFilter', 'Lookups of snoop filters');
compoundFlag(
  'XBar',
  [BaseXBarFlag, CoherentXBarFlag, NoncoherentXBarFlag, SnoopFilterFlag],
  'Everything about crossbars',
);
