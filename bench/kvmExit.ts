/** What one exit from the guest costs, against a bare KVM_RUN loop in C (`kvmExit.c`). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setLogSink } from '../src/base/index';
import { BareGuest } from '../test/support/bareGuest';
import { aBareKvmCpu, type BareKvmCpu } from '../test/support/bareKvmCpu';
import { ratioResult } from './result';
import type { BenchOptions, BenchResult } from './result';

/** `out %al, $0xe9; jmp back` */
const OUT_LOOP = [0xe6, 0xe9, 0xeb, 0xfc];

/** Nanoseconds of one exit in the C loop. */
function runReference(program: string, exits: number): number {
  return Number(execFileSync(program, [String(exits)], { encoding: 'utf8' }));
}

/** Something that exits so often and says how long that took, in milliseconds. */
type Loop = (exits: number) => number;

/** The bare vCPU: KVM_RUN and the decoding of the exit. */
function vcpuLoop({ vcpu }: BareGuest): Loop {
  return exits => {
    const start = performance.now();
    for (let i = 0; i < exits; i++) {
      const exit = vcpu.run();
      if (exit.kind !== 'io' && exit.kind !== 'interrupted') throw new Error(exit.kind);
    }
    return performance.now() - start;
  };
}

/** The whole way: event queue, X86KvmCPU, packet, port, device, and back. */
function deviceLoop({ simulation, device }: BareKvmCpu): Loop {
  device.recording = false;
  return exits => {
    const last = device.writeCount + exits;
    device.onWrite = () => {
      if (device.writeCount === last) simulation.exitSimLoop('enough');
    };
    const start = performance.now();
    simulation.simulate();
    return performance.now() - start;
  };
}

interface Measured {
  readonly name: string;
  readonly limit: number;
  readonly loop: Loop;
}

/** Interleaves all of them, so that they see the same load, and takes the best of each. */
function measure(program: string, loops: readonly Measured[], smoke: boolean): BenchResult[] {
  const rounds = smoke ? 1 : 12;
  const exits = smoke ? 200 : 10_000;
  let reference = Infinity;
  const best = loops.map(() => Infinity);
  for (const { loop } of loops) loop(Math.ceil(exits / 10));
  for (let i = 0; i < rounds; i++) {
    reference = Math.min(reference, runReference(program, exits));
    for (const [j, { loop }] of loops.entries()) {
      best[j] = Math.min(best[j] ?? Infinity, (loop(exits) / exits) * 1e6);
    }
  }
  return loops.map(({ name, limit }, j) =>
    ratioResult({
      ...{ name, limit, reference, unit: 'ns/exit', measured: best[j] ?? Infinity },
      ...{ referenceName: 'KVM_RUN loop in C', detail: { rounds, exits } },
    }),
  );
}

/** Compiles the reference and runs all. */
export async function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-exit-'));
  const program = join(folder, 'kvmExit');
  const sink = setLogSink({ message: () => undefined, debug: () => undefined });
  const guest = new BareGuest({ code: OUT_LOOP });
  const system = aBareKvmCpu({ code: OUT_LOOP });
  try {
    execFileSync('cc', ['-O2', '-o', program, join(__dirname, 'kvmExit.c')]);
    const loops = [
      { name: 'exit by a port write', limit: 1.15, loop: vcpuLoop(guest) },
      { name: 'port write to a device and back', limit: 1.25, loop: deviceLoop(system) },
    ];
    return await Promise.resolve(measure(program, loops, smoke));
  } finally {
    setLogSink(sink);
    guest.dispose();
    system.simulation.dispose();
    rmSync(folder, { recursive: true });
  }
}
