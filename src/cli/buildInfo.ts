/** `--build-info`: what the command is made of. */
import { release } from 'node:os';
import { koffiVersion } from '../host/index';
import { version } from '../m5/version';

/** The lines to print. */
export function buildInfo(): string[] {
  const { node, v8 } = process.versions;
  return [
    `mini-gem5 ${version()}`,
    `Node ${node} (V8 ${v8})`,
    `koffi ${koffiVersion}`,
    `Linux ${release()} on ${process.arch}`,
  ];
}
