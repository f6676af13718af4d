/** What checkpoints cost: saving, saving what has changed, restoring, looking for zero pages. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AddrRange } from '../src/base/index';
import {
  ChainImages,
  CheckpointSections,
  openCheckpoint,
  writeCheckpoint,
} from '../src/checkpoint/index';
import { BackingStore } from '../src/mem/backingStore';
import { trackMoment } from '../src/mem/index';
import { StoreImage } from '../src/mem/storeImage';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { median } from './support/command';

const MiB = 1024 * 1024;
const PAGE = 4096;
const IMAGE = 'memory.img';
const images = new ChainImages();

function aStore(bytes: number): BackingStore {
  return new BackingStore({
    ...{ range: AddrRange.rangeSize(0, bytes), name: 'memory' },
    ...{ confTableReported: true, inAddrMap: true, kvmMap: true },
  });
}

/** Seconds that something takes. */
function time(body: () => void): number {
  const start = performance.now();
  body();
  return (performance.now() - start) / 1000;
}

function save(store: BackingStore, directory: string, parent?: string): void {
  const sections = new CheckpointSections(directory);
  sections.addMemoryImage(IMAGE, new StoreImage(store));
  const moment = trackMoment([store.changes]);
  const { digest } = writeCheckpoint({
    ...{ sections, parent, images, producer: 'a bench', tick: 0 },
    ...{ ticksPerSecond: 1e12, configuration: '' },
  });
  moment.commit(digest);
}

/** Seconds from opening a checkpoint to its memory being there, the first page of it touched. */
function restore(directory: string, bytes: number): number {
  const store = aStore(bytes);
  // Views of large memories made before are external memory, which the collector is pressed by.
  globalThis.gc?.();
  const seconds = time(() => {
    store.restore(openCheckpoint(directory).sections.memoryImage(IMAGE));
    if (store.bytes[0] === 0) throw new Error('the memory is not there');
  });
  store.dispose();
  return seconds;
}

/** What dd takes for as many bytes into the same place. */
function dd(folder: string, mebibytes: number): number {
  const words = ['if=/dev/zero', `of=${join(folder, 'dd')}`, 'bs=1M', 'conv=fsync', 'status=none'];
  return time(() => {
    execFileSync('dd', [...words, `count=${String(mebibytes)}`]);
  });
}

export function run({ smoke }: BenchOptions): BenchResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-bench-'));
  try {
    return measure(folder, smoke ? 16 : 1024, smoke ? 4 : 256, smoke ? 1 : 15);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param full - MiB of the memory that are not zero */
function measure(folder: string, size: number, full: number, rounds: number): BenchResult[] {
  const store = aStore(size * MiB);
  for (let at = 0; at < full * MiB; at += 8) store.bytes[at] = (at >> 3) | 1;
  const [reference, whole, changed, large, small]: number[][] = [[], [], [], [], []];
  const tiny = aStore(size * (MiB / 16));
  tiny.bytes.fill(1, 0, full * (MiB / 16));
  save(tiny, join(folder, 'tiny'));
  for (let round = 0; round < rounds; round++) {
    for (const name of ['full', 'changed']) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
    reference?.push(dd(folder, full));
    whole?.push(time(() => save(store, join(folder, 'full'))));
    for (let page = 0; page < (full * MiB) / PAGE; page += 100) {
      store.bytes[page * PAGE + round] = 200 + round;
    }
    changed?.push(time(() => save(store, join(folder, 'changed'), join(folder, 'full'))));
  }
  for (let round = 0; round < rounds; round++) {
    large?.push(restore(join(folder, 'full'), size * MiB));
    small?.push(restore(join(folder, 'tiny'), size * (MiB / 16)));
  }
  // Now that all of it was touched, the scan has to look at all of it.
  store.bytes.fill(0, full * MiB);
  const scan = Array.from({ length: rounds }, () =>
    time(() => [...new StoreImage(store).nonZeroPages()].length),
  );
  const of = (list: number[] | undefined): number => median(list ?? []);
  const detail = { rounds, MiB: size, nonZeroMiB: full };
  return [
    ratioResult({
      name: 'saving a checkpoint',
      ...{ unit: 's', measured: of(whole), reference: of(reference) },
      ...{ referenceName: 'dd of the same bytes, with fsync', limit: 1.3, detail },
    }),
    ratioResult({
      name: 'saving a checkpoint of which 1 % has changed',
      ...{ unit: 's', measured: of(changed), reference: of(whole) },
      ...{ referenceName: 'saving all of it', limit: 0.05, detail },
    }),
    ratioResult({
      name: 'mapping the memory of a checkpoint',
      ...{ unit: 's', measured: of(large), reference: of(small) },
      ...{ referenceName: 'a memory a sixteenth the size', limit: 1.2, detail },
    }),
    ratioResult({
      name: 'scanning for zero pages',
      ...{ unit: 's', measured: of(scan), reference: size / 1024 / 5 },
      ...{ referenceName: '5 GiB/s', limit: 1, detail },
    }),
  ];
}
