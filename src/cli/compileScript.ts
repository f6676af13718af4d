/** TypeScript to JavaScript, by swc or from an earlier run. */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Options } from '@swc/core';
import { CacheFolder } from './cacheFolder';

const cache = new CacheFolder('scripts', 200);

const options: Options = {
  swcrc: false,
  configFile: false,
  sourceMaps: 'inline',
  jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
  module: { type: 'commonjs' },
};

/**
 * Compiles a script as CommonJS, with a source map, so that stacks show the script's own lines. ts-node
 * does the same with the same compiler, but loads all of TypeScript first.
 * @returns JavaScript
 * @throws what swc throws when the script does not parse
 */
export function compileScript(filename: string): string {
  const text = readFileSync(filename, 'utf8');
  const { version } = require('@swc/core/package.json') as { readonly version: string };
  const source = Buffer.from(JSON.stringify({ version, options, filename, text }));
  const name = crc32(filename).toString(16);
  const known = cache.read(name, source);
  if (known !== undefined) return known.toString();
  // The compiler is a native library, whose loading takes longer than its work.
  const { transformSync } = require('@swc/core') as typeof import('@swc/core');
  const { code } = transformSync(text, { ...options, filename });
  cache.write(name, source, Buffer.from(code));
  return code;
}
