/** The receive FIFO of a UART. */
import { panic } from '../base/index';
import { FIFO_BYTES } from './uartRegisters';

/** Up to sixteen received bytes; one while FIFOs are disabled. */
export class ReceiveFifo {
  readonly #bytes = new Uint8Array(FIFO_BYTES);
  #first = 0;
  #count = 0;
  #capacity = 1;

  /** How many bytes wait. */
  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#capacity;
  }

  /** Forgets all bytes, and from now on holds sixteen or one. */
  reset(enabled: boolean): void {
    this.#capacity = enabled ? FIFO_BYTES : 1;
    this.#count = 0;
  }

  /** Adds a byte behind the others. @throws {PanicError} when it is full */
  push(byte: number): void {
    if (this.isFull) panic('a byte was pushed into a full FIFO');
    this.#bytes[(this.#first + this.#count) % FIFO_BYTES] = byte;
    this.#count++;
  }

  /** Takes the first byte out. @throws {PanicError} when it is empty */
  shift(): number {
    if (this.#count === 0) panic('a byte was taken from an empty FIFO');
    const byte = this.#bytes[this.#first] ?? 0;
    this.#first = (this.#first + 1) % FIFO_BYTES;
    this.#count--;
    return byte;
  }

  /** The bytes that wait, first come first. */
  toArray(): number[] {
    return Array.from(
      { length: this.#count },
      (_, i) => this.#bytes[(this.#first + i) % FIFO_BYTES] ?? 0,
    );
  }
}
