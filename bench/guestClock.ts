/**
 * The guest's time stamp counter, by which simulated time is kept, against the monotonic clock: how far
 * they drift apart, and what an entry costs that is timed by the one or by the other.
 */
import { Msr } from '../src/arch/x86/index';
import { KVM_GET_TSC_KHZ, KVM_RUN } from '../src/kvm/abi';
import { monotonicNanoseconds } from '../src/kvm/kvmTimer';
import { BareGuest } from '../test/support/bareGuest';
import { differenceResult, ratioResult, type BenchOptions, type BenchResult } from './result';

/** `out %al, $0xe9; jmp back` */
const OUT_LOOP = [0xe6, 0xe9, 0xeb, 0xfc];

interface Reading {
  readonly cycles: number;
  readonly ns: number;
}

/** Both clocks at one moment: the quickest of many readings. */
function read({ vcpu }: BareGuest, from: bigint): Reading {
  const value = new BigUint64Array(1);
  let best = { cycles: 0, ns: 0, took: Infinity };
  for (let i = 0; i < 200; i++) {
    const before = monotonicNanoseconds();
    vcpu.readMsrs([Msr.TSC], value);
    const took = monotonicNanoseconds() - before;
    if (took >= best.took) continue;
    best = { cycles: Number((value[0] ?? 0n) - from), ns: before + took / 2, took };
  }
  return best;
}

function idle(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Nanoseconds of one of them, at best: what is measured and its reference, in turn. */
function fastest(rounds: number, whats: readonly (() => unknown)[]): number[] {
  const best = whats.map(() => Infinity);
  for (let i = 0; i < rounds; i++) {
    for (const [j, what] of whats.entries()) {
      const start = monotonicNanoseconds();
      for (let k = 0; k < 10; k++) what();
      best[j] = Math.min(best[j] ?? Infinity, (monotonicNanoseconds() - start) / 10);
    }
  }
  return best;
}

/** An exit timed by the counter, against one timed by reading the monotonic clock twice. */
function timedExits({ vcpu }: BareGuest, rounds: number): BenchResult {
  const byClock = (): number => {
    const start = monotonicNanoseconds();
    vcpu.ioctl(KVM_RUN, 0, 'running the guest');
    return monotonicNanoseconds() - start;
  };
  const [measured = NaN, reference = NaN] = fastest(rounds, [() => vcpu.run(), byClock]);
  return ratioResult({
    ...{ name: 'exit timed by the time stamp counter', unit: 'ns', limit: 1.05 },
    ...{ measured, reference, referenceName: 'one timed by the monotonic clock' },
  });
}

export function run({ smoke }: BenchOptions): BenchResult[] {
  const guest = new BareGuest({ code: OUT_LOOP });
  try {
    const { vcpu } = guest;
    const frequency = vcpu.ioctl(KVM_GET_TSC_KHZ, 0, 'asking for the frequency') * 1000;
    const value = new BigUint64Array(1);
    vcpu.readMsrs([Msr.TSC], value);
    const [from = 0n] = value;
    const first = read(guest, from);
    idle(smoke ? 20 : 10_000);
    const last = read(guest, from);
    const elapsed = (last.ns - first.ns) / 1e9;
    const drift = ((last.cycles - first.cycles) / elapsed / frequency - 1) * 1e6;
    return [
      differenceResult({
        ...{ name: 'guest’s time stamp counter, by which time is kept', unit: 'ppm' },
        ...{ measured: Math.abs(drift), reference: 0, referenceName: 'the monotonic clock' },
        ...{ limit: 50, detail: { seconds: elapsed, frequency } },
      }),
      timedExits(guest, smoke ? 10 : 2000),
    ];
  } finally {
    guest.dispose();
  }
}
