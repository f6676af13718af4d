/** `npm run fuzz -- [--count N] [--seed N] [--only MNEMONIC]`: software cores against the processor. */
import { parseArgs } from 'node:util';
import { Fuzzer, formatFailure } from '../fuzzer';

const usage = 'usage: npm run fuzz -- [--count N] [--seed N] [--only MNEMONIC] [--failures N]';

function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < 0) {
    console.error(`--${name} takes a whole number such as 20261 or 1e8, not ${text}\n${usage}`);
    process.exit(1);
  }
  return value;
}

const options = {
  count: { type: 'string', default: '1e5' },
  seed: { type: 'string', default: String(Date.now()) },
  only: { type: 'string' },
  failures: { type: 'string', default: '1' },
} as const;

function parse(): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(1);
  }
}

const values = parse();
const count = wholeNumber(values.count, 'count');
const seed = wholeNumber(values.seed, 'seed');
let left = wholeNumber(values.failures, 'failures');
console.log(`${String(count)} comparisons, --seed ${String(seed)}`);
const fuzzer = new Fuzzer();
const start = performance.now();
const progress = (tried: number): void => {
  const seconds = Math.round((performance.now() - start) / 1000);
  process.stderr.write(`\r${tried.toExponential(2)} tried, ${String(seconds)} s `);
};
if (process.stderr.isTTY) fuzzer.onProgress = progress;
for (const failure of fuzzer.run(count, seed, values.only)) {
  console.log(formatFailure(failure));
  process.exitCode = 1;
  if (--left <= 0) break;
}
const seconds = (performance.now() - start) / 1000;
fuzzer.dispose();
if (process.exitCode !== 1) console.log(`no difference in ${seconds.toFixed(1)} s`);
