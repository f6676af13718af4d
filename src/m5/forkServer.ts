/**
 * A fork server: it keeps a warmed-up simulation and gives every request a child of its own, which
 * goes on from there.
 *
 * One request is one line of JSON on a Unix socket, and so is its answer. Answers come in the order in
 * which the children end; what a request has as `id` is in its answer too.
 */
import { fatal } from '../base/index';
import { errnoText, isErrnoError, onFork, UnixListener, whenReadable } from '../host/index';
import { ChildPool } from './childPool';
import { startChildTask, type ChildOutcome } from './childTask';
import { ForkConnection, type Json } from './forkConnection';
import type { ForkEachOptions, ForkEachParts } from './forkEach';

/** How to serve. */
export interface ForkServerOptions extends Omit<ForkEachOptions, 'randomSeed'> {
  /** Path of the socket; there must be nothing yet. */
  readonly socket: string;
}

const BACKLOG = 128;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Serves requests from its making until {@link ForkServer.close}. */
export class ForkServer {
  readonly #parts: ForkEachParts;
  readonly #body: (request: Json) => Json;
  readonly #options: ForkServerOptions;
  readonly #pool: ChildPool;
  readonly #listener: UnixListener;
  readonly #connections = new Set<ForkConnection>();
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
    this.#pool = new ChildPool(options);
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
      const connection = new ForkConnection(
        fd,
        (request, respond) => void this.#serve(request, respond),
        () => this.#connections.delete(connection),
      );
      this.#connections.add(connection);
    }
  }

  async #serve(request: Json, respond: (answer: object) => void): Promise<void> {
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
        timeout: this.#pool.timeout,
      }),
    );
    this.#busy--;
    respond({ ...flat(outcome), outdir });
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
    for (const connection of this.#connections) connection.abandon();
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
