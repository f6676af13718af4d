/** System calls about the system as a whole. */
import { Errno } from '../../host/index';
import type { ProcessThread } from '../processThread';
import { StructWriter } from '../structWriter';
import { sizeArgument, type SyscallGroup, type SyscallHandler } from '../syscallHandler';

const FIELD = 65;
const GRND_ALL = 0x7;
/** Most bytes that one getrandom call gives. */
const MOST_RANDOM = 0x1ff_ffff;

const struct = new StructWriter(6 * FIELD);

function uname({ process }: ProcessThread, address: number): number {
  struct
    .begin(6 * FIELD)
    .text(0, 'Linux', FIELD)
    .text(FIELD, 'mini-gem5', FIELD)
    .text(2 * FIELD, process.release, FIELD)
    .text(3 * FIELD, '#1 SMP', FIELD)
    .text(4 * FIELD, 'x86_64', FIELD)
    .text(5 * FIELD, '(none)', FIELD);
  process.memory.copyOut(address, struct.bytes, 6 * FIELD);
  return 0;
}

function sysinfo({ process }: ProcessThread, address: number): number {
  const SIZE = 112;
  process.clock.sample();
  struct
    .begin(SIZE)
    .i64(0, process.clock.seconds)
    .i64(32, process.space.totalBytes)
    .i64(40, process.space.freeBytes)
    .u16(80, 1)
    .u32(104, 1);
  process.memory.copyOut(address, struct.bytes, SIZE);
  return 0;
}

function getrandom(
  { process }: ProcessThread,
  address: number,
  length: number,
  flags: number,
): number {
  if ((flags & ~GRND_ALL) !== 0) return -Errno.EINVAL;
  const wanted = Math.min(sizeArgument(length), MOST_RANDOM);
  let done = 0;
  while (done < wanted) {
    const found = process.memory.locate(address + done, wanted - done, 'write');
    if (found === 0) return done > 0 ? done : -Errno.EFAULT;
    const { bytes, offset } = process.memory;
    process.fillRandom(bytes.subarray(offset, offset + found));
    done += found;
  }
  return done;
}

/** No descriptor is a socket, since none can be made. */
const notASocket: SyscallHandler = ({ process }, descriptor) => {
  process.files.get(descriptor | 0);
  return -Errno.ENOTSOCK;
};

/** Handlers of this group. */
export const miscCalls: SyscallGroup = {
  getpeername: notASocket,
  getsockname: notASocket,
  getsockopt: notASocket,
  setsockopt: notASocket,
  shutdown: notASocket,
  uname,
  sysinfo,
  getrandom,
};
