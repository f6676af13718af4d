/** Running the real `mini-gem5` command, in a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type ProgramRun } from './guests';
import { repositoryRoot } from './repository';

/** The built command. */
export const commandPath = join(repositoryRoot, 'dist', 'cli', 'main.js');

/** Path of a configuration script of the project. */
export function configPath(name: string): string {
  return join(repositoryRoot, 'configs', name);
}

/** Runs `body` with a new folder, and removes it afterwards. */
export function inFolder<Result>(body: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-test-'));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As {@link inFolder}, for what takes time. */
export async function inFolderAsync(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-test-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the command with its banner left out. */
export function runCommand(
  args: readonly string[],
  options: { readonly cwd: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv },
): ProgramRun {
  return runProgram(
    process.execPath,
    ['--single-threaded', '--v8-pool-size=1', commandPath, '--quiet', ...args],
    options,
  );
}

/** Runs a script given as text, from a file `script.ts` in `folder`. */
export function runScriptText(
  text: string,
  folder: string,
  options: readonly string[] = [],
): ProgramRun {
  writeFileSync(join(folder, 'script.ts'), text);
  return runCommand([...options, 'script.ts'], { cwd: folder });
}
