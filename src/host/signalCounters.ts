/**
 * Noticing signals while JavaScript never returns to the event loop.
 *
 * `simulate()` is one long synchronous loop, in which Node's own signal callbacks cannot run, and
 * JavaScript itself must never run in signal context. So the handler is a few bytes of machine code
 * in a page of their own. It counts each signal in a table that JavaScript sees as an `Int32Array`,
 * and stores a 1 into bytes that were registered (KVM's `immediate_exit`), which closes the gap
 * between looking at the counts and starting a system call. A call that is already waiting returns
 * `EINTR`.
 */
import { fatal, panic } from '../base/index';
import { ErrnoError } from './errno';
import { hostResources } from './hostResources';
import type { HostResource } from './hostResources';
import { lastErrno, libc } from './libc';
import { addressOf, HostMapping, Protection, protectMemory } from './memoryMap';
import { MAX_SIGNAL } from './signalSet';

const PAGE_BYTES = 4096;

// The table: a 32-bit count per signal number, at RUNNING the number of threads inside the handler,
// from FLAGS on the 64-bit addresses of the bytes to set, ended by a zero.
const TABLE_BYTES = 4096;
const RUNNING_OFFSET = 504;
const FLAGS_OFFSET = 512;
const MAX_FLAGS = (TABLE_BYTES - FLAGS_OFFSET) / 8 - 1;

// struct sigaction of the C library: handler, 128 bytes of mask, flags, padding, restorer.
const SIGACTION_BYTES = 152;
const SIGACTION_FLAGS = 136;
// Without SA_RESTART, so that a call that waits returns EINTR.
const SA_ONSTACK = 0x0800_0000;

/** The handler, `void handler(int signal)`: uses only registers that a call may change. */
function handlerCode(table: bigint): Uint8Array {
  const code = Uint8Array.from(
    [
      [0xf3, 0x0f, 0x1e, 0xfa], //                         endbr64
      [0x89, 0xff], //                                     mov  edi, edi    ; signal, extended
      [0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0], //             mov  rax, table
      [0xf0, 0xff, 0x80, 0xf8, 0x01, 0x00, 0x00], //       lock inc dword [rax + RUNNING]
      [0xf0, 0xff, 0x04, 0xb8], //                         lock inc dword [rax + rdi * 4]
      [0x48, 0x8d, 0x90, 0x00, 0x02, 0x00, 0x00], //       lea  rdx, [rax + FLAGS]
      [0x48, 0x8b, 0x0a], //                         next: mov  rcx, [rdx]
      [0x48, 0x85, 0xc9], //                               test rcx, rcx
      [0x74, 0x09], //                                     jz   done
      [0xc6, 0x01, 0x01], //                               mov  byte [rcx], 1
      [0x48, 0x83, 0xc2, 0x08], //                         add  rdx, 8
      [0xeb, 0xef], //                                     jmp  next
      [0xf0, 0xff, 0x88, 0xf8, 0x01, 0x00, 0x00], // done: lock dec dword [rax + RUNNING]
      [0xc3], //                                           ret
    ].flat(),
  );
  const TABLE_OPERAND = 8;
  new DataView(code.buffer).setBigUint64(TABLE_OPERAND, table, true);
  return code;
}

/** Reads the action of a signal and, where one is given, replaces it. */
function exchangeAction(signal: number, action: Uint8Array | null): Uint8Array {
  const old = new Uint8Array(SIGACTION_BYTES);
  // SAFETY: both blocks are as large as struct sigaction; a handler named in `action` is either
  // the code page, which outlives its installation, or came from the C library.
  const result = libc.sigaction(signal, action, old);
  if (result < 0) {
    const doing = `setting the action of signal ${String(signal)}`;
    throw new ErrnoError({ call: 'sigaction', errno: lastErrno(), doing });
  }
  return old;
}

function handlerOf(action: Uint8Array): bigint {
  return new DataView(action.buffer).getBigUint64(0, true);
}

/**
 * Counts signals from the moment of {@link install} until {@link restore}. A signal counted here
 * reaches nobody else: neither Node's callbacks nor the default action.
 */
export class SignalCounters implements HostResource {
  /**
   * How often each signal has arrived since it was installed, by signal number. Looking at it is
   * one memory read; nobody else writes it.
   */
  readonly counts: Int32Array;
  readonly #code: HostMapping;
  readonly #running: Int32Array;
  readonly #flags: BigUint64Array;
  readonly #saved = new Map<number, Uint8Array>();
  #flagCount = 0;

