/**
 * What programs ask terminals (ioctl_tty(2)). Answers are the host terminal's own; changing it is not
 * offered, since it belongs to the simulator, which must leave it as it was however the program ends.
 */
import { Errno, ioctlRaw } from '../host/index';
import type { OpenFile } from './openFile';
import type { ProcessState } from './processState';

const REQUEST = {
  GetAttributes: 0x5401,
  SetAttributes: 0x5402,
  SetAttributesDrain: 0x5403,
  SetAttributesFlush: 0x5404,
  GetProcessGroup: 0x540f,
  SetProcessGroup: 0x5410,
  GetWindowSize: 0x5413,
  BytesToRead: 0x541b,
  NonBlock: 0x5421,
} as const;

/** Bytes of the structs that requests read or fill. */
const SIZES: Readonly<Record<number, number>> = {
  [REQUEST.GetAttributes]: 36,
  [REQUEST.GetWindowSize]: 8,
  [REQUEST.BytesToRead]: 4,
};

const O_NONBLOCK = 0o4000;
const scratch = new Uint8Array(64);

/** ioctl(2) on a program's file. Returns 0 or a negated error number. */
export function terminalControl(
  process: ProcessState,
  file: OpenFile,
  request: number,
  argument: number,
): number {
  if (request === REQUEST.NonBlock) {
    const on = process.memory.readInt32(argument) !== 0;
    file.flags = on ? file.flags | O_NONBLOCK : file.flags & ~O_NONBLOCK;
    return 0;
  }
  if (request === REQUEST.BytesToRead && file.waitingBytes >= 0) {
    process.memory.writeInt32(argument, file.waitingBytes);
    return 0;
  }
  const size = SIZES[request];
  if (size !== undefined && file.descriptor >= 0) {
    const result = ioctlRaw(file.descriptor, request, scratch);
    if (result >= 0) process.memory.copyOut(argument, scratch, size);
    return result;
  }
  if (!file.terminal) return -Errno.ENOTTY;
  switch (request) {
    case REQUEST.GetProcessGroup:
      process.memory.writeInt32(argument, process.ids.pgid);
      return 0;
    case REQUEST.SetAttributes:
    case REQUEST.SetAttributesDrain:
    case REQUEST.SetAttributesFlush:
    case REQUEST.SetProcessGroup:
      return -Errno.EPERM;
    default:
      return -Errno.ENOTTY;
  }
}
