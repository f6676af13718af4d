/**
 * Pseudo-instructions that move bytes between a guest and files of the host.
 *
 * gem5 lets a guest write any file of the host. Here it writes into the output directory, and a
 * program in syscall emulation besides where its allow-list lets it. Source of the rest: gem5
 * `sim/pseudo_inst.cc`.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { fatal, warn, warnOnce } from '../../base/index';
import { ImageFile } from '../../mem/index';
import type { Caller } from './caller';
import { guestMemoryOf, type GuestMemory } from './guestMemory';

/** Bytes that are moved at a time. */
const CHUNK_BYTES = 65536;
/** Longest path, in bytes. */
const PATH_MAX = 4096;
/** Mode of a new file, before the umask. */
const FILE_MODE = 0o666;

/** A bad address of the guest: told to the user, and to the guest by a count that is too low. */
function refuseAddress({ cpu }: Caller, what: string, address: bigint): void {
  const at = `0x${address.toString(16)}`;
  warn(`${cpu.name()}: ${what} was given the address ${at}, which is not all memory`);
}

/** Copies from the file that the system's `readfile` names. @returns bytes copied */
export function readFile(caller: Caller, address: bigint, length: bigint, offset: bigint): bigint {
  const { readfile } = caller.system.params;
  if (readfile === '') return 0n;
  const file = new ImageFile(readfile, `${caller.system.name()}.readfile: ${readfile}`);
  try {
    return copyFromFile(caller, file, address, length, offset);
  } finally {
    file.close();
  }
}

function copyFromFile(
  caller: Caller,
  file: ImageFile,
  address: bigint,
  length: bigint,
  offset: bigint,
): bigint {
  const memory = guestMemoryOf(caller);
  const rest = BigInt(file.size) - offset;
  const end = length < rest ? length : rest;
  const chunk = new Uint8Array(CHUNK_BYTES);
  let done = 0n;
  while (done < end) {
    const wanted = Number(end - done < CHUNK_BYTES ? end - done : CHUNK_BYTES);
    const piece = chunk.subarray(0, wanted);
    file.read(piece, Number(offset + done));
    if (!memory.write(address + done, piece)) {
      refuseAddress(caller, 'm5_read_file', address + done);
      break;
    }
    done += BigInt(wanted);
  }
  return done;
}

/**
 * Writes to a file, which begins empty when the offset is 0.
 * @param nameAddress - address of its name, which ends in a 0
 * @returns bytes written, 0 when the guest may not write there
 */
export function writeFile(
  caller: Caller,
  address: bigint,
  length: bigint,
  offset: bigint,
  nameAddress: bigint,
): bigint {
  const memory = guestMemoryOf(caller);
  const name = readName(memory, nameAddress);
  if (name === undefined) {
    refuseAddress(caller, 'm5_write_file', nameAddress);
    return 0n;
  }
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) return 0n;
  const path = writablePath(caller, name);
  if (path === undefined) return 0n;
  // Without O_NONBLOCK, opening a pipe waits for somebody who reads from it.
  const access = constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK;
  const flags = access | (offset === 0n ? constants.O_TRUNC : 0);
  const fd = hostCall(`m5_write_file: cannot open ${path}`, () => openSync(path, flags, FILE_MODE));
  try {
    return copyToFile(caller, memory, fd, address, length, offset);
  } finally {
    closeSync(fd);
  }
}

function copyToFile(
  caller: Caller,
  memory: GuestMemory,
  fd: number,
  address: bigint,
  length: bigint,
  offset: bigint,
): bigint {
  const chunk = new Uint8Array(CHUNK_BYTES);
  let done = 0n;
  while (done < length) {
    const size = Number(length - done < CHUNK_BYTES ? length - done : CHUNK_BYTES);
    const piece = chunk.subarray(0, size);
    if (!memory.read(address + done, piece)) {
      refuseAddress(caller, 'm5_write_file', address + done);
      break;
    }
    writeAll(fd, piece, Number(offset + done));
    done += BigInt(size);
  }
  return done;
}

function writeAll(fd: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) {
    done += hostCall('m5_write_file: cannot write to the file', () =>
      writeSync(fd, bytes, done, bytes.length - done, offset + done),
    );
  }
}

function readName(memory: GuestMemory, address: bigint): string | undefined {
  const bytes: number[] = [];
  const byte = new Uint8Array(1);
  while (bytes.length < PATH_MAX) {
    if (!memory.read(address + BigInt(bytes.length), byte)) return undefined;
    const [value = 0] = byte;
    if (value === 0) return Buffer.from(bytes).toString();
    bytes.push(value);
  }
  return undefined;
}

/** Where a name leads that the guest may write to, else undefined with a warning. */
function writablePath({ context, simulation, cpu }: Caller, name: string): string | undefined {
  const directory = simulation.host.makeOutputDirectory();
  const path = resolve(directory, name);
  if (name !== '') {
    if (context.process !== null) return context.process.writablePlace(path);
    if (path.startsWith(`${directory}/`)) return path;
  }
  warnOnce(
    `${cpu.name()} m5_write_file ${name}`,
    `${cpu.name()}: m5_write_file may not write '${name}', which is not in the output directory`,
  );
  return undefined;
}

/** @throws {FatalError} when the host refuses */
function hostCall<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    return fatal(`${what} (${code})`);
  }
}
