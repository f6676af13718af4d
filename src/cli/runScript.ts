/** Runs a configuration script in this process. */
import Module from 'node:module';
import { existsSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fatal } from '../base/index';
import * as m5 from '../m5/index';
import * as model from '../m5/model';
import * as objects from '../m5/objects';
import { compileScript } from './compileScript';
import { syntaxError } from './syntaxError';

/** The part of Node's loader of CommonJS modules that every such hook relies on. */
interface ModuleLoader {
  _resolveFilename(request: string, ...rest: unknown[]): string;
  readonly _extensions: Record<string, (module: CompilingModule, filename: string) => void>;
}

interface CompilingModule {
  _compile(code: string, filename: string): void;
}

/**
 * Loads the script, which builds its system and simulates while it loads.
 * TypeScript is compiled without checking types: that is `tsc`'s work, and takes seconds.
 * @returns what the script exports.
 * @throws {FatalError} when there is no such script or it does not parse.
 */
export function runScript(
  script: string,
  args: readonly string[],
): Readonly<Record<string, unknown>> {
  const path = resolve(script);
  if (!existsSync(path)) fatal(`cannot find the script '${script}'`);
  if (!statSync(path).isFile()) fatal(`the script '${script}' is not a file`);
  const extension = extname(path);
  if (!['.ts', '.cts', '.js', '.cjs'].includes(extension)) {
    fatal(`the script '${script}' is not a .ts or .js file`);
  }
  offerOwnPackage();
  if (extension !== '.js' && extension !== '.cjs') registerTypeScript();
  process.argv = [process.argv[0] ?? 'node', path, ...args];
  try {
    return require(path) as Readonly<Record<string, unknown>>;
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

/** Has `require` load TypeScript, as CommonJS whatever a package.json near the script says. */
function registerTypeScript(): void {
  const load = (module: CompilingModule, filename: string): void => {
    module._compile(compileScript(filename), filename);
  };
  const { _extensions } = Module as unknown as ModuleLoader;
  _extensions['.ts'] = load;
  _extensions['.cts'] = load;
  process.setSourceMapsEnabled(true);
}
