/**
 * A fork server: it keeps a warmed-up simulation and gives every request a child of its own, which
 * goes on from there.
 *
 * One request is one line of JSON on a Unix socket, and so is its answer. Answers come in the order in
 * which the children end; what a request has as `id` is in its answer too.
 */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fatal } from '../base/index';
import { errnoText, isErrnoError, onFork, UnixListener, whenReadable } from '../host/index';
import { ChildPool } from './childPool';
import { startChildTask, type ChildOutcome } from './childTask';
import type { ForkEachOptions, ForkEachParts } from './forkEach';

/** How to serve. */
export interface ForkServerOptions extends Omit<ForkEachOptions, 'randomSeed'> {
  /** Path of the socket; there must be nothing yet. */
  readonly socket: string;
}

/** Any value that JSON can carry. */
type Json = unknown;

const BACKLOG = 128;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Serves requests from its making until {@link ForkServer.close}. */
export class ForkServer {
  readonly #parts: ForkEachParts;
  readonly #body: (request: Json) => Json;
  readonly #options: ForkServerOptions;
  readonly #pool: ChildPool;
  readonly #listener: UnixListener;
  readonly #connections = new Set<Socket>();
  readonly #stopAccepting: () => void;
  readonly #onSignal = (): void => {
    this.close();
  };
  #busy = 0;
  #closed = false;
  #resolve: (() => void) | undefined;
  /** Settles when the server has been closed and every child has ended. */
  readonly ended: Promise<void>;

  /**
   * @param body - what a child does with a request; what it returns is the answer's `result`
   * @throws {FatalError} when the socket cannot be made
   */
  constructor(parts: ForkEachParts, body: (request: Json) => Json, options: ForkServerOptions) {
    this.#parts = parts;
    this.#body = body;
    this.#options = options;
    this.#pool = new ChildPool(options.parallel);
    this.#listener = listenOn(options.socket);
    this.#stopAccepting = whenReadable(this.#listener.fd, () => {
      this.#accept();
    });
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    onFork(() => {
      this.#leaveToParent();
    });
    this.ended = new Promise(resolve => {
      this.#resolve = resolve;
    });
  }

  #accept(): void {
    for (let fd = this.#listener.accept(); fd !== null; fd = this.#listener.accept()) {
      const connection = new Socket({ fd, readable: true, writable: true });
      this.#connections.add(connection);
      // Somebody who leaves early gets no answers; the children go on.
      connection.on('error', () => undefined);
      connection.on('close', () => this.#connections.delete(connection));
      createInterface({ input: connection }).on('line', line => {
        if (line.trim() !== '') void this.#serve(connection, line);
      });
    }
  }

  async #serve(connection: Socket, line: string): Promise<void> {
    let request: Json;
    try {
      request = JSON.parse(line);
    } catch (error) {
      const message = `the request is not JSON: ${(error as Error).message}`;
      answer(connection, undefined, { status: 'failed', error: { name: 'SyntaxError', message } });
      return;
    }
    this.#busy++;
    let outdir = '';
    const outcome = await this.#pool.run<Json>(() =>
      startChildTask({
        simulation: this.#parts.simulation,
        lastExit: this.#parts.lastExit,
        fork: () => {
          const child = this.#parts.fork(this.#options.outdir, undefined);
          outdir = child.outdir;
          return child.pid;
        },
        body: () => this.#body(request),
        timeout: this.#options.timeout ?? Infinity,
      }),
    );
    this.#busy--;
    answer(connection, idOf(request), { ...flat(outcome), outdir });
    this.#endIfIdle();
  }

  /** Takes no more requests. Those that were taken are answered. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopAccepting();
    this.#listener.dispose();
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    if (!this.#closed || this.#busy > 0) return;
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
    for (const connection of this.#connections) connection.end();
    this.#pool.dispose();
    this.#resolve?.();
  }

  /** In a child: socket, connections and signals are the parent's. */
  #leaveToParent(): void {
    if (!this.#closed) this.#stopAccepting();
    this.#closed = true;
    this.#listener.abandon();
    for (const connection of this.#connections) connection.destroy();
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
  }
}

function listenOn(path: string): UnixListener {
  try {
    return new UnixListener(path, BACKLOG);
  } catch (error) {
    if (!isErrnoError(error)) throw error;
    const remedy = error.code === 'EADDRINUSE' ? '; remove it or choose another path' : '';
    return fatal(`cannot listen on the socket ${path}: ${errnoText(error.errno)}${remedy}`);
  }
}

/** An outcome without the nesting that types need. */
function flat(outcome: ChildOutcome<Json>): object {
  if (!('report' in outcome)) return outcome;
  const { report, ...rest } = outcome;
  return { ...rest, ...report };
}

function idOf(request: Json): Json {
  return typeof request === 'object' && request !== null && 'id' in request
    ? request.id
    : undefined;
}

function answer(connection: Socket, id: Json, outcome: object): void {
  if (!connection.writable) return;
  const text = JSON.stringify({ ...(id === undefined ? {} : { id }), ...outcome }, jsonValue);
  connection.write(`${text}\n`);
}

/** JSON has no bigint. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
