/**
 * Writing checkpoints of a simulation, and keeping no more of them than wanted.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py` (`checkpoint`), `sim/serialize.cc`.
 */
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { fatal, panic, withProgress, type Tick } from '../base/index';
import {
  ChainImages,
  CHECKPOINT_FILE,
  CheckpointError,
  CheckpointSections,
  openCheckpoint,
  readChain,
  readCheckpointFile,
  writeCheckpoint,
} from '../checkpoint/index';
import { System, trackMoment, type TrackedMoment } from '../mem/index';
import { configJson, pythonJson, type CheckpointIn, type Simulation } from '../sim/index';
import { writeInBackground } from './backgroundCheckpoint';
import type { ForkEachParts } from './forkEach';
import { version } from './version';

/** How to write a checkpoint. */
export interface CheckpointOptions {
  /**
   * Save only pages of memory that differ from the checkpoint that was written or restored last. It
   * is needed to restore this one. Without an earlier one the checkpoint is a full one.
   */
  readonly incremental?: boolean;
  /** Directory of the checkpoint to save the difference to, instead of the last one. */
  readonly parent?: string;
}

/** The counters of gem5's checkpoints. */
export interface M5Checkpoints {
  /** How many checkpoints this run has written. */
  readonly ckptCount: number;
  /**
   * How many of them are kept: beyond that the oldest is removed. 0 keeps all. One that a kept
   * incremental checkpoint builds upon is kept as well.
   */
  ckptMaxCount: number;
  /** Number of the checkpoint written last, counted from 0; -1 before the first. */
  readonly ckptPrevCount: number;
}

