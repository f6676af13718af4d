/**
 * Programs as a distribution ships them on the timing model, which takes a packet for every access: what
 * they do is short. The oracles are the host itself, and for the number of instructions the atomic model.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { setLogSink, type LogSink } from '../../src/base/index';
import { installed, runNatively, runOnModel, type RealRun } from '../support/realPrograms';

interface Case extends RealRun {
  readonly does: string;
  /** What the native run must give, so that the oracle itself is not taken on trust. */
  readonly status: number;
  readonly says: RegExp;
}

const shell = `
list=(pear fig "two words"); declare -A count
for word in "\${list[@]}" fig; do ((count[$word]++)); done
printf '%s=%d|' fig "\${count[fig]}" "\${list[2]^^}" "\${#list[@]}"; echo
[[ $1 =~ ^(a+)(b+)$ ]] && echo "\${BASH_REMATCH[2]}"
trap 'echo "got USR1"' USR1; kill -USR1 $$
echo 'a line' > file; read -r line < file; echo "<$line>"
echo to-errors >&2
trap 'echo leaving' EXIT
exit $((6 * 7))`;

const lua = `
local words = {}
for word in ("the quick brown fox"):gmatch("%a+") do words[#words + 1] = word:upper() end
table.sort(words)
print(table.concat(words, " "), 2 ^ 0.5, 7 // -2, math.maxinteger + 1 == math.mininteger)
local squares = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end)
print(squares(), squares(), string.format("%g %5.2f %x", 1e100, 1 / 3, 255), io.read("n"))
print(pcall(error, { code = 7 }) == false, select(2, pcall(error, "message", 0)))
local file = assert(io.open("file", "w"))
for i = 1, 20 do file:write(i, "\\n") end
file:close()
os.exit(3)`;

const sql = `
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, height REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
  INSERT INTO person SELECT i, printf('person %03d', i), i / 7.0 FROM n;
CREATE INDEX by_name ON person(name);
DELETE FROM person WHERE id % 3 = 0;
SELECT count(*), round(sum(height), 6), max(name) FROM person;
PRAGMA integrity_check;
SELECT * FROM absent;
`;

const text = Array.from({ length: 60 }, (_, i) => `${String(i * i)} line ${'x'.repeat(i % 9)}\n`);
const aFile = (folder: string): void => {
  writeFileSync(join(folder, 'text'), text.join(''), { mode: 0o644 });
};

const cases: readonly Case[] = [
  {
    does: 'runs a script, is sent a signal, and writes a file',
    ...{ program: 'bash', args: ['-c', shell, 'name', 'aabbb'], status: 42 },
    says: /^fig=2\|TWO WORDS=3\|\nbbb\ngot USR1\n<a line>\nleaving\n$/,
  },
  {
    does: 'computes with awk',
    program: 'busybox',
    args: ['awk', '{s += $1 / 3; n[$2]++} END {printf "%.3f %d %s\\n", s, n["line"], $3}', 'text'],
    ...{ prepare: aFile, status: 0, says: /^23403\.333 60 x+\n$/ },
  },
  {
    does: 'finds what differs',
    ...{ program: 'busybox', args: ['diff', '-u', 'text', '-'], prepare: aFile, status: 1 },
    ...{ input: [...text.slice(0, 30), 'new\n', ...text.slice(32)].join(''), says: /\n\+new\n/ },
  },
  {
    does: 'runs a script that uses strings, numbers, coroutines, errors and files',
    ...{ program: 'lua5.4', args: ['-e', lua], input: ' 12.5 ', status: 3 },
    says: /^BROWN FOX QUICK THE\t1\.4142135623731\t-4\ttrue\n1\t4\t1e\+100 {2}0\.33 ff\t12\.5\n/,
  },
  {
    does: 'makes a database, and tells of an error in what it is asked',
    ...{ program: 'sqlite3', args: ['file.db'], input: sql, status: 1 },
    says: /^27\|78\.142857\|person 040\nok\n$/,
  },
  {
    does: 'compresses a file',
    ...{ program: 'bzip2', args: ['-k', '-v', 'text'], prepare: aFile, status: 0, says: /^$/ },
  },
];

describe('A program of the distribution on TimingSimpleCPU', () => {
  let base = '';
  let previousSink: LogSink;

  before(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
    base = mkdtempSync(join(tmpdir(), 'mini-gem5-real-'));
  });

  after(() => {
    setLogSink(previousSink);
    rmSync(base, { recursive: true, force: true });
  });

  for (const run of cases.filter(({ program }) => installed(program) !== undefined)) {
    it(`${run.program} ${run.does}, in as many instructions as on AtomicSimpleCPU`, () => {
      const native = runNatively(base, run);
      expect(native.status, native.stderr).to.equal(run.status);
      expect(native.stdout).to.match(run.says);
      const timing = runOnModel(base, run, 'timing');
      expect(timing.outcome).to.deep.equal(native);
      const atomic = runOnModel(base, run, 'atomic');
      expect(atomic.outcome).to.deep.equal(native);
      expect(timing.counts).to.deep.equal(atomic.counts);
      expect(timing.counts['insts']).to.be.above(10_000);
    });
  }
});
