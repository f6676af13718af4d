/** Listening on a Unix socket, without waiting and without Node's event loop. */
import { unlinkSync } from 'node:fs';
import { close } from './descriptors';
import { Errno, ErrnoError } from './errno';
import { hostResources } from './hostResources';
import type { HostResource } from './hostResources';
import { lastErrno, libc } from './libc';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC;
/** Bytes of `sun_path`, the final 0 included. */
const MAX_PATH_BYTES = 108;

/** A `struct sockaddr_un`. */
function unixAddress(path: string): Uint8Array {
  const address = new Uint8Array(2 + MAX_PATH_BYTES);
  address[0] = AF_UNIX; // a 16-bit number, little-endian on every host that this runs on
  address.set(Buffer.from(path), 2);
  return address;
}

/** Owns a socket in the file system, and removes it in the end. */
export class UnixListener implements HostResource {
  readonly #path: string;
  #fd: number;

  /**
   * @param path - where to make the socket; there must be nothing yet
   * @param backlog - how many may wait to be accepted
   * @throws {ErrnoError} EADDRINUSE when there is something, ENAMETOOLONG, EACCES, ENOENT
   */
  constructor(path: string, backlog = 1) {
    this.#path = path;
    const doing = `listening on ${path}`;
    if (Buffer.byteLength(path) >= MAX_PATH_BYTES) {
      throw new ErrnoError({ call: 'bind', errno: Errno.ENAMETOOLONG, doing });
    }
    const address = unixAddress(path);
    // SAFETY: integers only.
    const fd = libc.socket(AF_UNIX, SOCK_STREAM | FLAGS, 0);
    if (fd < 0) throw new ErrnoError({ call: 'socket', errno: lastErrno(), doing });
    // SAFETY: the kernel reads the whole structure, which the view covers.
    const bound = libc.bind(fd, address, address.length);
    let errno = lastErrno();
    // SAFETY: integers only.
    const listening = bound < 0 ? bound : libc.listen(fd, backlog);
    if (bound >= 0) errno = lastErrno();
    if (listening < 0) {
      close(fd);
      throw new ErrnoError({ call: bound < 0 ? 'bind' : 'listen', errno, doing });
    }
    this.#fd = fd;
    hostResources.add(this);
  }

  /** The socket's own descriptor, -1 when it does not listen. */
  get fd(): number {
    return this.#fd;
  }

  /** The descriptor of somebody who has connected, not blocking and closed on exec, or null. */
  accept(): number | null {
    // SAFETY: null addresses: the kernel writes nothing.
    const fd = libc.accept4(this.#fd, null, null, FLAGS);
    return fd >= 0 ? fd : null;
  }

  /** Stops listening and removes the socket; a second call does nothing. */
  dispose(): void {
    if (this.#fd < 0) return;
    this.abandon();
    try {
      unlinkSync(this.#path);
    } catch {
      // Somebody else has removed it.
    }
  }

  /** Stops listening and leaves the socket to another process, which has inherited it. */
  abandon(): void {
    if (this.#fd < 0) return;
    close(this.#fd);
    this.#fd = -1;
    hostResources.remove(this);
  }
}
