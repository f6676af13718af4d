/** What a program and statistics see of time where a CPU model gets a thread from another, or from a checkpoint. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { R15 } from '../../src/arch/x86/index';
import { setLogSink } from '../../src/base/index';
import { assembled } from '../support/assembled';
import { ModelMachine, type Model } from '../support/cpuModels';
import { itWithKvm } from '../support/kvm';

/** Reads the time stamp counter into R15 forever; ends when it has gone backwards. */
const watching = `
.intel_syntax noprefix
.globl _start
_start:
  xor r15d, r15d
again:
  rdtsc
  shl rdx, 32
  or rax, rdx
  cmp rax, r15
  jb backwards
  mov r15, rax
  jmp again
backwards:
  mov edi, 1
  mov eax, 60
  syscall
`;

/** Sleeps for 200 ms and ends. */
const sleeping = `
.intel_syntax noprefix
.globl _start
_start:
  lea rdi, [rip + time]
  xor esi, esi
  mov eax, 35
  syscall
  xor edi, edi
  mov eax, 60
  syscall
time: .quad 0, 200000000
`;

const LIMIT = 'simulate() limit reached';
const ALL: readonly [Model, ...Model[]] = ['kvm', 'atomic', 'timing'];
/** Ticks of a cycle of the models. */
const CYCLE = 1000;
const HALF_OF_SLEEP = 100e9;

describe('When a CPU model goes on with a thread', () => {
  const made: ModelMachine[] = [];
  let folder = '';
  let programs = { watching: '', sleeping: '' };
  let sink: ReturnType<typeof setLogSink> | undefined;

  before(() => {
    sink = setLogSink({ message: () => undefined, debug: () => undefined });
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-time-'));
    programs = {
      watching: assembled(watching, folder, 'watching'),
      sleeping: assembled(sleeping, folder, 'sleeping'),
    };
  });
  after(() => {
    if (sink !== undefined) setLogSink(sink);
    rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    for (const machine of made.splice(0)) machine.dispose();
  });

  function machine(
    models: readonly [Model, ...Model[]],
    program: string,
    from?: string,
    options?: ConstructorParameters<typeof ModelMachine>[3],
  ) {
    const it = new ModelMachine(models, [program], from, options);
    made.push(it);
    return it;
  }

  /** The time stamp that the program has read last. */
  const timestamp = (it: ModelMachine): bigint => it.cpu().getContext(0).registers().gpr(R15);

  /** Runs for some time, at the end of which the program is still there. */
  function watch(it: ModelMachine, ticks: number): bigint {
    expect(it.m5.simulate(ticks).cause).to.equal(LIMIT);
    it.m5.drain();
    return timestamp(it);
  }

  /** Runs until the program has read another time stamp: an entry into KVM may be too short for any. */
  function watchOn(it: ModelMachine, last: bigint): bigint {
    let now = last;
    while (now === last) now = watch(it, 20e6);
    return now;
  }

  itWithKvm('the time stamp counter does not go backwards', () => {
    const it = machine(ALL, programs.watching);
    const plan = ['atomic', 'kvm', 'timing', 'atomic', 'kvm', 'timing', 'kvm', 'atomic'] as const;
    let last = watchOn(it, 0n);
    for (const model of plan) {
      it.switchTo(model);
      const now = watchOn(it, last);
      expect(now > last, `${model}: ${String(now)} after ${String(last)}`).to.equal(true);
      last = now;
    }
  });

  itWithKvm('the time stamp counter goes on from that of a checkpoint', () => {
    for (const model of ['kvm', 'atomic'] as const) {
      const saved = machine([model], programs.watching);
      const last = watchOn(saved, 0n);
      const directory = saved.m5.checkpoint(join(saved.folder, 'cpt'));
      // Nor does it matter that a CPU is saved before it has run.
      const unused = machine(['atomic'], programs.watching, directory);
      const copy = unused.m5.checkpoint(join(unused.folder, 'cpt'));
      const restored = machine(['timing'], programs.watching, copy);
      const cycles = watch(restored, 20e6) - last;
      expect(cycles > 1000n, `${model}: ${String(cycles)}`).to.equal(true);
      if (model === 'atomic') expect(cycles <= 21_000n, String(cycles)).to.equal(true);
    }
  });

  it('the time stamp counter is the number of cycles of models in software, from the first tick on', () => {
    const it = machine(['atomic', 'timing'], programs.watching);
    for (const model of ['atomic', 'timing', 'atomic'] as const) {
      it.switchTo(model);
      const now = watch(it, 1e6);
      const behind = it.m5.curTick() / CYCLE - Number(now);
      expect(behind, model).to.be.within(0, 200);
    }
  });

  itWithKvm('cycles count from then on, though the thread sleeps', () => {
    const cycles = (it: ModelMachine): number => it.cpu().baseStats.numCycles.value;
    const ends = (it: ModelMachine, what: string): void => {
      const start = it.m5.curTick();
      expect(it.m5.simulate().code).to.equal(0);
      // A KVM CPU may already have counted cycles of an entry that simulated time is yet to pass.
      const passed = it.m5.curTick() - start + HALF_OF_SLEEP * 0.9;
      expect(cycles(it), what).to.be.within(HALF_OF_SLEEP / CYCLE - 1, passed / CYCLE);
    };
    const saved = machine(['atomic'], programs.sleeping);
    saved.m5.simulate(HALF_OF_SLEEP);
    const directory = saved.m5.checkpoint(join(saved.folder, 'cpt'));
    for (const model of ALL) {
      const first = model === 'timing' ? 'atomic' : 'timing';
      const switched = machine([first, model], programs.sleeping);
      switched.m5.simulate(HALF_OF_SLEEP);
      switched.switchTo(model);
      ends(switched, `${model}, taking over`);
      ends(machine([model], programs.sleeping, directory), `${model}, restored`);
    }
  });

  it('cycles are those of an unbroken run where statistics go on from a checkpoint', () => {
    for (const model of ['atomic', 'timing'] as const) {
      const saved = machine([model], programs.sleeping);
      saved.m5.simulate(HALF_OF_SLEEP);
      const directory = saved.m5.checkpoint(join(saved.folder, 'cpt'));
      const restored = machine([model], programs.sleeping, directory, { restoreStats: true });
      const cycles = [saved, restored].map(it => {
        expect(it.m5.simulate().code).to.equal(0);
        return it.cpu().baseStats.numCycles.value;
      });
      expect(cycles[1], model).to.equal(cycles[0]);
    }
  });
});
