/** The command line of `mini-gem5 serve-forks`. */
import { InvalidArgumentError, type Command } from 'commander';

/** How to serve. */
export interface ServerOptions {
  readonly socket: string;
  readonly parallel?: number;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Run the script, then serve requests with the function `serve` that it exports. */
export interface ServeForksRequest {
  readonly script: string;
  readonly args: readonly string[];
  readonly server: ServerOptions;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It is a whole number, at least 1.');
}

/** Adds `serve-forks` to the command; `ask` is called when it is asked for. */
export function addServeForksCommand(
  program: Command,
  ask: (request: ServeForksRequest) => void,
): void {
  program
    .command('serve-forks')
    .description('run a script, then give each request on a Unix socket to a fork of it')
    .argument('<socket>', 'path of the socket to make')
    .argument('<script>', 'configuration script that exports a function serve(request)')
    .argument('[script options...]', 'handed to the script')
    .option('--parallel <number>', 'children at once (default: one for each processor)', positive)
    .option('--timeout <ms>', 'host time that a child may take (default: any)', positive)
    .passThroughOptions()
    .action(
      (socket: string, script: string, args: string[], server: Omit<ServerOptions, 'socket'>) => {
        ask({ script, args, server: { ...server, socket } });
      },
    );
}
