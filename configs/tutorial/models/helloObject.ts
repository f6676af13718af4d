/** An object that greets several times and then leaves the last word to another object. */
import {
  defineSchema,
  dprintf,
  EventFunctionWrapper,
  nodeClass,
  param,
  Parent,
  SimObject,
  simObjectSchema,
  type ParamsOf,
  type Tick,
} from 'mini-gem5/model';
import type { GoodbyeObjectModel } from './goodbyeObject';
import { HelloExample } from './helloExample';

const helloObjectSchema = defineSchema('HelloObject', simObjectSchema, {
  description: 'Greets several times',
  params: {
    // A description alone: the script must give a value.
    timeToWait: param.Latency('time before each greeting'),
    // A default and a description.
    numberOfFires: param.Int(1, 'how many greetings there are'),
    // Another object. `Parent.any` looks for one around this object.
    goodbyeObject: param.SimObject<GoodbyeObjectModel>(
      'GoodbyeObject',
      Parent.any,
      'who says goodbye',
    ),
  },
});

/** The model behind `HelloObject`. */
export class HelloObjectModel extends SimObject {
  static override readonly schema = helloObjectSchema;
  readonly #greetEvent = new EventFunctionWrapper(() => this.#greet(), `${this.name()}.greet`);
  readonly #timeToWait: Tick;
  readonly #goodbye: GoodbyeObjectModel;
  #timesLeft: number;

  constructor(params: ParamsOf<typeof helloObjectSchema>) {
    super(params);
    this.#timeToWait = params.timeToWait;
    this.#timesLeft = params.numberOfFires;
    this.#goodbye = params.goodbyeObject;
  }

  override startup(): void {
    this.schedule(this.#greetEvent, this.#timeToWait);
  }

  #greet(): void {
    this.#timesLeft--;
    if (HelloExample.enabled) {
      dprintf(HelloExample, this.curTick(), this.name(), `hello, ${this.#timesLeft} left`);
    }
    if (this.#timesLeft > 0) this.schedule(this.#greetEvent, this.curTick() + this.#timeToWait);
    else this.#goodbye.sayGoodbye(this.name());
  }
}

/** The class for scripts. */
export const HelloObject = nodeClass(HelloObjectModel, helloObjectSchema);
