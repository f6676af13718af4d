import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { guestPath, runProgram } from '../support/guests';
import { describeWithKvm } from '../support/kvm';
import { repositoryRoot } from '../support/repository';
import type { ProgramRun } from '../support/guests';

/** One way to run a guest program. The oracle is the same run on the host's own processor. */
interface GuestCase {
  readonly does: string;
  readonly program: string;
  readonly args?: readonly string[];
  readonly input?: string;
  /** What the native run must give, so that the oracle itself is not taken on trust. */
  readonly status?: number;
  readonly says?: RegExp;
}

const bytes = Array.from({ length: 40000 }, (_, i) => String.fromCharCode(32 + (i % 90))).join('');

const cases: readonly GuestCase[] = [
  { does: 'greets', program: 'hello', args: ['one', 'two words'], says: /^Hello, world!\n/ },
  { does: 'finds its auxiliary vector', program: 'args', says: /AT_PAGESZ 4096\n/ },
  {
    does: 'gets its arguments byte for byte and gives its exit status',
    program: 'args',
    args: ['42', '', 'two words', "it's", '"', '\\', '*', 'été'],
    status: 42,
    says: /argc = 9\n/,
  },
  { does: 'copies its input', program: 'cat', input: bytes, says: /^ !"#/ },
  { does: 'meets the end of an empty input', program: 'cat', says: /^$/ },
  { does: 'computes', program: 'compute', args: ['100'], says: /^rounds 100 checksum/ },
  { does: 'allocates hundreds of MiB', program: 'malloc', says: /large blocks: 16 of 16 MiB, ok/ },
  { does: 'runs C++', program: 'exceptions', says: /caught: too deep\n/ },
  {
    does: 'writes and reads files',
    program: 'files',
    says: /link points to target\n.*failures: 0/s,
  },
  { does: 'relocates itself', program: 'pie', says: /^type ET_DYN\n/ },
  { does: 'makes system calls', program: 'syscallLoop', args: ['1000'], says: /^1000 of 1000/ },
  { does: 'touches memory', program: 'touch', args: ['4'], says: /^touched 1024 pages$/m },
  { does: 'sees time pass', program: 'time', says: /advances yes\n/ },
  { does: 'handles signals of all kinds', program: 'signals', says: /xmm7 keeps 2\.5\n.*done\n$/s },
  {
    does: 'dies of a signal after a handler was removed',
    program: 'signals',
    args: ['15'],
    status: 128 + 15,
    says: /caught 15, code -6\n$/,
  },
  {
    does: 'is interrupted by its timers, the last of which ends it',
    program: 'timers',
    status: 128 + 14,
    says: /^five alarms\n.*bad: EINVAL\n$/s,
  },
  { does: 'moves and shares memory', program: 'mappings', says: /4 TiB: ok\n.*EACCES\n$/s },
  { does: 'makes, moves and removes files', program: 'directory', says: /directory\.tmp: 0\n$/ },
  { does: 'has itself stepped', program: 'traps', says: /^nothing: 6\n.*jumped far\ndone\n$/s },
  { does: 'has its alignment checked', program: 'alignment', says: /1000 done\nchecked\n$/ },
  { does: 'waits for its pipes', program: 'polling', says: /ppoll 0 after its time: 1\n/ },
  { does: 'lists faults', program: 'faults', says: /^null-read\n/ },
  { does: 'gets ENOSYS', program: 'faults', args: ['unknown-syscall'], says: /ENOSYS\nsurvived/ },
];

/** Kinds of `faults`, with the signal that ends each. */
const SIGSEGV = 11;
const faults: Readonly<Record<string, number>> = {
  'null-read': SIGSEGV,
  'null-write': SIGSEGV,
  'text-write': SIGSEGV,
  'constant-write': SIGSEGV,
  'unmapped-read': SIGSEGV,
  'non-canonical-read': SIGSEGV,
  divide: 8,
  ud2: 4,
  'stack-overflow': SIGSEGV,
  jump: SIGSEGV,
  'jump-to-data': SIGSEGV,
  hlt: SIGSEGV,
  abort: 6,
  int3: 5,
  out: SIGSEGV,
  misaligned: SIGSEGV,
};

/** Runs `body` with a new folder that holds a symbolic link, and removes it afterwards. */
function inFolder<Result>(body: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-guests-'));
  try {
    symlinkSync('target', join(folder, 'link'));
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runNatively(guest: GuestCase): ProgramRun {
  const input = guest.input ?? '';
  // Node would add this variable to any environment while it measures coverage.
  const env = { NODE_V8_COVERAGE: undefined };
  return inFolder(cwd =>
    runProgram(guestPath(guest.program), guest.args ?? [], { cwd, input, env }),
  );
}

/** The same on the simulated processor; the output directory is the working directory. */
function runSimulated(guest: GuestCase, cpuType: string): ProgramRun & { readonly log: string } {
  return inFolder(cwd => {
    writeFileSync(join(cwd, 'stdin.txt'), guest.input ?? '');
    const command = [
      join(repositoryRoot, 'dist', 'cli', 'main.js'),
      ...['--outdir', cwd, join(repositoryRoot, 'configs', 'se.ts'), '--cpu-type', cpuType],
      ...['--input', join(cwd, 'stdin.txt'), '--output', 'stdout.txt', '--errout', 'stderr.txt'],
      ...['-c', guestPath(guest.program), '--', ...(guest.args ?? [])],
    ];
    const run = runProgram(process.execPath, command, { cwd });
    const written = (name: string): string =>
      existsSync(join(cwd, name)) ? readFileSync(join(cwd, name), 'utf8') : '(no such file)';
    return {
      status: run.status,
      stdout: written('stdout.txt'),
      stderr: written('stderr.txt'),
      log: run.stdout + run.stderr,
    };
  });
}

/** Rebuilt programs lack those for which there was no compiler; the prebuilt lack none. */
function isHere({ program }: GuestCase): boolean {
  return process.env['MINI_GEM5_GUESTS'] === undefined || existsSync(guestPath(program));
}

function expectSameRun(guest: GuestCase, cpuType: string): void {
  const native = runNatively(guest);
  expect(native.status, 'native exit status').to.equal(guest.status ?? 0);
  expect(native.stdout).to.match(guest.says ?? /(?:)/);
  const { log, ...simulated } = runSimulated(guest, cpuType);
  expect(simulated, log).to.deep.equal(native);
}

for (const cpuType of ['X86KvmCPU', 'AtomicSimpleCPU'] as const) {
  const describeOn = cpuType === 'X86KvmCPU' ? describeWithKvm : describe;
  describeOn(`A guest program runs on ${cpuType} as it does natively`, () => {
    for (const guest of cases.filter(isHere)) {
      it(`${guest.program} ${guest.does}`, () => expectSameRun(guest, cpuType));
    }

    for (const [kind, signal] of Object.entries(faults)) {
      it(`faults ends with signal ${signal} by ${kind}, its output so far kept`, () => {
        const says = new RegExp(`^about to: ${kind}\n$`);
        const guest = { does: '', program: 'faults', args: [kind], status: 128 + signal, says };
        expectSameRun(guest, cpuType);
      });
    }
  });
}

describe('A guest program that has itself watched by the processor', function () {
  this.timeout(60_000);

  it('sees on TimingSimpleCPU each step that it sees natively', () => {
    expectSameRun({ does: '', program: 'traps', says: /done\n$/ }, 'TimingSimpleCPU');
  });

  it('sees on TimingSimpleCPU each unaligned access that it sees natively', () => {
    expectSameRun({ does: '', program: 'alignment', says: /checked\n$/ }, 'TimingSimpleCPU');
  });
});
