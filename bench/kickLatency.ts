/** How long a guest that never exits runs when it is to be stopped after 1 ms. */
import { KvmEngine } from '../src/kvm/kvmEngine';
import { BareGuest } from '../test/support/bareGuest';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { median } from './support/command';

/** `jmp .` */
const ENDLESS = [0xeb, 0xfe];
/** Ticks of a millisecond. */
const MILLISECOND = 1e9;
/** Ticks of a cycle of a host at 1 GHz; it does not matter here. */
const HOST_PERIOD = 1000;

export function run({ smoke }: BenchOptions): BenchResult[] {
  const guest = new BareGuest({ code: ENDLESS });
  const engine = new KvmEngine({
    ...{ vcpu: guest.vcpu, ring: null, immediateExit: guest.kvm.capImmediateExit() },
    ...{ hostFactor: 1, hostFreq: HOST_PERIOD, ticksPerNs: 1000 },
  });
  try {
    engine.restart();
    const runs = smoke ? 5 : 500;
    const milliseconds = Array.from({ length: runs }, () => {
      engine.runner.run(MILLISECOND);
      return engine.runner.hostNs / 1e6;
    });
    return [
      ratioResult({
        name: 'stopping a guest after 1 ms',
        unit: 'ms',
        measured: median(milliseconds),
        reference: 1,
        referenceName: 'the time asked for',
        limit: 1.2,
        detail: { runs, longest: Math.max(...milliseconds) },
      }),
    ];
  } finally {
    engine.dispose();
    guest.dispose();
  }
}
