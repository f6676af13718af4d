/**
 * What hangs on a serial line. Source: gem5 `dev/serial/serial.{hh,cc}`, `dev/serial/Serial.py`.
 */
import { fatal, panic } from '../base/index';
import { defineSchema, SimObject, simObjectSchema } from '../sim/index';
import type { ParamsOf } from '../sim/index';

export const serialDeviceSchema = defineSchema('SerialDevice', simObjectSchema, {
  description: 'Base class of what hangs on a serial line',
  abstract: true,
});

/** Parameters of every serial device. */
export type SerialDeviceParams = ParamsOf<typeof serialDeviceSchema>;

/**
 * The far end of a serial line. The interface (a UART) drives it: it writes bytes, asks whether there
 * are bytes for it, and reads them. Bytes wait here for as long as the interface leaves them.
 */
export abstract class SerialDevice extends SimObject {
  static override readonly schema = serialDeviceSchema;
  #interfaceCallback: (() => void) | null = null;

  /**
   * Sets what to call when there are bytes to read after there were none.
   *
   * @throws {FatalError} when another interface has the device
   */
  regInterfaceCallback(callback: () => void): void {
    if (this.#interfaceCallback !== null) {
      fatal(`${this.name()} is the device of two UARTs; give each its own`);
    }
    this.#interfaceCallback = callback;
  }

  /** Tells the interface that there are bytes to read now. */
  protected notifyInterface(): void {
    this.#interfaceCallback?.();
  }

  /** Whether there is a byte to read. */
  abstract dataAvailable(): boolean;

  /** The next byte. @throws {PanicError} when there is none */
  abstract readData(): number;

  /** Takes a byte that the interface sends. */
  abstract writeData(byte: number): void;
}

export const serialNullDeviceSchema = defineSchema('SerialNullDevice', serialDeviceSchema, {
  description: 'A serial line that leads nowhere',
});

/** Swallows what is written, and never has anything to read. */
export class SerialNullDevice extends SerialDevice {
  static override readonly schema = serialNullDeviceSchema;

  override readonly mayStartFresh = true;

  override dataAvailable(): boolean {
    return false;
  }

  override readData(): number {
    return panic(`${this.name()} has no data to read`);
  }

  override writeData(_byte: number): void {
    // It leads nowhere.
  }
}
