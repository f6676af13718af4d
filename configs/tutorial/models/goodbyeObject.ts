/** An object that copies a farewell into a buffer, at a limited speed, until the buffer is full. */
import {
  defineSchema,
  dprintf,
  EventFunctionWrapper,
  nodeClass,
  param,
  SimObject,
  simObjectSchema,
  type ParamsOf,
} from 'mini-gem5/model';
import { HelloExample } from './helloExample';

const goodbyeObjectSchema = defineSchema('GoodbyeObject', simObjectSchema, {
  description: 'Fills a buffer with a farewell',
  params: {
    bufferSize: param.MemorySize('1KiB', 'size of the buffer'),
    writeBandwidth: param.MemoryBandwidth('100MiB/s', 'how fast the buffer can be filled'),
  },
});

/** The model behind `GoodbyeObject`. */
export class GoodbyeObjectModel extends SimObject {
  static override readonly schema = goodbyeObjectSchema;
  /** One byte less than the buffer has, for the zero that ends a text in memory. */
  readonly #room: number;
  /** The bandwidth comes as ticks per byte. */
  readonly #ticksPerByte: number;
  readonly #fillEvent = new EventFunctionWrapper(() => this.#fill(), `${this.name()}.fill`);
  #message = '';
  #buffer = '';

  constructor(params: ParamsOf<typeof goodbyeObjectSchema>) {
    super(params);
    this.#room = params.bufferSize - 1;
    this.#ticksPerByte = params.writeBandwidth;
  }

  /** Begins to fill the buffer; the run ends when it is full. */
  sayGoodbye(name: string): void {
    this.#message = `Goodbye, ${name}. `;
    this.#fill();
  }

  #fill(): void {
    const piece = this.#message.slice(0, this.#room - this.#buffer.length);
    this.#buffer += piece;
    const done = this.curTick() + Math.floor(piece.length * this.#ticksPerByte);
    if (HelloExample.enabled) {
      const text = `${this.#buffer.length} of ${this.#room} bytes`;
      dprintf(HelloExample, this.curTick(), this.name(), text);
    }
    if (this.#buffer.length < this.#room) this.schedule(this.#fillEvent, done);
    else this.simulation.exitSimLoop(this.#buffer, 0, done);
  }
}

/** The class for scripts. */
export const GoodbyeObject = nodeClass(GoodbyeObjectModel, goodbyeObjectSchema);
