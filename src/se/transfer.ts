/** Moving data between open files and a program's memory. */
import { addressOf, Errno } from '../host/index';
import { OpenFlag, type HostSpan, type OpenFile } from './openFile';
import type { ProcessState } from './processState';
import { sizeArgument } from './syscallHandler';
import type { UserMemory } from './userMemory';

/** Most bytes that one call moves, as in Linux. */
const MOST_BYTES = 0x7fff_f000;
/** Most entries of an I/O vector (`IOV_MAX`). */
const MOST_VECTORS = 1024;
const BUFFER_SIZE = 0x1_0000;

/** A buffer for data that is to move in one piece, but lies in several. */
class Buffer64K implements HostSpan {
  readonly bytes = new Uint8Array(BUFFER_SIZE);
  readonly offset = 0;
  readonly hostAddress = Number(addressOf(this.bytes));
}

let sharedBuffer: Buffer64K | undefined;

function buffer(): Buffer64K {
  sharedBuffer ??= new Buffer64K();
  return sharedBuffer;
}

/** Where in a file a call reads or writes: `undefined` for the file's own position. */
type Place = number | undefined;

function finish(file: OpenFile, place: Place, count: number): number {
  if (count > 0 && place === undefined && file.seekable) file.position += count;
  return count;
}

/** Before a file is read: what the program has stored to it in memory must be there. */
export function beforeReading({ space }: ProcessState, file: OpenFile): void {
  const { sharedPages } = space;
  if (!sharedPages.empty && file.backing !== undefined)
    sharedPages.writeBack(file.backing.identity);
}

/** After a file was changed from `position` on: mappings must show it. */
export function afterChanging(
  { space }: ProcessState,
  file: OpenFile,
  position: number,
  length: number,
): void {
  const { sharedPages } = space;
  if (length <= 0 || sharedPages.empty || file.backing === undefined) return;
  sharedPages.reload(file.backing.identity, position, length);
}

/** Where a write begins; a file that is open for appending is written at its end whatever is asked. */
function writePlace(file: OpenFile, place: Place): number {
  if (!file.seekable || (file.flags & OpenFlag.Append) === 0) return place ?? file.position;
  const end = file.size();
  if (place === undefined) file.position = end;
  return end;
}

/** Reads from a file straight into a program's memory. Returns bytes or a negated error number. */
export function readFile(
  process: ProcessState,
  file: OpenFile,
  address: number,
  length: number,
  place?: number,
): number {
  if (!file.readable) return -Errno.EBADF;
  const { memory } = process;
  beforeReading(process, file);
  const wanted = Math.min(sizeArgument(length), MOST_BYTES);
  const start = place ?? file.position;
  let done = 0;
  while (done < wanted) {
    const found = memory.locate(address + done, wanted - done, 'write');
    if (found === 0) return finish(file, place, done > 0 ? done : -Errno.EFAULT);
    if (found < wanted && !file.seekable) return readInOnePiece(memory, file, address, wanted);
    const count = file.read(memory, found, start + done);
    if (count < 0) return finish(file, place, done > 0 ? done : count);
    done += count;
    if (count < found) break;
  }
  return finish(file, place, done);
}

/** One read of a pipe or terminal, which may not be asked twice, into memory in several pieces. */
function readInOnePiece(
  memory: UserMemory,
  file: OpenFile,
  address: number,
  wanted: number,
): number {
  const span = buffer();
  const most = Math.min(wanted, BUFFER_SIZE);
  // What was read cannot be put back, so the memory must be there beforehand.
  for (let checked = 0; checked < most;) {
    const found = memory.locate(address + checked, most - checked, 'write');
    if (found === 0) return -Errno.EFAULT;
    checked += found;
  }
  const count = file.read(span, most, 0);
  if (count > 0) memory.copyOut(address, span.bytes, count);
  return count;
}

/** Writes to a file straight from a program's memory. Returns bytes or a negated error number. */
export function writeFile(
  process: ProcessState,
  file: OpenFile,
  address: number,
  length: number,
  place?: number,
): number {
  if (!file.writable) return -Errno.EBADF;
  const { memory } = process;
  beforeReading(process, file);
  const wanted = Math.min(sizeArgument(length), MOST_BYTES);
  const start = writePlace(file, place);
  let done = 0;
  while (done < wanted) {
    let found = memory.locate(address + done, wanted - done, 'read');
    if (found === 0) return finish(file, place, done > 0 ? done : -Errno.EFAULT);
    let span: HostSpan = memory;
    if (found < wanted - done) {
      // In pieces: what fits into the buffer goes out at once, so that others see it whole.
      span = buffer();
      found = gather(memory, address + done, Math.min(wanted - done, BUFFER_SIZE));
    }
    const count = file.write(span, found, start + done);
    if (count < 0) return finish(file, place, done > 0 ? done : count);
    afterChanging(process, file, start + done, count);
    done += count;
    if (count < found) break;
  }
  return finish(file, place, done);
}

