/** Runs a configuration script in this process. */
import Module from 'node:module';
import { existsSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fatal } from '../base/index';
import { syntaxError } from './syntaxError';

interface ModuleLoader {
  _resolveFilename(request: string, ...rest: unknown[]): string;
}

/**
 * Loads the script, which builds its system and simulates while it loads.
 * TypeScript is compiled without checking types: that is `tsc`'s work, and takes seconds.
 * @throws {FatalError} when there is no such script or it does not parse.
 */
export function runScript(script: string, args: readonly string[]): void {
  const path = resolve(script);
  if (!existsSync(path)) fatal(`cannot find the script '${script}'`);
  if (!statSync(path).isFile()) fatal(`the script '${script}' is not a file`);
  const extension = extname(path);
  if (!['.ts', '.cts', '.js', '.cjs'].includes(extension)) {
    fatal(`the script '${script}' is not a .ts or .js file`);
  }
  resolveOwnPackage();
  if (extension !== '.js' && extension !== '.cjs') registerTypeScript(dirname(path));
  process.argv = [process.argv[0] ?? 'node', path, ...args];
  try {
    require(path);
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

function registerTypeScript(directory: string): void {
  const tsNode = require('ts-node') as typeof import('ts-node');
  tsNode.register({
    cwd: directory,
    swc: true,
    transpileOnly: true,
    skipProject: true,
    // Scripts are CommonJS whatever a package.json near them says.
    moduleTypes: { '**/*': 'cjs' },
    compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true },
  });
}
