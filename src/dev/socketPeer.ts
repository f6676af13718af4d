/** Somebody who is connected to a serial line's socket, and reads at their own pace. */
import { warn } from '../base/index';
import { Errno, HostDescriptor, PollEvent, tryPoll, tryRead, tryWrite } from '../host/index';

/** Bytes that wait here for somebody slow. The kernel itself holds a few hundred single ones only. */
const BACKLOG_BYTES = 1024 * 1024;
/** Milliseconds between looks at whether the user wants to stop. */
const LOOK_INTERVAL = 50;
/** Milliseconds without a byte read, in the end, after which nobody is waited for any longer. */
const LAST_WAIT = 5000;
/**
 * The same while the simulation runs. The reader may be another part of this process, which cannot
 * read while it is waited for.
 */
const PATIENCE = 10_000;

const CHUNK_BYTES = 4096;

/** What the other end has sent: bytes, null when there are none for now, 'end' when it is gone. */
export function tryReceive(fd: number): Uint8Array | null | 'end' {
  const bytes = new Uint8Array(CHUNK_BYTES);
  const count = tryRead(fd, bytes, bytes.length);
  if (count > 0) return bytes.subarray(0, count);
  return count === -Errno.EAGAIN || count === -Errno.EINTR ? null : 'end';
}

/** The other end of a connection, which gets every byte, in order, as long as it stays. */
export class SocketPeer {
  readonly #descriptor: HostDescriptor;
  readonly #name: string;
  readonly #interrupted: () => boolean;
  readonly #patience: number;
  #backlog = new Uint8Array(0);
  #length = 0;
  #isThere = true;

  /**
   * @param fd - the connection, not blocking; taken over
   * @param name - of the socket, for messages
   * @param interrupted - whether the user wants the simulation to stop
   * @param patience - milliseconds of host time without a byte read after which a reader is given up
   */
  constructor(fd: number, name: string, interrupted: () => boolean, patience = PATIENCE) {
    this.#descriptor = new HostDescriptor(fd);
    this.#name = name;
    this.#interrupted = interrupted;
    this.#patience = patience;
  }

  /** False once the other end is gone, or was given up. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /**
   * Sends bytes now or later. Where too many wait already, the simulation waits for the other end to
   * read, until the user wants to stop or nothing is read for too long.
   */
  send(bytes: Uint8Array): void {
    this.flush();
    const done = this.#length === 0 ? this.#write(bytes) : 0;
    for (let at = done; at < bytes.length && this.#isThere;) {
      const room = BACKLOG_BYTES - this.#length;
      if (room === 0) this.#waitForRoom();
      const count = Math.min(bytes.length - at, room);
      this.#append(bytes.subarray(at, at + count));
      at += count;
    }
  }

  #append(bytes: Uint8Array): void {
    if (this.#backlog.length < this.#length + bytes.length) {
      const size = Math.min(
        BACKLOG_BYTES,
        Math.max(CHUNK_BYTES, 2 * (this.#length + bytes.length)),
      );
      const larger = new Uint8Array(size);
      larger.set(this.#backlog.subarray(0, this.#length));
      this.#backlog = larger;
    }
    this.#backlog.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Sends what the other end takes of what waits. */
  flush(): void {
    if (this.#length === 0) return;
    const count = this.#write(this.#backlog.subarray(0, this.#length));
    this.#backlog.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  /** @returns how many bytes the kernel has taken */
  #write(bytes: Uint8Array): number {
    if (!this.#isThere) return 0;
    const count = tryWrite(this.#descriptor.fd, bytes, bytes.length);
    if (count >= 0) return count;
    if (count !== -Errno.EAGAIN && count !== -Errno.EINTR) this.#isThere = false;
    return 0;
  }

  #waitForRoom(): void {
    let waited = 0;
    while (this.#isThere && this.#length === BACKLOG_BYTES) {
      if (this.#interrupted() || waited >= this.#patience) {
        this.#giveUp();
        return;
      }
      const isReady = tryPoll(this.#descriptor.fd, PollEvent.Out, LOOK_INTERVAL) !== 0;
      waited = isReady ? 0 : waited + LOOK_INTERVAL;
      this.flush();
    }
  }

  #giveUp(): void {
    warn(`${this.#name}: ${String(this.#length)} bytes are lost that nobody has read`);
    this.#length = 0;
    this.#isThere = false;
  }

  /** What was typed; null when there is nothing for now. */
  receive(): Uint8Array | null {
    this.flush();
    if (!this.#isThere) return null;
    const bytes = tryReceive(this.#descriptor.fd);
    if (bytes !== 'end') return bytes;
    this.#isThere = false;
    return null;
  }

  /** Sends what waits, as long as somebody reads it, and hangs up. */
  end(): void {
    while (this.#isThere && this.#length > 0) {
      if (tryPoll(this.#descriptor.fd, PollEvent.Out, LAST_WAIT) === 0) this.#giveUp();
      this.flush();
    }
    this.hangUp();
  }

  /** Lets go of the connection, whatever waits. */
  hangUp(): void {
    this.#isThere = false;
    this.#descriptor.dispose();
  }
}