/** Copies a program's bytes into the buffer; as many as can be read, at least one. */
function gather(memory: UserMemory, address: number, length: number, start = 0): number {
  const { bytes } = buffer();
  let done = 0;
  while (done < length) {
    const found = memory.locate(address + done, length - done, 'read');
    if (found === 0) break;
    const { offset } = memory;
    bytes.set(memory.bytes.subarray(offset, offset + found), start + done);
    done += found;
  }
  return done;
}

/**
 * Copies from a file to another.
 * @param from - where in the input, `undefined` for its own position, which then moves; so `to`.
 * @returns bytes, or a negated error number.
 */
export function copyFile(
  input: OpenFile,
  from: Place,
  output: OpenFile,
  to: Place,
  length: number,
): number {
  const span = buffer();
  const wanted = Math.min(sizeArgument(length), MOST_BYTES);
  const source = from ?? input.position;
  const target = writePlace(output, to);
  let done = 0;
  while (done < wanted) {
    const found = input.read(span, Math.min(BUFFER_SIZE, wanted - done), source + done);
    if (found <= 0) {
      if (done === 0) return found;
      break;
    }
    const count = output.write(span, found, target + done);
    if (count < 0 && done === 0) return count;
    if (count > 0) done += count;
    if (count < found) break;
  }
  finish(input, from, done);
  return finish(output, to, done);
}

/** The I/O vector of the call under way: addresses and lengths. */
const addresses = new Float64Array(MOST_VECTORS);
const lengths = new Float64Array(MOST_VECTORS);

/** Reads an array of `struct iovec`; the sum of its lengths, or a negated error number. */
function readVector({ memory }: ProcessState, vector: number, count: number): number {
  const ENTRY_SIZE = 16;
  let total = 0;
  for (let i = 0; i < count; i++) {
    addresses[i] = memory.readInt64(vector + i * ENTRY_SIZE);
    const length = memory.readInt64(vector + i * ENTRY_SIZE + 8);
    if (length < 0) return -Errno.EINVAL;
    lengths[i] = Math.min(length, MOST_BYTES - total);
    total += lengths[i] ?? 0;
  }
  return total;
}

type Transfer = typeof readFile;

function eachVector(
  process: ProcessState,
  file: OpenFile,
  count: number,
  place: Place,
  transfer: Transfer,
): number {
  let done = 0;
  for (let i = 0; i < count; i++) {
    const length = lengths[i] ?? 0;
    if (length === 0) continue;
    const at = place === undefined ? undefined : place + done;
    const moved = transfer(process, file, addresses[i] ?? 0, length, at);
    if (moved < 0) return done > 0 ? done : moved;
    done += moved;
    if (moved < length) break;
    // A pipe or terminal that gave all it was asked for may make the program wait for more.
    if (transfer === readFile && !file.seekable) break;
  }
  return done;
}

/** Reads into several places (readv(2)). */
export function readVectors(
  process: ProcessState,
  file: OpenFile,
  vector: number,
  count: number,
  place?: number,
): number {
  if (!file.readable) return -Errno.EBADF;
  if (!(count >= 0 && count <= MOST_VECTORS)) return -Errno.EINVAL;
  const total = readVector(process, vector, count);
  return total <= 0 ? total : eachVector(process, file, count, place, readFile);
}

/** Writes from several places (writev(2)), in one piece unless there is much of it. */
export function writeVectors(
  process: ProcessState,
  file: OpenFile,
  vector: number,
  count: number,
  place?: number,
): number {
  if (!file.writable) return -Errno.EBADF;
  if (!(count >= 0 && count <= MOST_VECTORS)) return -Errno.EINVAL;
  const total = readVector(process, vector, count);
  if (total <= 0) return total;
  if (total > BUFFER_SIZE) return eachVector(process, file, count, place, writeFile);
  let gathered = 0;
  for (let i = 0; i < count; i++) {
    const length = lengths[i] ?? 0;
    const copied = gather(process.memory, addresses[i] ?? 0, length, gathered);
    gathered += copied;
    if (copied < length) break;
  }
  if (gathered === 0) return -Errno.EFAULT;
  beforeReading(process, file);
  const start = writePlace(file, place);
  const written = file.write(buffer(), gathered, start);
  afterChanging(process, file, start, written);
  return finish(file, place, written);
}