/** The checkpoints of one simulation. */
export class Checkpoints implements M5Checkpoints {
  ckptCount = 0;
  readonly #simulation: Simulation;
  /** Directories of the checkpoints that this run has written and kept, oldest first. */
  readonly #written: string[] = [];
  /** Directory of the checkpoint that was written or restored last. */
  #last: string | undefined;
  /** Parents of the checkpoints that are being written in the background. */
  readonly #parentsInUse: string[] = [];
  #maxCount = 0;
  /** Whether memories note what is written to them. */
  #tracks = false;
  readonly #images = new ChainImages();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  get ckptMaxCount(): number {
    return this.#maxCount;
  }

  set ckptMaxCount(count: number) {
    if (!Number.isSafeInteger(count) || count < 0) {
      fatal(`ckptMaxCount must be a whole number from 0 on, not ${String(count)}`);
    }
    this.#maxCount = count;
    this.#removeOld();
  }

  get ckptPrevCount(): number {
    return this.ckptCount - 1;
  }

  /**
   * Writes a checkpoint and leaves the simulation drained.
   * @param path - of its directory; `%d` in it stands for the tick, `%%` for `%`
   * @returns the directory
   * @throws {SimError} when something cannot be saved or written; then nothing is left of it
   * @throws {FatalError} when it would replace one that other checkpoints of this run build upon
   */
  write(path: string, options: CheckpointOptions): string {
    if (typeof path !== 'string' || path === '') {
      fatal(`m5.checkpoint() takes the path of a directory, not ${inspect(path)}`);
    }
    this.#prepare();
    const directory = this.#directoryOf(path);
    const moment = this.#beginTracking(options);
    try {
      const digest = this.#save(directory, options);
      moment?.commit(digest);
    } catch (error) {
      moment?.abandon();
      throw error;
    }
    this.#note(directory);
    return directory;
  }

  /** Brings the simulation to a state that can be saved. */
  #prepare(): void {
    const simulation = this.#simulation;
    if (simulation.root === undefined) {
      fatal('m5.checkpoint() needs a system; call m5.instantiate()');
    }
    simulation.drain();
    for (const object of simulation.objects) object.memWriteback();
  }

  /** The directory to write to, whose present content nobody needs. */
  #directoryOf(path: string): string {
    const directory = resolve(expandPath(path, this.#simulation.curTick()));
    if (!existsSync(directory)) return directory;
    const last = this.#last === undefined ? [] : [this.#last];
    const others = [...this.#written, ...last, ...this.#parentsInUse];
    const isPending = this.#parentsInUse.includes(directory);
    const child = others.find(other => other !== directory && ancestorsOf(other).has(directory));
    if (child !== undefined || isPending) {
      const what = child ?? 'a checkpoint that is being written';
      fatal(`a checkpoint cannot replace ${directory}: ${what} builds upon it`);
    }
    return directory;
  }

  #parentOf({ parent, incremental }: CheckpointOptions): string | undefined {
    return parent ?? (incremental === true ? this.#last : undefined);
  }

  /** From the first incremental checkpoint on all memories note what is written to them. */
  #beginTracking({ incremental }: CheckpointOptions): TrackedMoment | undefined {
    this.#tracks ||= incremental === true;
    if (!this.#tracks) return undefined;
    const systems = this.#simulation.objects.filter(object => object instanceof System);
    const stores = systems.flatMap(system => system.physicalMemory.getBackingStore());
    return trackMoment(stores.map(store => store.changes));
  }

  /** @returns the checksum by which the checkpoint is known */
  #save(directory: string, options: CheckpointOptions): bigint {
    const simulation = this.#simulation;
    const root = simulation.root ?? panic('a simulation without root is saved');
    return simulation.phase('checkpoint', () => {
      simulation.host.print('Writing checkpoint');
      const sections = new CheckpointSections(directory);
      simulation.serializeAll(sections);
      const total = [...sections.imageSources.values()].reduce((sum, { size }) => sum + size, 0);
      const { digest } = withProgress('Writing checkpoint', total, progress =>
        writeCheckpoint({
          ...{ sections, progress, images: this.#images },
          producer: `mini-gem5 ${version()}`,
          tick: simulation.curTick(),
          ticksPerSecond: simulation.ticksPerSecond,
          configuration: pythonJson(configJson(root, simulation.ticksPerSecond)),
          parent: this.#parentOf(options),
        }),
      );
      return digest;
    });
  }

  /**
   * Has a child of a fork write a checkpoint, and leaves the simulation drained.
   * @param parts - how to fork
   * @returns the directory, once the checkpoint is complete
   * @throws {SimError} as {@link write}
   */
  async writeInBackground(
    path: string,
    options: CheckpointOptions,
    parts: ForkEachParts,
  ): Promise<string> {
    this.#prepare();
    const directory = this.#directoryOf(path);
    // The child knows what this process knows now; only here it is known what is written later.
    const parent = this.#parentOf(options);
    const moment = this.#beginTracking(options);
    const release = this.#use(parent);
    try {
      await writeInBackground(parts, directory, () => {
        this.#save(directory, options);
      });
      moment?.commit(readCheckpointFile(join(directory, CHECKPOINT_FILE)).digest);
    } catch (error) {
      moment?.abandon();
      throw error;
    } finally {
      release();
    }
    this.#note(directory);
    return directory;
  }

  /** Keeps a parent from being replaced or removed. @returns what ends that */
  #use(parent: string | undefined): () => void {
    if (parent === undefined) return () => undefined;
    const directory = resolve(parent);
    this.#parentsInUse.push(directory);
    return () => {
      this.#parentsInUse.splice(this.#parentsInUse.indexOf(directory), 1);
    };
  }

  #note(directory: string): void {
    this.ckptCount++;
    this.#last = directory;
    const before = this.#written.indexOf(directory);
    if (before >= 0) this.#written.splice(before, 1);
    this.#written.push(directory);
    this.#removeOld();
  }

  /** Removes the oldest checkpoints beyond the maximum, except those that others build upon. */
  #removeOld(): void {
    if (this.#maxCount === 0 || this.#written.length <= this.#maxCount) return;
    const kept = this.#written.slice(-this.#maxCount);
    const needed = new Set(kept.flatMap(path => readChain(path).map(link => link.directory)));
    const inUse = new Set(this.#parentsInUse.flatMap(path => [...ancestorsOf(path)]));
    for (const path of this.#written.slice(0, -this.#maxCount)) {
      if (needed.has(path) || inUse.has(path)) continue;
      this.#written.splice(this.#written.indexOf(path), 1);
      rmSync(path, { recursive: true, force: true });
    }
  }

  /**
   * Opens a checkpoint to restore it.
   * @throws {CheckpointError} when it is damaged or newer than this mini-gem5
   * @throws {FatalError} when its time is counted in other ticks
   */
  open(path: string): CheckpointIn {
    const { chain, sections } = openCheckpoint(path);
    const frequency = chain[0]?.content.ticksPerSecond;
    if (frequency !== this.#simulation.ticksPerSecond) {
      const here = `this simulation has ${String(this.#simulation.ticksPerSecond)}`;
      fatal(`${path} counts ${String(frequency)} ticks per second; ${here}`);
    }
    this.#last = chain[0]?.directory;
    return sections;
  }
}

/** A checkpoint and those that it builds upon; none when it cannot be restored anyway. */
function ancestorsOf(directory: string): ReadonlySet<string> {
  try {
    return new Set(readChain(directory).map(link => link.directory));
  } catch (error) {
    if (error instanceof CheckpointError) return new Set();
    throw error;
  }
}

/** The path of a checkpoint with the tick in it. */
function expandPath(path: string, tick: Tick): string {
  if (path === '') fatal('m5.checkpoint() needs the name of a directory, such as m5out/cpt.%d');
  return path.replace(/%(.)?/g, (text, letter: string | undefined) => {
    if (letter === 'd') return String(tick);
    if (letter === '%') return '%';
    return fatal(`'${path}': ${text} stands for nothing; %d is the tick, %% a percent sign`);
  });
}
