/**
 * What becomes of a mistake: a duration given in bytes.
 *
 *     mini-gem5 configs/tutorial/wrongUnit.ts
 */
import * as m5 from 'mini-gem5';
import { Root } from 'mini-gem5/objects';
import { GoodbyeObject } from './models/goodbyeObject';
import { HelloObject } from './models/helloObject';

const root = new Root({
  fullSystem: false,
  hello: new HelloObject({ timeToWait: '2MiB' }),
  goodbye: new GoodbyeObject(),
});
m5.instantiate(root);