  /**
   * Prepares the handler; no signal is touched yet.
   *
   * @throws {FatalError} on a processor other than x86-64
   * @throws {ErrnoError} when memory cannot be mapped or made executable
   */
  constructor() {
    if (process.arch !== 'x64') fatal('counting signals needs an x86-64 host');
    // An ordinary buffer, whose address never changes: counts can be read even after dispose().
    const table = new ArrayBuffer(TABLE_BYTES);
    this.counts = new Int32Array(table, 0, MAX_SIGNAL + 1);
    this.#running = new Int32Array(table, RUNNING_OFFSET, 1);
    this.#flags = new BigUint64Array(table, FLAGS_OFFSET, MAX_FLAGS + 1);
    this.#code = new HostMapping({ length: PAGE_BYTES, doing: 'mapping the signal handler' });
    this.#code.bytes.set(handlerCode(addressOf(this.counts)));
    const { Read, Exec } = Protection;
    try {
      protectMemory(this.#code.address, PAGE_BYTES, Read | Exec, 'making the handler executable');
    } catch (error) {
      this.#code.unmap();
      throw error;
    }
    hostResources.add(this);
  }

  /**
   * Counts these signals from now on, beginning at 0. Signals counted already go on.
   *
   * @param signals - signal numbers, as in `os.constants.signals`
   * @throws {ErrnoError} EINVAL for a signal that cannot be caught; then none of `signals` is
   *   counted that was not before
   */
  install(signals: readonly number[]): void {
    if (!this.#code.mapped) panic('signals counted after the counters were disposed of');
    const action = new Uint8Array(SIGACTION_BYTES);
    const fields = new DataView(action.buffer);
    fields.setBigUint64(0, this.#code.address, true);
    fields.setInt32(SIGACTION_FLAGS, SA_ONSTACK, true);
    const installed: number[] = [];
    try {
      for (const signal of signals) {
        if (this.#saved.has(signal)) continue;
        this.counts[signal] = 0;
        this.#saved.set(signal, exchangeAction(signal, action));
        installed.push(signal);
      }
    } catch (error) {
      for (const signal of installed) this.#restoreOne(signal);
      throw error;
    }
  }

  /** How often a signal has arrived since it was installed. */
  count(signal: number): number {
    return this.counts[signal] ?? 0;
  }

  /**
   * Puts back the actions that {@link install} found, unchanged. One that somebody else has
   * replaced since (a `process.on('SIGINT', …)` of the script) is theirs now and stays.
   *
   * @param signals - which; all that are counted when left out
   */
  restore(signals: readonly number[] = [...this.#saved.keys()].reverse()): void {
    for (const signal of signals) this.#restoreOne(signal);
  }

  #restoreOne(signal: number): void {
    const saved = this.#saved.get(signal);
    this.#saved.delete(signal);
    if (saved === undefined || handlerOf(exchangeAction(signal, null)) !== this.#code.address)
      return;
    exchangeAction(signal, saved);
  }

  /**
   * Has every counted signal also store a 1 into one byte of host memory, before anything else of
   * this thread runs. Whoever reads the byte clears it.
   *
   * @param address - of the byte, which must stay mapped until {@link removeFlag}
   */
  addFlag(address: bigint): void {
    if (this.#flagCount === MAX_FLAGS) panic(`more than ${String(MAX_FLAGS)} bytes to set`);
    this.#flags[this.#flagCount++] = address; // one store: a handler sees all of it or nothing
  }

  /** Undoes {@link addFlag}; afterwards no handler touches the byte. Unknown ones are ignored. */
  removeFlag(address: bigint): void {
    const index = this.#flags.subarray(0, this.#flagCount).indexOf(address);
    if (index < 0) return;
    // The last one first fills the gap, so that a handler at any moment finds an unbroken list.
    const last = --this.#flagCount;
    this.#flags[index] = this.#flags[last] ?? 0n;
    this.#flags[last] = 0n;
    // A process's signal may run on any of its threads: wait for one that has read the list.
    while (Atomics.load(this.#running, 0) !== 0);
  }

  /** Restores all actions and releases the handler; a second call does nothing. */
  dispose(): void {
    if (!this.#code.mapped) return;
    this.restore();
    while (Atomics.load(this.#running, 0) !== 0);
    hostResources.remove(this);
    this.#code.unmap();
  }
}
