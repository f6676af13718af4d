/** Does what `mini-gem5 checkpoint …` asks for. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever, fatal } from '../base/index';
import {
  CHECKPOINT_FILE,
  CheckpointError,
  diffCheckpoints,
  openCheckpoint,
  packCheckpoint,
  readCheckpointFile,
  squashCheckpoint,
  unpackCheckpoint,
  verifyCheckpoint,
  type CheckpointDifference,
} from '../checkpoint/index';
import type { CheckpointValue } from '../sim/index';
import type { CheckpointRequest } from './checkpointOptions';
import { reportError } from './reportError';

type Print = (line: string) => void;

const MiB = 1024 * 1024;
/** So many runs of pages are named; the others are counted. */
const NAMED_RUNS = 20;

/**
 * Does it.
 * @param print - takes each line of the answer
 * @param complain - takes what is wrong with one of several checkpoints
 * @returns the exit status: 1 for checkpoints that differ, as diff(1) has it, or that cannot be listed
 *   or are damaged, else 0
 * @throws {CheckpointError} when the only checkpoint is damaged
 */
export function checkpointCommand(
  request: CheckpointRequest,
  print: Print,
  complain: Print,
): number {
  switch (request.action) {
    case 'ls':
      return list(request.directory, request.json, print);
    case 'inspect':
      inspect(request.directory, request.sections, request.json, print);
      return 0;
    case 'verify':
      return verify(request.directories, print, complain);
    case 'diff':
      return diff(diffCheckpoints(request.a, request.b), request.json, print);
    case 'squash':
      print(`wrote ${squashCheckpoint(request.from, request.to).directory}`);
      return 0;
    case 'pack':
      packCheckpoint(request.from, request.to);
      print(`wrote ${request.to}, ${inMiB(statSync(request.to).size)}`);
      return 0;
    case 'unpack':
      unpackCheckpoint(request.from, request.to);
      print(`wrote ${request.to}`);
      return 0;
    default:
      return assertNever(request);
  }
}

/** Looks at all of them, whatever is wrong with some. */
function verify(directories: readonly string[], print: Print, complain: Print): number {
  let status = 0;
  for (const directory of directories) {
    try {
      const { checkpoints, sections, bytes } = verifyCheckpoint(directory);
      const chain = checkpoints === 1 ? '' : ` in ${String(checkpoints)} checkpoints`;
      print(`${directory}: whole; ${String(sections)} sections, ${inMiB(bytes)} of images${chain}`);
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      status = reportError(error, complain);
    }
  }
  return status;
}

const inMiB = (bytes: number): string => `${(bytes / MiB).toFixed(1)} MiB`;

/** By tick, and those that are damaged behind the others. */
function list(folder: string, json: boolean, print: Print): number {
  if (!existsSync(folder)) fatal(`there is no directory ${folder}`);
  const all = readdirSync(folder)
    .filter(name => existsSync(join(folder, name, CHECKPOINT_FILE)))
    .map(name => tryDescribe(join(folder, name), name));
  const found = all.filter(entry => 'tick' in entry).sort((a, b) => a.tick - b.tick);
  const damaged = all.filter(entry => 'error' in entry);
  const status = damaged.length === 0 ? 0 : 1;
  if (json) {
    print(JSON.stringify([...found, ...damaged], null, 2));
    return status;
  }
  if (all.length === 0) print(`there are no checkpoints in ${folder}`);
  for (const { name, tick, seconds, bytes, parent } of found) {
    const kind = parent === undefined ? 'full' : `changes ${parent}`;
    const time = `tick ${String(tick)} (${seconds.toPrecision(6)} s)`;
    print(`${name.padEnd(28)} ${time.padEnd(36)} ${inMiB(bytes).padStart(12)}  ${kind}`);
  }
  for (const { name, error } of damaged) print(`${name.padEnd(28)} ${error}`);
  return status;
}

interface Damaged {
  readonly name: string;
  /** What is wrong with it. */
  readonly error: string;
}

function tryDescribe(directory: string, name: string): Description | Damaged {
  try {
    return describe(directory, name);
  } catch (error) {
    if (error instanceof CheckpointError) return { name, error: error.message };
    throw error;
  }
}

interface Description {
  readonly name: string;
  readonly tick: number;
  readonly seconds: number;
  /** Of all its files. */
  readonly bytes: number;
  readonly parent?: string;
}

