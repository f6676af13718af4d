/** Programs as a distribution ships them, dynamic and static: the oracle is the host itself. */
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  lutimesSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { installed, runNatively, runSimulated, type RealRun } from '../support/realPrograms';
import { readText, repositoryRoot } from '../support/repository';

/** What CI installs. */
const PROGRAMS = ['bash-static', 'bash', 'busybox', 'lua5.4', 'sqlite3', 'bzip2'] as const;

interface Case extends RealRun {
  readonly does: string;
  readonly program: (typeof PROGRAMS)[number];
  /** What the native run must give, so that the oracle itself is not taken on trust. */
  readonly status?: number;
  readonly says?: RegExp;
}

const programs = join(repositoryRoot, 'test', 'system', 'programs');
const script = (name: string): string => join(programs, name);

const fruit = '3 pear\n1 apple\n2 fig\n10 date\n';
const noise = Array.from({ length: 200_000 }, (_, i) =>
  String.fromCharCode(32 + ((i * i + (i >> 3)) % 90)),
).join('');

/** A few files, with fixed times. */
function someFiles(folder: string): void {
  const time = 1_000_000_000;
  mkdirSync(join(folder, 'd'));
  for (const [name, text] of [['fruit', fruit] as const, ['d/noise', noise] as const]) {
    writeFileSync(join(folder, name), text, { mode: 0o644 });
    utimesSync(join(folder, name), time, time);
  }
  symlinkSync('d/noise', join(folder, 'link'));
  lutimesSync(join(folder, 'link'), time, time);
  utimesSync(join(folder, 'd'), time, time);
}

const busybox = (args: readonly string[], more: Partial<Case> = {}): Case => ({
  does: args.join(' '),
  program: 'busybox',
  args,
  prepare: someFiles,
  ...more,
});

const shell = { args: [script('builtins.sh'), 'first', 'second argument'], status: 42 };
const says = /20! = 2432902008176640000\n.*got USR1\nafter\n.*leaving with 42\n$/s;
const database = readText('test/system/programs/database.sql');

