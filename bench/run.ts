/**
 * `npm run bench [-- [--smoke] [NAME...]]`: runs every bench module in this folder, or those whose
 * file name contains a NAME, and prints one JSON object per result on standard output.
 *
 * A bench module is `bench/<name>.ts` with an exported `run(options)`; helpers live in
 * `bench/support/`. Each module has a process of its own, so that one bench neither warms up nor
 * deoptimises the code of another, and a crash costs only its own lines.
 *
 * Exit status 1 when a bench failed or, unless `--smoke`, a limit was broken.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inliningFlags } from '../src/cli/inlineMore';
import { withinLimit } from './result';
import type { BenchOptions, BenchRun } from './result';

/** Files in this folder that are no bench. */
const NOT_BENCHES = new Set(['run.ts', 'result.ts']);

function benchModules(names: readonly string[]): string[] {
  return readdirSync(__dirname)
    .filter(file => file.endsWith('.ts') && !NOT_BENCHES.has(file))
    .filter(file => names.length === 0 || names.some(name => file.includes(name)))
    .sort();
}

/** Runs one module in this process; true when it kept its limits. */
async function runModule(file: string, options: BenchOptions): Promise<boolean> {
  const module = (await import(join(__dirname, file))) as { readonly run?: BenchRun };
  if (typeof module.run !== 'function') {
    throw new Error(`bench/${file} exports no run(options)`);
  }
  const results = await module.run(options);
  if (results.length === 0) throw new Error(`bench/${file} returned no result`);
  let good = true;
  for (const result of results) {
    const verdict = options.smoke ? { smoke: true } : { ok: withinLimit(result) };
    console.log(JSON.stringify({ bench: file.replace(/\.ts$/, ''), ...result, ...verdict }));
    good &&= options.smoke || withinLimit(result);
  }
  return good;
}

/** Runs one module in a process of its own; true when it kept its limits. */
function spawnModule(file: string, options: BenchOptions): boolean {
  // As the command has V8 compile: what is measured is what users get.
  const args = [...process.execArgv, ...inliningFlags, __filename, '--module', file];
  if (options.smoke) args.push('--smoke');
  const child = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (child.error !== undefined) throw child.error;
  if (child.signal !== null) console.error(`bench/${file} was ended by ${child.signal}`);
  return child.status === 0;
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: { smoke: { type: 'boolean', default: false }, module: { type: 'string' } },
    allowPositionals: true,
  });
  const options: BenchOptions = { smoke: values.smoke };
  if (values.module !== undefined) return runModule(values.module, options);

  const modules = benchModules(positionals);
  if (modules.length === 0) {
    console.error(`no bench is named like ${positionals.join(' or ')}`);
    return false;
  }
  const failed = modules.filter(file => !spawnModule(file, options));
  if (failed.length > 0) console.error(`failed or over a limit: ${failed.join(', ')}`);
  return failed.length === 0;
}

main().then(
  good => {
    process.exitCode = good ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
