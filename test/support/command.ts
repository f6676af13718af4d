/** Running the real `mini-gem5` command, in a folder of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type ProgramRun } from './guests';
import { noKvm } from './kvm';
import { repositoryRoot } from './repository';

/** The built command. */
export const commandPath = join(repositoryRoot, 'dist', 'cli', 'main.js');

/** Options of Node that the command's first line gives. */
export const nodeOptions: readonly string[] =
  /^#!.* node (.*)$/m.exec(readFileSync(commandPath, 'utf8'))?.[1]?.split(' ') ?? [];

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

/** What `configs/` say where there is no KVM; whether they do is a test of its own. */
const CPU_NOTE = /^info: Running on AtomicSimpleCPU, since KVM cannot be used: .*\n/m;

/** Runs the command with its banner left out, and a note on which CPU it runs. */
export function runCommand(
  args: readonly string[],
  options: { readonly cwd: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv },
): ProgramRun {
  const words = [...nodeOptions, commandPath, '--quiet', ...args];
  const run = runProgram(process.execPath, words, options);
  return noKvm === null ? run : { ...run, stderr: run.stderr.replace(CPU_NOTE, '') };
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
