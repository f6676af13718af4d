/** Small programs from assembly text, with symbols. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Assembles and links a static program without a library; execution begins at `_start`. @returns its path */
export function assembled(text: string, folder: string, name = 'program'): string {
  const program = join(folder, name);
  const options = [
    '-nostdlib',
    '-static',
    '-no-pie',
    '-Wl,--build-id=none',
    '-x',
    'assembler',
    '-',
  ];
  execFileSync('cc', ['-o', program, ...options], {
    input: text,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  return program;
}
