/** The C++ event queue that ours is measured against. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryPath } from './command';

/** How events come again: see the head of `bench/eventQueue.cc`. */
export type Pattern = 'hold' | 'clock' | 'kinds';

/** The reference, compiled. */
export class EventReference {
  readonly #program: string;

  /** @param folder - where to put the program */
  constructor(folder: string) {
    this.#program = join(folder, 'eventQueue');
    const source = repositoryPath('bench', 'eventQueue.cc');
    execFileSync('c++', ['-std=c++17', '-O2', '-o', this.#program, source]);
  }

  /** Nanoseconds per event, of each round. */
  rounds(pattern: Pattern, pending: number, events: number, rounds: number): number[] {
    const args = [pattern, ...[pending, events, rounds].map(String)];
    const output = execFileSync(this.#program, args, { encoding: 'utf8' });
    return output.trim().split('\n').map(Number);
  }
}
