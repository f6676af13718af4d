/**
 * The guest's time stamp counter, by which gem5 keeps simulated time, against the monotonic clock, by
 * which it is kept here: how far they drift apart, and what reading the former costs.
 */
import { Msr } from '../src/arch/x86/index';
import { KVM_CREATE_VCPU, KVM_GET_TSC_KHZ } from '../src/kvm/abi';
import { KvmDescriptor } from '../src/kvm/descriptor';
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

/** Frequency of the guests' time stamp counters in Hz, as KVM says. */
function tscFrequency({ kvm, vm }: BareGuest): number {
  const vcpu = new KvmDescriptor(
    kvm.calls,
    vm.request(KVM_CREATE_VCPU, 1, 'making a vCPU'),
    'vCPU',
  );
  try {
    return vcpu.request(KVM_GET_TSC_KHZ, 0, 'asking for the frequency') * 1000;
  } finally {
    vcpu.dispose();
  }
}

/** Nanoseconds that something takes, at best. */
function fastest(rounds: number, what: () => unknown): number {
  let best = Infinity;
  for (let i = 0; i < rounds; i++) {
    const start = monotonicNanoseconds();
    for (let j = 0; j < 10; j++) what();
    best = Math.min(best, (monotonicNanoseconds() - start) / 10);
  }
  return best;
}

export function run({ smoke }: BenchOptions): BenchResult[] {
  const guest = new BareGuest({ code: OUT_LOOP });
  try {
    const { vcpu } = guest;
    const frequency = tscFrequency(guest);
    const value = new BigUint64Array(1);
    vcpu.readMsrs([Msr.TSC], value);
    const [from = 0n] = value;
    const first = read(guest, from);
    idle(smoke ? 20 : 10_000);
    const last = read(guest, from);
    const elapsed = (last.ns - first.ns) / 1e9;
    const drift = ((last.cycles - first.cycles) / elapsed / frequency - 1) * 1e6;
    const rounds = smoke ? 10 : 2000;
    return [
      differenceResult({
        ...{ name: 'guest’s time stamp counter against simulated time', unit: 'ppm' },
        ...{ measured: Math.abs(drift), reference: 0, referenceName: 'the monotonic clock' },
        ...{ limit: 50, detail: { seconds: elapsed, frequency } },
      }),
      ratioResult({
        ...{ name: 'reading the time stamp counter before and after a run', unit: 'ns' },
        measured: 2 * fastest(rounds, () => vcpu.readMsrs([Msr.TSC], value)),
        reference: fastest(rounds, () => vcpu.run()),
        referenceName: 'an exit',
      }),
    ];
  } finally {
    guest.dispose();
  }
}
