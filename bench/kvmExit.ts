/** What one exit from the guest costs, against a bare KVM_RUN loop in C (`kvmExit.c`). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BareGuest } from '../test/support/bareGuest';
import { ratioResult } from './result';
import type { BenchOptions, BenchResult } from './result';

/** `out %al, $0xe9; jmp back` */
const OUT_LOOP = [0xe6, 0xe9, 0xeb, 0xfc];

/** Nanoseconds of one exit in the C loop. */
function runReference(program: string, exits: number): number {
  return Number(execFileSync(program, [String(exits)], { encoding: 'utf8' }));
}

/** Nanoseconds of one exit here. */
function runOurs(guest: BareGuest, exits: number): number {
  const { vcpu } = guest;
  const start = performance.now();
  for (let i = 0; i < exits; i++) {
    const exit = vcpu.run();
    if (exit.kind !== 'io' && exit.kind !== 'interrupted') throw new Error(exit.kind);
  }
  return ((performance.now() - start) / exits) * 1e6;
}

/** Interleaves the two, so that both see the same load, and takes the best of each. */
function measure(program: string, { smoke }: BenchOptions): BenchResult {
  const rounds = smoke ? 1 : 12;
  const exits = smoke ? 200 : 10_000;
  const guest = new BareGuest({ code: OUT_LOOP });
  try {
    runOurs(guest, Math.ceil(exits / 10));
    let measured = Infinity;
    let reference = Infinity;
    for (let i = 0; i < rounds; i++) {
      reference = Math.min(reference, runReference(program, exits));
      measured = Math.min(measured, runOurs(guest, exits));
    }
    return ratioResult({
      name: 'one exit by a port write',
      unit: 'ns/exit',
      measured,
      reference,
      referenceName: 'KVM_RUN loop in C',
      limit: 1.15,
      detail: { rounds, exits },
    });
  } finally {
    guest.dispose();
  }
}

/** Compiles the reference and runs both. */
export async function run(options: BenchOptions): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-exit-'));
  try {
    const program = join(folder, 'kvmExit');
    execFileSync('cc', ['-O2', '-o', program, join(__dirname, 'kvmExit.c')]);
    return await Promise.resolve([measure(program, options)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
