/** System calls about pipes, and from file to file. Source: pipe(2), sendfile(2), copy_file_range(2). */
import { Errno } from '../../host/index';
import { OpenFlag, type OpenFile } from '../openFile';
import { Pipe, PipeEnd } from '../pipe';
import type { ProcessThread } from '../processThread';
import type { SyscallGroup } from '../syscallHandler';
import { afterChanging, beforeReading, copyFile } from '../transfer';

function makePipe({ process }: ProcessThread, address: number, flags: number): number {
  if ((flags & ~(OpenFlag.CloseOnExec | OpenFlag.NonBlock)) !== 0) return -Errno.EINVAL;
  const { files, memory } = process;
  const cloexec = (flags & OpenFlag.CloseOnExec) !== 0;
  const kept = flags & OpenFlag.NonBlock;
  const pipe = new Pipe(process.nextPipe++);
  const reader = new PipeEnd(pipe, OpenFlag.ReadOnly | kept);
  const writer = new PipeEnd(pipe, OpenFlag.WriteOnly | kept);
  const descriptors: number[] = [];
  try {
    descriptors.push(files.add(reader, cloexec));
    descriptors.push(files.add(writer, cloexec));
    memory.copyOut(address, new Uint8Array(Int32Array.from(descriptors).buffer));
  } catch (error) {
    // The table lets go of a file for which it has no room.
    if (descriptors.length === 0) writer.release();
    for (const descriptor of descriptors) files.close(descriptor);
    throw error;
  }
  return 0;
}

/** Copies from one file to another, each at the place in memory or, where that is 0, its own. */
function copy(
  { process }: ProcessThread,
  input: OpenFile,
  inputPlace: number,
  output: OpenFile,
  outputPlace: number,
  length: number,
): number {
  const { memory } = process;
  if (!input.readable || !output.writable) return -Errno.EBADF;
  const from = inputPlace === 0 ? undefined : memory.readInt64(inputPlace);
  const to = outputPlace === 0 ? undefined : memory.readInt64(outputPlace);
  if ((from ?? 0) < 0 || (to ?? 0) < 0) return -Errno.EINVAL;
  beforeReading(process, input);
  beforeReading(process, output);
  const start = to ?? output.position;
  const count = copyFile(input, from, output, to, length);
  afterChanging(process, output, start, count);
  if (count > 0 && from !== undefined) memory.writeInt64(inputPlace, from + count);
  if (count > 0 && to !== undefined) memory.writeInt64(outputPlace, to + count);
  return count;
}

function sendfile(
  thread: ProcessThread,
  output: number,
  input: number,
  place: number,
  length: number,
): number {
  const { files } = thread.process;
  const from = files.get(input | 0);
  if (!from.seekable) return -Errno.EINVAL;
  return copy(thread, from, place, files.get(output | 0), 0, length);
}

function copyFileRange(
  thread: ProcessThread,
  input: number,
  inputPlace: number,
  output: number,
  outputPlace: number,
  length: number,
  flags: number,
): number {
  const { files } = thread.process;
  const from = files.get(input | 0);
  const to = files.get(output | 0);
  if (flags !== 0 || !from.seekable || !to.seekable) return -Errno.EINVAL;
  return copy(thread, from, inputPlace, to, outputPlace, length);
}

/** Handlers of this group. */
export const pipeCalls: SyscallGroup = {
  pipe: (thread, address) => makePipe(thread, address, 0),
  pipe2: makePipe,
  sendfile,
  copy_file_range: copyFileRange,
};
