/** What an operating system kernel knows about a program and its thread, in a checkpoint. */
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import type { ProcessEnd, ProcessState } from './processState';
import type { ProcessThread } from './processThread';
import type { PendingSignal, SignalAction, SignalMask } from './signals';

/** A set of signals as a checkpoint has it. */
const maskWord = ({ low, high }: SignalMask): bigint =>
  (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
const wordMask = (word: bigint): SignalMask => ({
  low: Number(BigInt.asIntN(32, word)),
  high: Number(BigInt.asIntN(32, word >> 32n)),
});

/** The program: everything but memory and files. */
export class SavedProcess implements Serializable {
  readonly #state: ProcessState;

  constructor(state: ProcessState) {
    this.#state = state;
  }

  serialize(out: CheckpointOut): void {
    const state = this.#state;
    out.paramOut('cwd', state.cwd);
    out.paramOut('umask', state.umask);
    out.paramOut('nice', state.nice);
    out.paramOut('fileLimits', [state.files.limit, state.files.hardLimit]);
    out.paramOut('comm', state.comm);
    out.paramOut('nextPipe', state.nextPipe);
    out.paramOut('random', state.random.getState());
    const actions = [...state.signalActions.entries()].sort(([a], [b]) => a - b);
    const list = (key: string, of: (action: SignalAction, signal: number) => number): void => {
      out.paramOut(
        `action.${key}`,
        actions.map(([signal, action]) => of(action, signal)),
      );
    };
    list('signal', (_, signal) => signal);
    list('handler', ({ handler }) => handler);
    list('flags', ({ flags }) => flags);
    list('restorer', ({ restorer }) => restorer);
    out.paramOut(
      'action.mask',
      actions.map(([, { mask }]) => maskWord(mask)),
    );
    out.paramOut(
      'timer.expiry',
      state.timers.settings.map(({ expiry }) => expiry),
    );
    out.paramOut(
      'timer.interval',
      state.timers.settings.map(({ interval }) => interval),
    );
    saveEnd(state.end, out);
  }

  unserialize(from: CheckpointIn): void {
    const state = this.#state;
    state.cwd = from.string('cwd');
    state.umask = from.number('umask');
    // Checkpoints of earlier versions have neither.
    if (from.has('nice')) state.nice = from.number('nice');
    const limits = from.has('fileLimits') ? from.numbers('fileLimits') : [];
    const [limit = state.files.limit, hardLimit = limit] = limits;
    state.files.limit = limit;
    state.files.hardLimit = hardLimit;
    state.comm = from.string('comm');
    state.nextPipe = from.number('nextPipe');
    state.random.setState(from.numbers('random'));
    const handlers = from.numbers('action.handler');
    const flags = from.numbers('action.flags');
    const restorers = from.numbers('action.restorer');
    const masks = from.bigints('action.mask');
    for (const [i, signal] of from.numbers('action.signal').entries()) {
      state.signalActions.set(signal, {
        handler: handlers[i] ?? 0,
        flags: flags[i] ?? 0,
        restorer: restorers[i] ?? 0,
        mask: wordMask(masks[i] ?? 0n),
      });
    }
    const expiries = from.numbers('timer.expiry');
    const intervals = from.numbers('timer.interval');
    for (const [which, setting] of state.timers.settings.entries()) {
      setting.expiry = expiries[which] ?? Infinity;
      setting.interval = intervals[which] ?? 0;
    }
    state.end = loadEnd(from);
  }
}

function saveEnd(end: ProcessEnd | undefined, out: CheckpointOut): void {
  out.paramOut('end', end?.kind ?? 'none');
  if (end?.kind === 'exit') out.paramOut('endStatus', end.status);
  if (end?.kind !== 'signal') return;
  out.paramOut('endSignal', end.signal);
  out.paramOut('endReason', end.reason);
}

function loadEnd(from: CheckpointIn): ProcessEnd | undefined {
  const kind = from.string('end');
  switch (kind) {
    case 'none':
      return undefined;
    case 'exit':
      return { kind, status: from.number('endStatus') };
    case 'signal':
      return { kind, signal: from.number('endSignal'), reason: from.string('endReason') };
    default:
      return from.fail(`'${kind}' is no way for a program to end`);
  }
}

/** A thread: everything but its registers. */
export class SavedThread implements Serializable {
  readonly #thread: ProcessThread;

  constructor(thread: ProcessThread) {
    this.#thread = thread;
  }

  serialize(out: CheckpointOut): void {
    const thread = this.#thread;
    out.paramOut('clearChildTid', thread.clearChildTid);
    out.paramOut('robustList', thread.robustList);
    out.paramOut('blocked', maskWord(thread.blocked));
    const { blockedBefore } = thread;
    if (blockedBefore !== undefined) out.paramOut('blockedBefore', maskWord(blockedBefore));
    out.paramOut('signalStack', [thread.signalStack.address, thread.signalStack.size]);
    out.paramOut('extendedFeatures', thread.extendedFeatures);
    out.paramOut('sleptTicks', thread.sleptTicks);
    if (thread.deadline !== undefined) out.paramOut('deadline', thread.deadline);
    const { sleep } = thread;
    out.paramOut('sleeps', sleep !== undefined);
    if (sleep !== undefined) {
      const { since, until, result, restartable, awaits, remainder } = sleep;
      out.paramOut('sleep', [since, until, result, Number(restartable), remainder]);
      out.paramOut('awaits', maskWord(awaits));
    }
    savePending(thread.pending, out);
  }

  unserialize(from: CheckpointIn): void {
    const thread = this.#thread;
    thread.clearChildTid = from.number('clearChildTid');
    thread.robustList = from.number('robustList');
    thread.blocked = wordMask(from.bigint('blocked'));
    if (from.has('blockedBefore')) thread.blockedBefore = wordMask(from.bigint('blockedBefore'));
    const [address = 0, size = 0] = from.numbers('signalStack');
    thread.signalStack = { address, size };
    thread.extendedFeatures = from.number('extendedFeatures');
    thread.sleptTicks = from.number('sleptTicks');
    thread.deadline = from.has('deadline') ? from.number('deadline') : undefined;
    if (from.boolean('sleeps')) {
      const [since = 0, until = 0, result = 0, restartable = 0, remainder = 0] =
        from.numbers('sleep');
      const awaits = wordMask(from.bigint('awaits'));
      const again = restartable !== 0;
      thread.sleep = { since, until, result, restartable: again, awaits, remainder };
    }
    thread.pending.splice(0, Infinity, ...loadPending(from));
  }
}

/** For a signal that no fault has caused. */
const NO_FAULT = -1;

function savePending(pending: readonly PendingSignal[], out: CheckpointOut): void {
  const list = (key: string, of: (signal: PendingSignal) => number): void => {
    out.paramOut(`pending.${key}`, pending.map(of));
  };
  list('signal', ({ signal }) => signal);
  list('code', ({ code }) => code);
  list('address', ({ address }) => address);
  list('vector', ({ vector }) => vector ?? NO_FAULT);
  list('errorCode', ({ errorCode }) => errorCode ?? NO_FAULT);
  out.paramOut(
    'pending.reason',
    pending.map(({ reason }) => reason),
  );
}

function loadPending(from: CheckpointIn): PendingSignal[] {
  const codes = from.numbers('pending.code');
  const addresses = from.numbers('pending.address');
  const vectors = from.numbers('pending.vector');
  const errorCodes = from.numbers('pending.errorCode');
  const reasons = from.strings('pending.reason');
  return from.numbers('pending.signal').map((signal, i) => {
    const vector = vectors[i] ?? NO_FAULT;
    const errorCode = errorCodes[i] ?? NO_FAULT;
    return {
      signal,
      code: codes[i] ?? 0,
      address: addresses[i] ?? 0,
      ...(vector !== NO_FAULT && { vector }),
      ...(errorCode !== NO_FAULT && { errorCode }),
      reason: reasons[i] ?? '',
    };
  });
}
