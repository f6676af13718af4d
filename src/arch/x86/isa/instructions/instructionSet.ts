/** All instructions that there are. */
import type { Family } from '../definition';
import { arithmetic } from './arithmetic';
import { bits } from './bits';
import { control } from './control';
import { dataMovement } from './dataMovement';
import { mmx } from './mmx';
import { segments } from './segments';
import { shifts } from './shifts';
import { stateSaving } from './stateSaving';
import { strings } from './strings';
import { system } from './system';
import { vectorAvx } from './vectorAvx';
import { vectorCiphers } from './vectorCiphers';
import { vectorConversions } from './vectorConversions';
import { vectorExtensions } from './vectorExtensions';
import { vectorFloats } from './vectorFloats';
import { vectorFused } from './vectorFused';
import { vectorIntegers } from './vectorIntegers';
import { vectorMasked } from './vectorMasked';
import { vectorMoves } from './vectorMoves';
import { vectorSse4 } from './vectorSse4';
import { vectorShuffles } from './vectorShuffles';
import { x87 } from './x87';

/** Every encoding of every instruction. */
export const instructionSet: Family = [
  ...arithmetic,
  ...dataMovement,
  ...shifts,
  ...bits,
  ...strings,
  ...control,
  ...system,
  ...segments,
  ...stateSaving,
  ...mmx,
  ...vectorMoves,
  ...vectorShuffles,
  ...vectorIntegers,
  ...vectorFloats,
  ...vectorConversions,
  ...vectorExtensions,
  ...vectorSse4,
  ...vectorAvx,
  ...vectorMasked,
  ...vectorFused,
  ...vectorCiphers,
  ...x87,
];
