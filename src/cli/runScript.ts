/** Runs a configuration script in this process. */
import Module from 'node:module';
import { existsSync, statSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import { fatal } from '../base/index';
import * as m5 from '../m5/index';
import * as model from '../m5/model';
import * as objects from '../m5/objects';
import { compileScript } from './compileScript';
import { syntaxError } from './syntaxError';
import { awaitsAtTopLevel, inAsyncFunction, type AwaitedModule } from './topLevelAwait';

/** The part of Node's loader of CommonJS modules that every such hook relies on. */
interface ModuleLoader {
  _resolveFilename(request: string, ...rest: unknown[]): string;
  readonly _extensions: Record<string, (module: CompilingModule, filename: string) => void>;
}

interface CompilingModule extends AwaitedModule {
  _compile(code: string, filename: string): void;
}

/** A script that has been loaded. */
export interface LoadedScript {
  readonly exported: Readonly<Record<string, unknown>>;
  /** For a script that awaits at its top level: its end, or what it threw. */
  readonly settled: Promise<void> | undefined;
}

/**
 * Loads the script, which builds its system and simulates while it loads.
 * TypeScript is compiled without checking types: that is `tsc`'s work, and takes seconds.
 * @throws {FatalError} when there is no such script or it does not parse.
 */
export function runScript(script: string, args: readonly string[]): LoadedScript {
  const path = resolve(script);
  if (!existsSync(path)) fatal(`cannot find the script '${script}'`);
  if (!statSync(path).isFile()) fatal(`the script '${script}' is not a file`);
  const extension = extname(path);
  if (!['.ts', '.cts', '.js', '.cjs'].includes(extension)) {
    fatal(`the script '${script}' is not a .ts or .js file`);
  }
  offerOwnPackage();
  let settled: Promise<void> | undefined;
  if (extension !== '.js' && extension !== '.cjs') {
    registerTypeScript(path, promise => {
      settled = promise;
    });
  }
  process.argv = [process.argv[0] ?? 'node', path, ...args];
  try {
    const exported = require(path) as LoadedScript['exported'];
    return { exported, settled };
  } catch (error) {
    throw syntaxError(error) ?? error;
  }
}

/** Scripts anywhere on the machine get the `mini-gem5` that runs them, not a second copy. */
function offerOwnPackage(): void {
  const own = new Map<string, string>();
  for (const [name, file, exports] of [
    ['mini-gem5', 'index.js', m5],
    ['mini-gem5/objects', 'objects.js', objects],
    ['mini-gem5/model', 'model.js', model],
  ] as const) {
    const path = join(__dirname, '..', 'm5', file);
    // Whoever finds the file by himself gets the same.
    const module = new Module(path);
    Object.assign(module, { exports, filename: path, loaded: true });
    require.cache[path] = module;
    own.set(name, path);
  }
  const loader = Module as unknown as ModuleLoader;
  const original = loader._resolveFilename.bind(loader);
  loader._resolveFilename = (request, ...rest) => own.get(request) ?? original(request, ...rest);
}

/**
 * Has `require` load TypeScript, as CommonJS whatever a package.json near the script says.
 * @param script - the one file that may await at its top level
 * @param onAwaiting - gets the end of the script, if it does
 */
function registerTypeScript(script: string, onAwaiting: (settled: Promise<void>) => void): void {
  const load = (module: CompilingModule, filename: string): void => {
    const code = compileScript(filename);
    const awaits = awaitsAtTopLevel(code);
    if (awaits && filename !== script) {
      const file = relative(process.cwd(), filename);
      fatal(`${file} awaits at its top level: only the script itself may`);
    }
    module._compile(awaits ? inAsyncFunction(code) : code, filename);
    if (module.settled !== undefined) onAwaiting(module.settled);
  };
  const { _extensions } = Module as unknown as ModuleLoader;
  _extensions['.ts'] = load;
  _extensions['.cts'] = load;
  process.setSourceMapsEnabled(true);
}
