/** Runs a configuration script in this process. */
import Module from 'node:module';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { Options } from '@swc/core';
import { fatal } from '../base/index';
import { syntaxError } from './syntaxError';

/** The part of Node's loader of CommonJS modules that every such hook relies on. */
interface ModuleLoader {
  _resolveFilename(request: string, ...rest: unknown[]): string;
  readonly _extensions: Record<string, (module: CompilingModule, filename: string) => void>;
}

interface CompilingModule {
  _compile(code: string, filename: string): void;
}

const swcOptions: Options = {
  swcrc: false,
  configFile: false,
  sourceMaps: 'inline',
  jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
  module: { type: 'commonjs' },
};

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
  resolveOwnPackage();
  if (extension !== '.js' && extension !== '.cjs') registerTypeScript();
  process.argv = [process.argv[0] ?? 'node', path, ...args];
  try {
    return require(path) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw syntaxError(error) ?? error;
  }
}

/** Scripts anywhere on the machine get the `mini-gem5` that runs them, not a second copy. */
function resolveOwnPackage(): void {
  const own = new Map([
    ['mini-gem5', join(__dirname, '..', 'm5', 'index.js')],
    ['mini-gem5/objects', join(__dirname, '..', 'm5', 'objects.js')],
    ['mini-gem5/model', join(__dirname, '..', 'm5', 'model.js')],
  ]);
  const loader = Module as unknown as ModuleLoader;
  const original = loader._resolveFilename.bind(loader);
  loader._resolveFilename = (request, ...rest) => own.get(request) ?? original(request, ...rest);
}

/**
 * Has `require` load TypeScript: as CommonJS, whatever a package.json near the script says, and with
 * a source map, so that stacks show the script's own lines. ts-node does the same with the same
 * compiler, but loads all of TypeScript first, which would be a third of the time to start.
 */
function registerTypeScript(): void {
  const { transformSync } = require('@swc/core') as typeof import('@swc/core');
  const load = (module: CompilingModule, filename: string): void => {
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swcOptions, filename });
    module._compile(code, filename);
  };
  const { _extensions } = Module as unknown as ModuleLoader;
  _extensions['.ts'] = load;
  _extensions['.cts'] = load;
  process.setSourceMapsEnabled(true);
}