const cases: readonly Case[] = [
  { does: 'runs a script of builtins', program: 'bash-static', ...shell, says },
  { does: 'runs a script of builtins', program: 'bash', ...shell, says },
  {
    does: 'reads a script from its input',
    program: 'bash',
    args: ['-s', 'word'],
    input: 'read -r line\nthe line\necho "$1: $line"; exec 2>&1; cd nothing_like_this\nexit 9\n',
    status: 9,
    says: /^word: the line\n.*nothing_like_this: No such file or directory\n$/,
  },
  {
    does: 'dies of a signal that it sends itself',
    program: 'bash-static',
    args: ['-c', 'echo before; kill -TERM $$; echo after'],
    status: 128 + 15,
    says: /^before\n$/,
  },
  {
    does: 'runs a script that uses most of its library',
    program: 'lua5.4',
    args: [script('everything.lua'), '3', 'x'],
    input: 'a line\n 12.5 the\nrest\n',
    status: 3,
    says: /^Lua 5\.4\t2\t3\tx\n.*a line\t12\.5\t the\nrest\n\n$/s,
  },
  { does: 'shows where an error was', program: 'lua5.4', args: [script('error.lua')], status: 1 },
  {
    does: 'works on a database in memory',
    program: 'sqlite3',
    args: [':memory:'],
    input: database,
    status: 1,
    says: /\nok\n/,
  },
  {
    does: 'writes the same database file',
    program: 'sqlite3',
    args: ['file.db'],
    input: database,
    status: 1,
    says: /\nok\n/,
  },
  {
    does: 'works on a database with a write-ahead log, whose index is mapped and shared',
    program: 'sqlite3',
    args: [
      'wal.db',
      'PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1),(2);' +
        'SELECT sum(a) FROM t; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA integrity_check;',
    ],
    says: /^wal\n3\n0\|0\|0\nok\n$/,
  },
  { does: 'compresses', program: 'bzip2', args: ['-k', '-9', 'd/noise'], prepare: someFiles },
  { does: 'compresses a stream', program: 'bzip2', args: ['-c', '-v'], input: fruit },
  {
    does: 'gives back what busybox compressed, and tells damage',
    program: 'bzip2',
    args: ['-t', 'fruit'],
    prepare: someFiles,
    status: 2,
  },
  busybox(['ls', '-ln', '--full-time', 'd'], { says: /2001-09-09 01:46:40/ }),
  busybox(['sort', '-n', 'fruit'], { says: /^1 apple\n2 fig\n3 pear\n10 date\n$/ }),
  busybox(
    [
      'awk',
      '{s += $1; printf "%-8s|%7.3f\\n", toupper($2), $1 / 3} END {print s, length(s)}',
      'fruit',
    ],
    { says: /^PEAR {4}\| {2}1\.000\n.*16 2\n$/s },
  ),
  busybox(['sed', '-n', '-e', 's/\\(.\\)p/\\1P/g', '-e', '/a/p', 'fruit'], { says: /1 aPple/ }),
  busybox(['sed', '-i', 's/fig/plum/', 'fruit']),
  busybox(['grep', '-n', '-E', '^[0-9] .*e', 'fruit', 'd/noise'], { says: /fruit:1:3 pear/ }),
  busybox(['md5sum', 'fruit', 'd/noise', 'link'], { says: / fruit\n/ }),
  busybox(['sha512sum', 'd/noise']),
  busybox(['tar', 'cf', 'a.tar', '--numeric-owner', 'fruit', 'link', 'd']),
  busybox(['gzip', '-9', '-n', 'd/noise', 'fruit']),
  busybox(['gzip', '-d', '-c', 'fruit'], { status: 1 }),
  busybox(['find', '.', '-name', 'noise', '-type', 'f', '-size', '+100'], { says: /d\/noise/ }),
  busybox(['cp', '-a', 'd', 'copy']),
  busybox(['cp', 'd/noise', 'copy']),
  busybox(['mv', 'fruit', 'd']),
  busybox(['rm', '-r', 'd', 'link']),
  busybox(['mkdir', '-p', '-m', '750', 'q/r/s']),
  busybox(['ln', '-s', '/nowhere', 'dangling']),
  busybox(['ln', 'fruit', 'hard']),
  busybox(['chmod', '-R', 'o-r', 'd']),
  busybox(['touch', '-h', '-d', '@86400', 'link', 'new']),
  busybox(['truncate', '-s', '5', 'fruit']),
  busybox(['dd', 'if=d/noise', 'of=part', 'bs=1000', 'skip=3', 'count=5', 'status=none']),
  busybox(['stat', '-c', '%n %s %a %F %Y', 'fruit', 'd', 'link'], { says: /link 7 777 symbolic/ }),
  busybox(['realpath', 'd/../link'], { says: /\/work\/d\/noise\n$/ }),
  busybox(['wc', 'fruit', 'd/noise', 'absent'], { status: 1, says: /200000 d\/noise/ }),
  busybox(['od', '-A', 'd', '-t', 'x1', 'fruit']),
  busybox(['diff', '-u', 'fruit', 'link'], { status: 1 }),
  busybox(['tr', 'a-z', 'A-Z'], { input: fruit, says: /PEAR/ }),
  busybox(['cat', '-', 'fruit'], { input: noise }),
  busybox(['sh', '-c', 'read -r n x; echo "$x$((n * 14))"; [ -L link ]; exit $?'], {
    input: fruit,
    says: /^pear42\n$/,
  }),
  busybox(['sleep', '0.1']),
  busybox(['date', '-u', '-d', '@1234567890'], { says: /2009/ }),
  busybox(['printf', '%s %05d %.3e\\n', 'a b', '42', '12345.678']),
  busybox(['no-such-applet'], { status: 127 }),
];

const here = cases.filter(({ program }) => installed(program) !== undefined);

describe('A program of the distribution', () => {
  let base = '';

  before(() => {
    base = mkdtempSync(join(tmpdir(), 'mini-gem5-real-'));
  });

  after(() => {
    rmSync(base, { recursive: true, force: true });
  });

  it('is here to be run: all of them where CI runs, bash everywhere', () => {
    const missing = PROGRAMS.filter(program => installed(program) === undefined);
    const wanted = process.env['CI'] === undefined ? ['bash'] : [...PROGRAMS];
    expect(missing.filter(program => wanted.includes(program))).to.deep.equal([]);
  });

  for (const run of here) {
    it(`${run.program} ${run.does}`, () => {
      const native = runNatively(base, run);
      expect(native.status, `natively: ${native.stderr}`).to.equal(run.status ?? 0);
      expect(native.stdout).to.match(run.says ?? /(?:)/);
      const { log, ...simulated } = runSimulated(base, run);
      expect(simulated, log).to.deep.equal(native);
    });
  }
});

describe('A program that wants to be two', () => {
  it('is told ENOSYS, with one warning, and goes on as it can', () => {
    const base = mkdtempSync(join(tmpdir(), 'mini-gem5-real-'));
    try {
      const text = 'echo before; echo $(echo inner); echo unreachable';
      const run = runSimulated(base, { program: 'bash', args: ['-c', text] });
      expect(run.stdout).to.equal('before\n');
      expect(run.stderr).to.match(/fork: Function not implemented/);
      expect(run.log.match(/system call clone \(56\) is not emulated/g)).to.have.length(1);
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });
});