function describe(directory: string, name: string): Description {
  const { tick, ticksPerSecond, parent } = readCheckpointFile(join(directory, CHECKPOINT_FILE));
  const bytes = readdirSync(directory).reduce(
    (sum, file) => sum + statSync(join(directory, file)).size,
    0,
  );
  return {
    name,
    tick,
    seconds: tick / ticksPerSecond,
    bytes,
    ...(parent && { parent: parent.path }),
  };
}

function inspect(directory: string, wanted: readonly string[], json: boolean, print: Print): void {
  const { chain, sections } = openCheckpoint(directory);
  const content = chain[0]?.content ?? fatal(`${directory} is empty`);
  const names = wanted.length === 0 ? sections.sectionNames() : wanted;
  for (const name of names) {
    if (!sections.sectionExists(name)) fatal(`${directory} has no section '${name}'`);
  }
  if (json) {
    const values = names.map(name => [
      name,
      plain(Object.fromEntries(sections.section(name) ?? [])),
    ]);
    const { producer, tick, parent, images } = content;
    const about = { producer, tick, parent: parent?.path, images: images.map(({ file }) => file) };
    print(JSON.stringify({ ...about, sections: Object.fromEntries(values) as unknown }, null, 2));
    return;
  }
  if (wanted.length === 0) {
    const { producer, tick, ticksPerSecond, parent, images } = content;
    print(`written by  ${producer}`);
    print(`time        tick ${String(tick)}, ${String(tick / ticksPerSecond)} s`);
    if (parent !== undefined) print(`changes     ${parent.path}`);
    for (const { file } of images) {
      const { size, pages } = sections.memoryImage(file);
      const saved = pages.reduce((sum, { count }) => sum + count, 0);
      print(`image       ${file}: ${inMiB(size)} of memory, ${String(saved)} pages not zero`);
    }
    for (const name of names) {
      print(`section     ${name}, ${String(sections.section(name)?.size ?? 0)} values`);
    }
    return;
  }
  for (const name of names) {
    print(`[${name}]`);
    for (const [key, value] of sections.section(name) ?? []) print(`${key}=${text(value)}`);
  }
}

function diff(difference: CheckpointDifference, json: boolean, print: Print): number {
  const { ticks, values, memory } = difference;
  const [a, b] = ticks;
  const isSame = values.length === 0 && memory.length === 0 && a === b;
  if (json) {
    print(JSON.stringify(plain(difference), null, 2));
    return isSame ? 0 : 1;
  }
  if (a !== b) print(`tick: ${String(a)} -> ${String(b)}`);
  for (const { section, key, a: old, b: now } of values) {
    const isBytes = old instanceof Uint8Array && now instanceof Uint8Array;
    if (isBytes && old.length === now.length) diffBytes(`${section} ${key}`, old, now, print);
    else print(`${section} ${key}: ${text(old)} -> ${text(now)}`);
  }
  for (const { image, pages, runs } of memory) {
    print(`${image}: ${String(pages)} pages differ`);
    for (const { first, count } of runs.slice(0, NAMED_RUNS)) {
      print(`  ${String(count)} from 0x${(first * 4096).toString(16)}`);
    }
    if (runs.length > NAMED_RUNS) print(`  and ${String(runs.length - NAMED_RUNS)} more places`);
  }
  if (isSame) print('the checkpoints are the same');
  return isSame ? 0 : 1;
}

/** Parts of a value that differ, as long as a register of SSE. */
const PART_BYTES = 16;

function diffBytes(name: string, old: Uint8Array, now: Uint8Array, print: Print): void {
  const starts = Array.from(
    { length: Math.ceil(old.length / PART_BYTES) },
    (_, i) => i * PART_BYTES,
  );
  const part = (bytes: Uint8Array, start: number): string =>
    Buffer.from(bytes.subarray(start, start + PART_BYTES)).toString('hex');
  const different = starts.filter(start => part(old, start) !== part(now, start));
  for (const start of different.slice(0, NAMED_RUNS)) {
    print(`${name}, byte ${String(start)}: ${part(old, start)} -> ${part(now, start)}`);
  }
  const more = different.length - NAMED_RUNS;
  if (more > 0) print(`${name}: and ${String(more)} more places`);
}

/** A value on one line. */
function text(value: CheckpointValue | undefined): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array) {
    const start = Buffer.from(value.subarray(0, 16)).toString('hex');
    return value.length > 16 ? `${start}… (${String(value.length)} bytes)` : start || '(no bytes)';
  }
  if (typeof value === 'object') return value.map(element => text(element)).join(' ');
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** What JSON can say: 64-bit words and bytes as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
