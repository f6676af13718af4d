/** Reading and writing all of a vCPU's state, against the bare ioctls in C (`vcpuState.c`). */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Msr, RegisterSet, stateMsrs, X86ThreadState } from '../src/arch/x86/index';
import { setLogSink } from '../src/base/index';
import { X86StateSync } from '../src/kvm/x86StateSync';
import { BareGuest } from '../test/support/bareGuest';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { inFolder, median, repositoryPath } from './support/command';

/** The guest that never runs: `jmp .` */
const code = [0xeb, 0xfe];
/** Written in each round, with another value. */
const changing = Msr.SFMASK;

/** Reads everything and writes everything so often; returns the nanoseconds of one round. */
function nsPerRound(state: X86ThreadState, sync: X86StateSync, rounds: number): number {
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    sync.pullShared();
    state.refresh(RegisterSet.All);
    state.setMsr(changing, round % 2 === 0 ? 0x100n : 0n);
    state.dirty = RegisterSet.All;
    sync.push();
  }
  return ((performance.now() - start) * 1e6) / rounds;
}

/** Gives every set a request of its own, as the reference does: no registers in the shared page. */
function syncOf({ kvm, vcpu }: BareGuest, state: X86ThreadState): X86StateSync {
  return new X86StateSync(state, vcpu, {
    syncRegs: 0,
    xsave: kvm.capXSave(),
    xcrs: kvm.capXCRs(),
    debugRegs: kvm.capDebugRegs(),
    vcpuEvents: kvm.capVCPUEvents(),
    mpState: kvm.capMPState(),
    lapic: false,
    msrs: kvm.getSupportedMSRs(),
  });
}

/** Compiles the reference and runs both in turn; the shortest rounds count. */
export function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const sink = setLogSink({ message: () => undefined, debug: () => undefined });
  const guest = new BareGuest({ code });
  const state = new X86ThreadState();
  const sync = syncOf(guest, state);
  const known = new Set(guest.kvm.getSupportedMSRs());
  const others = stateMsrs.filter(index => known.has(index) && index !== changing);
  const rounds = smoke ? 1 : 30;
  const count = smoke ? 20 : 300;
  const ours: number[] = [];
  const theirs: number[] = [];
  return inFolder(folder => {
    const reference = join(folder, 'vcpuState');
    execFileSync('cc', ['-O2', '-o', reference, repositoryPath('bench', 'vcpuState.c')]);
    const args = [count, changing, ...others].map(String);
    nsPerRound(state, sync, count);
    for (let round = 0; round < rounds; round++) {
      theirs.push(Number(execFileSync(reference, args, { encoding: 'utf8' })));
      ours.push(nsPerRound(state, sync, count));
    }
    return [
      ratioResult({
        name: 'reading and writing all of a vCPU’s state',
        unit: 'ns',
        measured: Math.min(...ours),
        reference: Math.min(...theirs),
        referenceName: 'the bare ioctls in C',
        limit: 1.5,
        detail: { rounds, median: median(ours), referenceMedian: median(theirs) },
      }),
    ];
  }).finally(() => {
    guest.dispose();
    setLogSink(sink);
  });
}
