/** Where the bytes of a terminal go on the host, and where they come from. */
import { constants } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { fatal } from '../base/index';
import {
  copyFileStart,
  errnoText,
  HostDescriptor,
  isErrnoError,
  PollEvent,
  tryPoll,
  UnixListener,
  writeFully,
} from '../host/index';
import { SocketPeer, tryReceive } from './socketPeer';

/** One way in or out, or both. */
export interface SerialChannel {
  /** Whether bytes may come: whether to {@link receive} at all. */
  readonly isInput: boolean;
  /** Sends bytes. */
  send(bytes: Uint8Array): void;
  /** Bytes that have come, without waiting; null when there are none. */
  receive(): Uint8Array | null;
  /** In the child of a fork: leaves to the parent what is the parent's. */
  notifyFork(): void;
  dispose(): void;
}

/** A descriptor that the simulator was started with: standard output or standard error. */
export class OutputChannel implements SerialChannel {
  readonly isInput = false;
  readonly #fd: number;
  readonly #name: string;

  /** @param name - for messages */
  constructor(fd: number, name: string) {
    this.#fd = fd;
    this.#name = name;
  }

  /** @throws {FatalError} when nobody reads it any longer */
  send(bytes: Uint8Array): void {
    sendAll(this.#fd, bytes, this.#name);
  }

  receive(): null {
    return null;
  }

  notifyFork(): void {
    // Parent and child write to the same terminal.
  }

  dispose(): void {
    // It is not ours.
  }
}

function sendAll(fd: number, bytes: Uint8Array, name: string): void {
  try {
    writeFully(fd, bytes, `writing what the guest sends to ${name}`);
  } catch (error) {
    if (!isErrnoError(error)) throw error;
    fatal(`cannot write what the guest sends to ${name}: ${errnoText(error.errno)}`);
  }
}

/** A file in the output directory, made when the first byte is written. */
export class FileChannel implements SerialChannel {
  readonly isInput = false;
  readonly #name: string;
  readonly #directory: () => string;
  #file: HostDescriptor | null = null;
  /** Where the file is, and how much is in it. */
  #path = '';
  #length = 0;

  /**
   * @param name - relative to the output directory, and within it
   * @param directory - the output directory
   * @throws {FatalError} when the name leads out of the output directory
   */
  constructor(name: string, directory: () => string) {
    const path = normalize(name);
    if (isAbsolute(path) || path === '.' || path === '..' || path.startsWith('../')) {
      fatal(`'${name}' is no file in the output directory; give a relative name`);
    }
    this.#name = path;
    this.#directory = directory;
  }

  send(bytes: Uint8Array): void {
    this.#file ??= this.#open(constants.O_TRUNC);
    sendAll(this.#file.fd, bytes, this.#path);
    this.#length += bytes.length;
  }

  #open(flag: number): HostDescriptor {
    const path = join(this.#directory(), this.#name);
    this.#path = path;
    try {
      return HostDescriptor.open(path, constants.O_WRONLY | constants.O_CREAT | flag);
    } catch (error) {
      if (!isErrnoError(error)) throw error;
      return fatal(`cannot write what the guest sends to ${path}: ${errnoText(error.errno)}`);
    }
  }

  receive(): null {
    return null;
  }

  /** The child goes on in a copy of its own, in its own output directory. */
  notifyFork(): void {
    if (this.#file === null) return;
    const parents = this.#path;
    this.#file.dispose();
    copyFileStart(parents, join(this.#directory(), this.#name), this.#length);
    this.#file = this.#open(constants.O_APPEND);
  }

  dispose(): void {
    this.#file?.dispose();
    this.#file = null;
  }
}

/** Standard input. It is never made non-blocking: the shell has the same open file. */
export class InputChannel implements SerialChannel {
  readonly #fd: number;
  #isOpen = true;

  constructor(fd = 0) {
    this.#fd = fd;
  }

  get isInput(): boolean {
    return this.#isOpen;
  }

  send(_bytes: Uint8Array): void {
    // One way only.
  }

  receive(): Uint8Array | null {
    if (!this.#isOpen || tryPoll(this.#fd, PollEvent.In, 0) <= 0) return null;
    const bytes = tryReceive(this.#fd);
    if (bytes !== 'end') return bytes;
    this.#isOpen = false;
    return null;
  }

  /** What is typed is for the parent. */
  notifyFork(): void {
    this.#isOpen = false;
  }

  dispose(): void {
    this.#isOpen = false;
  }
}

/** Bytes that somebody who connects late still gets to see. */
const HISTORY_BYTES = 16384;

/** A Unix socket, for one at a time. */
export class SocketChannel implements SerialChannel {
  readonly #listener: UnixListener;
  readonly #path: string;
  readonly #interrupted: () => boolean;
  readonly #patience: number | undefined;
  #isOpen = true;
  #peer: SocketPeer | null = null;
  #history: number[] = [];

  /**
   * @param interrupted - whether the user wants the simulation to stop, even while it waits for
   *   somebody who is connected and does not read
   * @param patience - milliseconds of host time that it waits for them to read on; default: 10,000
   * @throws {FatalError} when the socket cannot be made
   */
  constructor(path: string, interrupted: () => boolean = () => false, patience?: number) {
    this.#path = path;
    this.#interrupted = interrupted;
    this.#patience = patience;
    try {
      this.#listener = new UnixListener(path);
    } catch (error) {
      if (!isErrnoError(error)) throw error;
      const remedy = error.code === 'EADDRINUSE' ? '; remove it or choose another path' : '';
      fatal(`cannot listen on the socket ${path}: ${errnoText(error.errno)}${remedy}`);
    }
  }

  get isInput(): boolean {
    return this.#isOpen;
  }

  send(bytes: Uint8Array): void {
    this.#history.push(...bytes.subarray(-HISTORY_BYTES));
    if (this.#history.length > 2 * HISTORY_BYTES) {
      this.#history = this.#history.slice(-HISTORY_BYTES);
    }
    this.#peer?.send(bytes);
    this.#forgetPeerThatLeft();
  }

  receive(): Uint8Array | null {
    if (!this.#isOpen) return null;
    if (this.#peer === null) this.#accept();
    const bytes = this.#peer?.receive() ?? null;
    this.#forgetPeerThatLeft();
    return bytes;
  }

  #accept(): void {
    const fd = this.#listener.accept();
    if (fd === null) return;
    this.#peer = new SocketPeer(fd, this.#path, this.#interrupted, this.#patience);
    this.#peer.send(Uint8Array.from(this.#history.slice(-HISTORY_BYTES)));
  }

  #forgetPeerThatLeft(): void {
    if (this.#peer?.isThere !== false) return;
    this.#peer.hangUp();
    this.#peer = null;
  }

  /** Who is connected is connected with the parent. */
  notifyFork(): void {
    this.#isOpen = false;
    this.#peer?.hangUp();
    this.#peer = null;
    this.#listener.abandon();
  }

  dispose(): void {
    this.#isOpen = false;
    this.#peer?.end();
    this.#peer = null;
    this.#listener.dispose();
  }
}
