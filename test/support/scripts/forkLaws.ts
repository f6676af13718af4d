/**
 * The laws of forking, tried with random simulations. Runs within the command, since the process that
 * runs the tests cannot fork; prints one line for each law that held.
 *
 * Source of the laws: parent and child are equal at the fork, independent afterwards, and a child run
 * to its end gives what the parent would have given.
 */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { M5, type ChildOutcome } from 'mini-gem5';
import { EventFunctionWrapper } from 'mini-gem5/model';
import {
  AddrRange,
  Root,
  SimpleMemory,
  SrcClockDomain,
  System,
  VoltageDomain,
} from 'mini-gem5/objects';

const MEMORY_BYTES = 1 << 16;
const RUNS = Number(process.argv[2] ?? 10);

/** A store that an event does: at which tick, where and what. */
interface Store {
  readonly tick: number;
  readonly address: number;
  readonly value: number;
}

/** Everything that a simulation is, in comparable form. */
interface Digest {
  readonly tick: number;
  readonly memory: string;
  readonly stats: string;
  readonly random: number;
}

let made = 0;

/** A simulation whose events store into memory, and draw random numbers for it. */
class Subject {
  readonly m5 = new M5(join(tmpdir(), `mini-gem5-laws-${String(process.pid)}`, String(made++)));
  readonly memory: Uint8Array;
  readonly #random;

  constructor(stores: readonly Store[]) {
    const { simulation } = this.m5;
    simulation.host.print = () => undefined;
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      memMode: 'atomic',
      memRanges: [new AddrRange(0, MEMORY_BYTES)],
      memory: new SimpleMemory({ range: new AddrRange(0, MEMORY_BYTES) }),
    });
    this.m5.instantiate(new Root({ fullSystem: false, system }));
    const block = system.simObject().physicalMemory.storeFor(0);
    if (block === undefined) throw new Error('no memory');
    this.memory = block.bytes;
    this.#random = simulation.random.get('stores');
    for (const { tick, address, value } of stores) {
      const event = new EventFunctionWrapper(() => {
        this.memory[address] = value ^ this.#random.next32();
      }, 'store');
      simulation.eventQueue.schedule(event, tick);
    }
  }

  digest(): Digest {
    const { simulation } = this.m5;
    // Host time differs, and so do rates of it.
    const stats = Object.entries(this.m5.statValues()).filter(([name]) => !name.startsWith('host'));
    return {
      tick: simulation.curTick(),
      memory: createHash('sha1').update(this.memory).digest('hex'),
      stats: JSON.stringify(stats),
      random: this.#random.getState()[0],
    };
  }

  /** What a child of this simulation makes of `body`. */
  async inChild<Result>(body: () => Result | Promise<Result>): Promise<Result> {
    const [outcome] = await this.m5.forkEach([0], body, { parallel: 1 });
    return resultOf(outcome);
  }
}

function resultOf<Result>(outcome: ChildOutcome<Result> | undefined): Result {
  if (outcome?.status !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

function same(ours: Digest, theirs: Digest): boolean {
  return JSON.stringify(ours) === JSON.stringify(theirs);
}

const LAST_TICK = 1000;
const store = fc.record({
  tick: fc.integer({ min: 1, max: LAST_TICK }),
  address: fc.integer({ min: 0, max: MEMORY_BYTES - 1 }),
  value: fc.integer({ min: 0, max: 255 }),
});
const stores = fc.array(store, { maxLength: 60 });
const tick = fc.integer({ min: 0, max: LAST_TICK });

async function law<Values extends [unknown, ...unknown[]]>(
  name: string,
  property: fc.IAsyncProperty<Values>,
): Promise<void> {
  await fc.assert(property, { numRuns: RUNS });
  console.log(name);
}

async function main(): Promise<void> {
  await law(
    'equal at the fork',
    fc.asyncProperty(stores, tick, async (all, when) => {
      const subject = new Subject(all);
      subject.m5.simulate(when);
      const child = await subject.inChild(() => subject.digest());
      return same(subject.digest(), child);
    }),
  );
  await law(
    'independent afterwards',
    fc.asyncProperty(stores, store, tick, async (all, extra, when) => {
      const subject = new Subject(all);
      subject.m5.simulate(when);
      const before = subject.digest();
      const child = await subject.inChild(() => {
        subject.memory.fill(extra.value ^ 0xff);
        subject.m5.simulate(LAST_TICK);
        return subject.digest();
      });
      const unchanged = same(subject.digest(), before);
      subject.memory[extra.address] = (subject.memory[extra.address] ?? 0) ^ 0x55;
      return unchanged && child.tick > before.tick;
    }),
  );
  await law(
    'a child ends as its parent would have',
    fc.asyncProperty(stores, tick, async (all, when) => {
      const subject = new Subject(all);
      subject.m5.simulate(when);
      const finish = (): Digest => {
        subject.m5.simulate(2 * LAST_TICK - subject.m5.curTick());
        return subject.digest();
      };
      const child = await subject.inChild(finish);
      const grandchild = await subject.inChild(() => subject.inChild(finish));
      const alone = new Subject(all);
      alone.m5.simulate(2 * LAST_TICK);
      const parent = finish();
      return same(parent, child) && same(parent, grandchild) && same(parent, alone.digest());
    }),
  );
}

void main();
