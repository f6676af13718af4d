/**
 * Two objects, of which one has the other as a parameter.
 *
 *     mini-gem5 configs/tutorial/helloGoodbye.ts
 *
 * The counterpart of gem5's configs/learning_gem5/part2/hello_goodbye.py.
 */
import * as m5 from 'mini-gem5';
import { Root } from 'mini-gem5/objects';
import { GoodbyeObject } from './models/goodbyeObject';
import { HelloExample } from './models/helloExample';
import { HelloObject } from './models/helloObject';

HelloExample.enable();

const root = new Root({
  fullSystem: false,
  hello: new HelloObject({ timeToWait: '2us', numberOfFires: 5 }),
  goodbye: new GoodbyeObject({ bufferSize: '100B' }),
});

m5.instantiate(root);

console.log('Beginning simulation!');
const exit = m5.simulate();
console.log(`Exiting @ tick ${m5.curTick()} because ${exit.cause}`);
