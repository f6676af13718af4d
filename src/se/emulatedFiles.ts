/**
 * Files in which Linux tells programs about the system and themselves. They show the simulated system,
 * not the host. Source of the contents: proc(5).
 */
import { Errno } from '../host/index';
import { PAGE_SIZE, Protection } from './layout';
import { OpenFile, OpenFlag, type FileStatus, type HostSpan } from './openFile';
import type { ProcessState } from './processState';
import { failWith } from './syscallFailure';
import type { Vma } from './vma';

const S_IFREG = 0o100000;
const KIB = 1024;

/** A read-only file whose contents were made when it was opened. */
export class EmulatedFile extends OpenFile {
  readonly contents: Uint8Array;

  constructor(path: string, flags: number, contents: string | Uint8Array) {
    super(path, flags);
    this.contents = typeof contents === 'string' ? Buffer.from(contents) : contents;
  }

  override get seekable(): boolean {
    return true;
  }

  override size(): number {
    return this.contents.length;
  }

  read(target: HostSpan, length: number, position: number): number {
    const piece = this.contents.subarray(position, position + length);
    target.bytes.set(piece, target.offset);
    return piece.length;
  }

  write(): number {
    return -Errno.EBADF;
  }

  status(): FileStatus {
    const time = 0n;
    return {
      ...{ dev: 4n, ino: 1n, mode: BigInt(S_IFREG | 0o444), nlink: 1n, uid: 0n, gid: 0n },
      // As Linux has it: the size is known only by reading.
      ...{ rdev: 0n, size: 0n, blksize: 4096n, blocks: 0n },
      ...{ atimeNs: time, mtimeNs: time, ctimeNs: time, birthtimeNs: time },
    };
  }
}

function meminfo({ space }: ProcessState): string {
  const line = (name: string, bytes: number): string =>
    `${`${name}:`.padEnd(16)}${String(Math.floor(bytes / KIB)).padStart(8)} kB\n`;
  return (
    line('MemTotal', space.totalBytes) +
    line('MemFree', space.freeBytes) +
    line('MemAvailable', space.freeBytes) +
    line('SwapTotal', 0) +
    line('SwapFree', 0)
  );
}

function mapLine({ start, end, protection, shared, fileOffset, backing, kind }: Vma): string {
  const letter = (bit: number, text: string): string => ((protection & bit) !== 0 ? text : '-');
  const rights =
    letter(Protection.Read, 'r') +
    letter(Protection.Write, 'w') +
    letter(Protection.Execute, 'x') +
    (shared ? 's' : 'p');
  const offset = backing === undefined ? 0 : fileOffset;
  const name = kind === 'mapping' ? (backing?.path ?? '') : `[${kind}]`;
  const range = `${start.toString(16).padStart(8, '0')}-${end.toString(16).padStart(8, '0')}`;
  const line = `${range} ${rights} ${offset.toString(16).padStart(8, '0')} 00:00 0`;
  return name === '' ? `${line}\n` : `${line.padEnd(73)}${name}\n`;
}

const mappedBytes = ({ space }: ProcessState): number =>
  space.areas.reduce((sum, { start, end }) => sum + end - start, 0);

function status(process: ProcessState): string {
  const { ids, comm, space } = process;
  const kib = (bytes: number): string => `${String(Math.floor(bytes / KIB)).padStart(8)} kB`;
  const all = (real: number, effective: number): string =>
    [real, effective, effective, effective].join('\t');
  const lines = {
    ...{ Name: comm, Umask: process.umask.toString(8).padStart(4, '0'), State: 'R (running)' },
    ...{ Tgid: ids.pid, Pid: ids.pid, PPid: ids.ppid, TracerPid: 0 },
    ...{ Uid: all(ids.uid, ids.euid), Gid: all(ids.gid, ids.egid) },
    ...{ VmSize: kib(mappedBytes(process)), VmRSS: kib(space.residentPages * PAGE_SIZE) },
    ...{ Threads: 1, Cpus_allowed: 1, Cpus_allowed_list: 0 },
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}:\t${String(value)}\n`)
    .join('');
}

/** The fields of /proc/PID/stat up to the resident size; those that follow are 0. */
function stat(process: ProcessState): string {
  const { ids, comm, space, clock } = process;
  const hundredths = Math.floor(clock.elapsed() / 1e7);
  const fields = [
    ...[ids.ppid, ids.pgid, ids.pgid, 0, -1, 0, 0, 0, 0, 0, hundredths, 0, 0, 0, 20, 0, 1, 0, 0],
    ...[mappedBytes(process), space.residentPages],
    ...Array.from({ length: 28 }, () => 0),
  ];
  return `${String(ids.pid)} (${comm}) R ${fields.join(' ')}\n`;
}

function statm(process: ProcessState): string {
  const pages = mappedBytes(process) / PAGE_SIZE;
  const { residentPages } = process.space;
  return `${String(pages)} ${String(residentPages)} 0 0 0 ${String(pages)} 0\n`;
}

const MOUNTS = 'rootfs / rootfs rw 0 0\n';

const CONTENTS: Readonly<Record<string, (process: ProcessState) => string>> = {
  '/proc/cpuinfo': () => 'processor\t: 0\nvendor_id\t: unknown\nmodel name\t: mini-gem5\n\n',
  '/proc/meminfo': meminfo,
  '/proc/stat': () => 'cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n',
  '/proc/version': ({ release }) => `Linux version ${release} (mini-gem5) #1 SMP\n`,
  '/proc/uptime': ({ clock }) => `${(clock.elapsed() / 1e9).toFixed(2)} 0.00\n`,
  '/proc/loadavg': ({ ids }) => `0.00 0.00 0.00 1/1 ${String(ids.pid)}\n`,
  '/proc/filesystems': () => 'nodev\tproc\nnodev\trootfs\n',
  '/proc/mounts': () => MOUNTS,
  '/proc/self/mounts': () => MOUNTS,
  '/etc/mtab': () => MOUNTS,
  '/proc/self/mountinfo': () => '1 1 0:2 / / rw - rootfs rootfs rw\n',
  '/proc/self/comm': ({ comm }) => `${comm}\n`,
  '/proc/self/status': status,
  '/proc/self/stat': stat,
  '/proc/self/statm': statm,
  '/proc/self/cmdline': ({ commandLine }) => commandLine.map(word => `${word}\0`).join(''),
  '/proc/self/maps': ({ space }) => space.areas.map(mapLine).join(''),
  '/proc/sys/kernel/ngroups_max': () => '65536\n',
  '/proc/sys/vm/overcommit_memory': () => '0\n',
  '/sys/devices/system/cpu/online': () => '0\n',
  '/sys/devices/system/cpu/possible': () => '0\n',
  '/sys/devices/system/cpu/present': () => '0\n',
};

/** Opens one of these files; `undefined` when the path is none. */
export function openEmulatedFile(
  process: ProcessState,
  path: string,
  flags: number,
): OpenFile | undefined {
  const own = `/proc/${String(process.ids.pid)}/`;
  const name = path.startsWith(own) ? `/proc/self/${path.slice(own.length)}` : path;
  const contents = Object.hasOwn(CONTENTS, name) ? CONTENTS[name] : undefined;
  if (contents === undefined) return undefined;
  if ((flags & OpenFlag.AccessMode) !== OpenFlag.ReadOnly) return failWith(Errno.EACCES);
  return new EmulatedFile(name, flags, contents(process));
}
