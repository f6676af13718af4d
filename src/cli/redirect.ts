/** `--redirect-stdout` and `--redirect-stderr`: standard output and error into files. */
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { fatal } from '../base/index';
import { duplicateTo } from '../host/index';
import { defaultM5 } from '../m5/index';

const STDOUT = 1;
const STDERR = 2;

/** The options as gem5 names them. */
export interface RedirectOptions {
  readonly redirectStdout: boolean;
  readonly redirectStderr: boolean;
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly silentRedirect: boolean;
}

/**
 * Lets everything that this process and its guests write to standard output and error go into files
 * of the output directory. Error without a file of its own follows output, as in gem5.
 */
export function redirect(options: RedirectOptions): void {
  const { redirectStdout, redirectStderr, stdoutFile, stderrFile, silentRedirect } = options;
  if (!redirectStdout && !redirectStderr) return;
  const directory = defaultM5().host.makeOutputDirectory();
  const say = (what: string, path: string): void => {
    if (!silentRedirect) console.log(`Redirecting ${what} to ${path}`);
  };
  const outputPath = resolve(directory, stdoutFile);
  const errorPath = resolve(directory, stderrFile);
  if (redirectStdout) say(redirectStderr ? 'stdout' : 'stdout and stderr', outputPath);
  if (redirectStderr) say('stderr', errorPath);
  if (redirectStdout) sendTo(outputPath, redirectStderr ? [STDOUT] : [STDOUT, STDERR]);
  if (redirectStderr) sendTo(errorPath, [STDERR]);
}

function sendTo(path: string, descriptors: readonly number[]): void {
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    return fatal(`cannot redirect to '${path}': ${(error as Error).message}`);
  }
  for (const descriptor of descriptors) duplicateTo(file, descriptor);
  closeSync(file);
}
