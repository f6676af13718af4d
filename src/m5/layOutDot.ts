/** Graphviz, compiled to WebAssembly, lays out a graph. */
import { spawnSync } from 'node:child_process';

/** A graph that takes longer is too large to look at. */
const TimeLimit = 60_000;
const MaxOutput = 1 << 28;

/**
 * The package gives its module by a promise, and `m5.instantiate()` waits for nothing: so it runs in
 * a process of its own, which this one waits for.
 */
const program = `
const { readFileSync, writeSync } = require('node:fs');
require(process.argv[1]).instance().then(viz => {
  const svg = Buffer.from(viz.renderString(readFileSync(0, 'utf8'), { format: 'svg' }));
  for (let done = 0; done < svg.length; ) done += writeSync(1, svg, done);
}).catch(error => {
  process.stderr.write(String(error.message));
  process.exitCode = 1;
});`;

/**
 * @param dot - a graph in Graphviz's language.
 * @returns the picture as SVG.
 * @throws {Error} saying why there is none.
 */
export function layOutDot(dot: string): string {
  const child = spawnSync(process.execPath, ['-e', program, require.resolve('@viz-js/viz')], {
    input: dot,
    encoding: 'utf8',
    timeout: TimeLimit,
    maxBuffer: MaxOutput,
  });
  if (child.error !== undefined) throw new Error(`Graphviz: ${child.error.message}`);
  if (child.status !== 0) throw new Error(`Graphviz: ${child.stderr.trim()}`);
  return child.stdout;
}
