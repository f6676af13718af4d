/**
 * A first SimObject: it says that it was made, and does nothing else.
 *
 *     mini-gem5 configs/tutorial/simpleObject.ts
 */
import * as m5 from 'mini-gem5';
import {
  debugFlag,
  defineSchema,
  dprintf,
  nodeClass,
  SimObject,
  simObjectSchema,
  type ParamsOf,
} from 'mini-gem5/model';
import { Root } from 'mini-gem5/objects';

// The declaration: what the class is called, what it derives from, what it is.
const simpleObjectSchema = defineSchema('SimpleObject', simObjectSchema, {
  description: 'An object that says that it was made',
});

// A debug flag: it switches the trace lines of this class on and off.
const SimpleFlag = debugFlag('SimpleObject', 'What the first SimObject of the tutorial does');

// The model: what the object does while the simulation runs.
class SimpleObjectModel extends SimObject {
  static override readonly schema = simpleObjectSchema;

  constructor(params: ParamsOf<typeof simpleObjectSchema>) {
    super(params);
    if (SimpleFlag.enabled) dprintf(SimpleFlag, this.curTick(), this.name(), 'made');
  }

  override startup(): void {
    if (SimpleFlag.enabled) dprintf(SimpleFlag, this.curTick(), this.name(), 'started');
  }
}

// The node class: what a script puts into its tree.
const SimpleObject = nodeClass(SimpleObjectModel, simpleObjectSchema);

// From here on this is a script like any other.
SimpleFlag.enable();
const root = new Root({ fullSystem: false, hello: new SimpleObject() });
m5.instantiate(root);

console.log('Beginning simulation!');
const exit = m5.simulate(1000);
console.log(`Exiting @ tick ${m5.curTick()} because ${exit.cause}`);
