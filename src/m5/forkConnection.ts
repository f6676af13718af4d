/** A client of the fork server: lines of JSON come in, and lines of JSON go out. */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Any value that JSON can carry. */
export type Json = unknown;

/** Takes a request and gives `respond` the answer, without its `id`, when there is one. */
export type Serve = (request: Json, respond: (answer: object) => void) => void;

/** Reads requests and writes the answer to each, until the client has had its last one. */
export class ForkConnection {
  readonly #socket: Socket;
  readonly #serve: Serve;
  /** Requests without an answer yet. */
  #pending = 0;
  #hasAskedAll = false;

  /**
   * @param fd - the connection; taken over
   * @param onClose - called when the connection is closed
   */
  constructor(fd: number, serve: Serve, onClose: () => void) {
    this.#serve = serve;
    // A client may shut its side down once it has asked, and still wait for answers.
    this.#socket = new Socket({ fd, readable: true, writable: true, allowHalfOpen: true });
    // Somebody who leaves early gets no answers; the children go on.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', onClose);
    const lines = createInterface({ input: this.#socket });
    lines.on('line', line => {
      if (line.trim() !== '') this.#take(line);
    });
    lines.on('close', () => {
      this.#hasAskedAll = true;
      this.#endIfAnswered();
    });
  }

  #take(line: string): void {
    this.#pending++;
    let request: Json;
    try {
      request = JSON.parse(line);
    } catch (error) {
      this.#respond(failure('the request is not JSON', error));
      return;
    }
    const id = idOf(request);
    this.#serve(request, answer => {
      this.#respond(id === undefined ? answer : { id, ...answer });
    });
  }

  #respond(answer: object): void {
    if (this.#socket.writable) this.#socket.write(`${lineOf(answer)}\n`);
    this.#pending--;
    this.#endIfAnswered();
  }

  #endIfAnswered(): void {
    if (this.#hasAskedAll && this.#pending === 0) this.end();
  }

  /** Closes the connection when what was written has been sent. */
  end(): void {
    this.#socket.destroySoon();
  }

  /** Lets go of the connection, which another process holds too. */
  abandon(): void {
    this.#socket.destroy();
  }
}

function idOf(request: Json): Json {
  return typeof request === 'object' && request !== null && 'id' in request
    ? request.id
    : undefined;
}

function lineOf(answer: object): string {
  try {
    return JSON.stringify(answer, jsonValue);
  } catch (error) {
    const { id } = answer as { readonly id?: Json };
    return JSON.stringify({ id, ...failure('the result cannot be written as JSON', error) });
  }
}

/** JSON has no bigint. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function failure(what: string, error: unknown): object {
  const { name, message } = error as Error;
  // V8 draws circles over several lines.
  const [reason = ''] = message.split('\n');
  return { status: 'failed', error: { name, message: `${what}: ${reason}` } };
}
