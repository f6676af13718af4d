/** A file of JavaScript with the code that V8 made of it in an earlier run, so that it need not compile. */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { CacheFolder } from './cacheFolder';

/** What Node makes of a module's text. */
type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: { readonly exports: object },
  filename: string,
  dirname: string,
) => void;

const cache = new CacheFolder('code', 8);

/** A CommonJS module that was written as plain ASCII. */
export class CompiledFile {
  readonly #path: string;
  readonly #name: string;
  readonly #source: Buffer;
  readonly #script: Script;
  readonly #pid = process.pid;

  constructor(path: string) {
    this.#path = path;
    this.#name = nameFor(path);
    this.#source = readFileSync(path);
    // V8 compares the source's length and its own version and options, and trusts the rest.
    const cachedData = cache.read(this.#name, this.#source);
    const text = Module.wrap(this.#source.toString('latin1'));
    this.#script = new Script(text, { filename: path, ...(cachedData && { cachedData }) });
  }

  /** Runs the module. @returns what it exports */
  load(): unknown {
    const module = { exports: {} };
    const run = this.#script.runInThisContext() as Wrapped;
    run(module.exports, createRequire(this.#path), module, this.#path, dirname(this.#path));
    return module.exports;
  }

  /** Keeps the code of all functions that have run, if the file had to be compiled. */
  keep(): void {
    const isFork = process.pid !== this.#pid;
    // Code that is made after a script has changed options of V8 is for those.
    const isOther = nameFor(this.#path) !== this.#name;
    if (isFork || isOther || this.#script.cachedDataRejected === false) return;
    cache.write(this.#name, this.#source, this.#script.createCachedData());
  }
}

/** Each place of a file, and each version and set of options of V8, has code of its own. */
function nameFor(path: string): string {
  return [crc32(path), cachedDataVersionTag()].map(number => number.toString(16)).join('-');
}
