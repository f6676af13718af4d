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

  /** The port of a request; undefined when it is not known. */
  get(request: Request): number | undefined {
    const place = this.#find(request);
    return place < 0 ? undefined : this.#ports[place];
  }

  /** Notes the port of a request that is not outstanding yet. @returns false when it is */
  add(request: Request, port: number): boolean {
    if (this.#find(request) >= 0) return false;
    this.#requests.push(request);
    this.#ports.push(port);
    return true;
  }

  /** Notes the port of a request; a later one replaces it. */
  set(request: Request, port: number): void {
    const known = this.#find(request);
    if (known >= 0) this.#ports[known] = port;
    else this.add(request, port);
  }

  /** Forgets a request. */
  delete(request: Request): void {
    const place = this.#find(request);
    if (place < 0) return;
    const last = this.#requests.pop();
    const lastPort = this.#ports.pop();
    if (last === undefined || lastPort === undefined || last === request) return;
    this.#requests[place] = last;
    this.#ports[place] = lastPort;
  }

  /** Where a request is, -1 if nowhere. Written out: a built-in search costs more than one look. */
  #find(request: Request): number {
    let place = this.#requests.length - 1;
    while (place >= 0 && this.#requests[place] !== request) place--;
    return place;
  }
}
