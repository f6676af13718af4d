/** A set of signals, in the C library's layout. */

/** Size of the C library's `sigset_t` in bytes. */
const SIGSET_BYTES = 128;
/** Signals are numbered from 1 to this. */
export const MAX_SIGNAL = 64;

/**
 * A `sigset_t`: signal `n` is bit `n - 1`. The kernel itself knows only the first 8 bytes, and
 * requests that go to it directly (`KVM_SET_SIGNAL_MASK`) take just those.
 */
export class SignalSet {
  /** The set as the C library wants it; changes to the one are changes to the other. */
  readonly bytes = new Uint8Array(SIGSET_BYTES);

  /** @param signals - signal numbers, 1 to 64, that are in the set at first */
  constructor(signals: Iterable<number> = []) {
    for (const signal of signals) this.add(signal);
  }

  /** Puts a signal into the set. @throws {RangeError} when there is no such signal */
  add(signal: number): void {
    const index = byteIndex(signal);
    this.bytes[index] = (this.bytes[index] ?? 0) | bitOf(signal);
  }

  /** Takes a signal out of the set. @throws {RangeError} when there is no such signal */
  delete(signal: number): void {
    const index = byteIndex(signal);
    this.bytes[index] = (this.bytes[index] ?? 0) & ~bitOf(signal);
  }

  /** True when the signal is in the set. @throws {RangeError} when there is no such signal */
  has(signal: number): boolean {
    return ((this.bytes[byteIndex(signal)] ?? 0) & bitOf(signal)) !== 0;
  }

  /** The signals of the set, in order. */
  signals(): number[] {
    const found: number[] = [];
    for (let signal = 1; signal <= MAX_SIGNAL; signal++) if (this.has(signal)) found.push(signal);
    return found;
  }
}

function byteIndex(signal: number): number {
  if (!(Number.isInteger(signal) && signal >= 1 && signal <= MAX_SIGNAL))
    throw new RangeError(`there is no signal ${String(signal)}`);
  return (signal - 1) >> 3;
}

function bitOf(signal: number): number {
  return 1 << ((signal - 1) & 7);
}
