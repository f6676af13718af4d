/**
 * The interval timers of a program, which send it a signal when time is up.
 *
 * Source of the behaviour: setitimer(2). The clocks are simulated ones.
 */
import type { Tick } from '../base/index';
import { Signal } from './signals';

/** Which clock a timer follows, as setitimer(2) numbers them. */
export const IntervalTimer = { Real: 0, Virtual: 1, Profiling: 2 } as const;

/** The number of timers. */
export const INTERVAL_TIMERS = 3;

const SIGNALS = [Signal.SIGALRM, Signal.SIGVTALRM, Signal.SIGPROF] as const;

/** The two clocks that timers follow. */
export interface TimerClock {
  /** Simulated time. */
  readonly now: Tick;
  /** Ticks that the program has spent awake. */
  readonly cpuNow: Tick;
  /** When it is awake: now, or when its sleep ends; `Infinity` for one without end. */
  readonly awake: Tick;
}

/** One timer. Plain data: `expiry` is by the clock that the timer follows. */
export interface TimerSetting {
  /** `Infinity` when the timer is off. */
  expiry: Tick;
  /** Ticks from one expiry to the next; 0 for a timer that expires once. */
  interval: Tick;
}

/** Three timers, off at first. */
export class IntervalTimers {
  readonly settings: readonly TimerSetting[] = SIGNALS.map(() => ({
    expiry: Infinity,
    interval: 0,
  }));

  /** Whether one of them is on. */
  get active(): boolean {
    for (const { expiry } of this.settings) if (expiry !== Infinity) return true;
    return false;
  }

  /** Ticks until a timer expires, 0 when it is off. */
  remaining(which: number, clock: TimerClock): Tick {
    const expiry = this.settings[which]?.expiry ?? Infinity;
    // A timer that is about to expire still runs.
    return expiry === Infinity ? 0 : Math.max(1, expiry - clockOf(which, clock));
  }

  /** Sets a timer to expire after `delay` ticks and then every `interval`; 0 turns it off. */
  set(which: number, delay: Tick, interval: Tick, clock: TimerClock): void {
    const setting = this.settings[which];
    if (setting === undefined) return;
    setting.expiry = delay === 0 ? Infinity : clockOf(which, clock) + delay;
    setting.interval = interval;
  }

  /** The tick of the next expiry, `Infinity` when none is to come while things stay as they are. */
  next(clock: TimerClock): Tick {
    let next = Infinity;
    for (const [which, { expiry }] of this.settings.entries()) {
      if (expiry === Infinity) continue;
      const real = which === IntervalTimer.Real;
      next = Math.min(next, real ? expiry : clock.awake + expiry - clock.cpuNow);
    }
    return next;
  }

  /** The signals of timers that have expired; those with an interval start anew. */
  expire(clock: TimerClock): number[] {
    const signals: number[] = [];
    for (const [which, setting] of this.settings.entries()) {
      const late = clockOf(which, clock) - setting.expiry;
      if (!(late >= 0)) continue;
      const { interval } = setting;
      setting.expiry =
        interval === 0 ? Infinity : setting.expiry + interval * (Math.floor(late / interval) + 1);
      const signal = SIGNALS[which];
      if (signal !== undefined) signals.push(signal);
    }
    return signals;
  }
}

function clockOf(which: number, { now, cpuNow }: TimerClock): Tick {
  return which === IntervalTimer.Real ? now : cpuNow;
}
