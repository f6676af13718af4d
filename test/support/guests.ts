import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { repositoryRoot } from './repository';

/**
 * The folder of the guest programs under test: the prebuilt ones, unless the environment variable
 * MINI_GEM5_GUESTS names another, such as `guests/build/glibc`.
 */
export function guestsFolder(): string {
  const other = process.env['MINI_GEM5_GUESTS'];
  return other === undefined ? join(repositoryRoot, 'guests', 'bin') : resolve(other);
}

/** The absolute path of one guest program, by its name in `guests/README.md`. */
export function guestPath(name: string): string {
  return join(guestsFolder(), name);
}

/** How a program ended and what it wrote. */
export interface ProgramRun {
  /** Exit status as a shell gives it: 128 + the signal's number when a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds after which a program counts as hanging; the longest takes a tenth of it. */
const PROGRAM_LIMIT = 120_000;

/**
 * Runs a program to its end and collects what it wrote. One that hangs, or leaves a child behind
 * that holds its output open, fails the test rather than stopping it for ever.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv },
): ProgramRun {
  const child = spawnSync(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: PROGRAM_LIMIT,
    killSignal: 'SIGKILL',
  });
  if (child.error !== undefined) throw child.error;
  const signal = child.signal === null ? 0 : constants.signals[child.signal];
  const status = child.status ?? 128 + signal;
  return { status, stdout: child.stdout, stderr: child.stderr };
}
