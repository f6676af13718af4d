/** Where responses to outstanding requests go. */
import type { Request } from './request';

/**
 * From requests to the numbers of ports. Few are outstanding at a time, so that looking through them is
 * cheaper than hashing, and allocates nothing.
 */
export class RequestRoutes {
  readonly #requests: Request[] = [];
  readonly #ports: number[] = [];

  get size(): number {
    return this.#requests.length;
  }

  has(request: Request): boolean {
    return this.#requests.includes(request);
  }

  /** The port of a request; undefined when it is not known. */
  get(request: Request): number | undefined {
    return this.#ports[this.#requests.lastIndexOf(request)];
  }

  /** Notes the port of a request; a later one replaces it. */
  set(request: Request, port: number): void {
    const known = this.#requests.lastIndexOf(request);
    if (known >= 0) {
      this.#ports[known] = port;
      return;
    }
    this.#requests.push(request);
    this.#ports.push(port);
  }

  /** Forgets a request. */
  delete(request: Request): void {
    const place = this.#requests.lastIndexOf(request);
    if (place < 0) return;
    const last = this.#requests.pop();
    const lastPort = this.#ports.pop();
    if (last === undefined || lastPort === undefined || last === request) return;
    this.#requests[place] = last;
    this.#ports[place] = lastPort;
  }
}
