/**
 * The signal that ends KVM_RUN: blocked in the thread, so that no handler ever runs, and let through
 * only while the guest runs.
 *
 * Source of the behaviour: gem5 `cpu/kvm/base.cc` (setupSignalHandler, kick, discardPendingSignal).
 */
import {
  blockSignals,
  realTimeSignals,
  signalMask,
  signalThread,
  SignalSet,
  takePendingSignal,
  threadId,
} from '../host/index';

const SIGINT = 2;

/** What a runner needs of the signal; a test puts a double in its place. */
export interface Kick {
  /** Number of the signal. */
  readonly signal: number;
  /** Kernel number of the thread that runs the vCPU. */
  readonly thread: number;
  /** What KVM has to block while the guest runs: one bit for each signal, signal 1 lowest. */
  readonly guestMask: bigint;
  /** Takes a kick away that arrived too late to end a run. @returns whether there was one */
  discard(): boolean;
  /** Ends the run in progress, or else the next. */
  send(): void;
}

/** The kick of one thread. To be made by the thread that runs the vCPU. */
export class KickSignal implements Kick {
  /** The first real-time signal, as in gem5. */
  readonly signal: number = realTimeSignals().first;
  readonly thread: number = threadId();
  readonly guestMask: bigint;
  readonly #set = new SignalSet([this.signal]);

  constructor() {
    blockSignals(this.#set);
    const mask = signalMask();
    mask.delete(this.signal);
    mask.delete(SIGINT); // so that Ctrl-C ends a run, whatever the thread thinks of it
    this.guestMask = new DataView(mask.bytes.buffer).getBigUint64(0, true);
  }

  discard(): boolean {
    return takePendingSignal(this.#set) !== 0;
  }

  send(): void {
    signalThread(this.thread, this.signal);
  }
}
