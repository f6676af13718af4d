/**
 * What earlier runs have worked out and a later one may use: files in `$XDG_CACHE_HOME/mini-gem5`. Any of
 * them may be missing, old, damaged or impossible to write: then the work is done again, without a word.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** An entry begins with the length and the checksum of what it was made from, and with its own checksum. */
const HEAD = 16;

/** One kind of results, of which the newest are kept. */
export class CacheFolder {
  readonly #kind: string;
  readonly #kept: number;

  /**
   * @param kind - name of the folder
   * @param kept - so many entries at most stay when one is added
   */
  constructor(kind: string, kept: number) {
    this.#kind = kind;
    this.#kept = kept;
  }

  /** What was made from `source`, or undefined where that is not known. @param name - of the entry's file */
  read(name: string, source: Uint8Array): Buffer | undefined {
    try {
      const entry = readFileSync(join(this.#path(), name));
      const result = entry.subarray(HEAD);
      return entry.subarray(0, HEAD).equals(head(source, result)) ? result : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps what was made from `source`, for later runs. Other processes see all of it or nothing. */
  write(name: string, source: Uint8Array, result: Uint8Array): void {
    try {
      const folder = this.#path();
      makeFolder(dirname(dirname(folder)));
      makeFolder(dirname(folder));
      makeFolder(folder);
      const temporary = join(folder, `${name}.${String(process.pid)}`);
      writeFileSync(temporary, Buffer.concat([head(source, result), result]));
      renameSync(temporary, join(folder, name));
      this.#prune(folder);
    } catch {
      // The next run does the work again.
    }
  }

  #path(): string {
    const set = process.env['XDG_CACHE_HOME'] ?? '';
    return join(isAbsolute(set) ? set : join(homedir(), '.cache'), 'mini-gem5', this.#kind);
  }

  #prune(folder: string): void {
    const names = readdirSync(folder);
    if (names.length <= this.#kept) return;
    const ages = names.map(name => ({
      path: join(folder, name),
      time: statSync(join(folder, name)).mtimeMs,
    }));
    ages.sort((a, b) => b.time - a.time);
    for (const { path } of ages.slice(this.#kept)) rmSync(path, { force: true });
  }
}

/** One at a time: Node's option to make those above does not return where the kernel makes none, as in /proc. */
function makeFolder(path: string): void {
  if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
}

function head(source: Uint8Array, result: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEAD);
  bytes.writeUInt32LE(source.length, 0);
  bytes.writeUInt32LE(crc32(source), 4);
  bytes.writeUInt32LE(result.length, 8);
  bytes.writeUInt32LE(crc32(result), 12);
  return bytes;
}
