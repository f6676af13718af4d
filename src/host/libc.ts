/**
 * The C library, seen through koffi: the one place where its functions are declared.
 *
 * Nothing outside `src/host` uses these; each has one wrapper beside it that takes and returns
 * plain types. Declarations are those of the x86-64 and arm64 Linux ABI (LP64).
 *
 * SAFETY: koffi checks nothing against the C headers, so every declaration below is written by
 * hand from the function's man page: `int` and pointer widths as there, `off_t` and `time_t` as
 * 64 bits. A pointer is either a number or bigint that holds an address, or a view whose bytes
 * koffi hands over in place, without a copy. A view passed here must stay alive for as long as the
 * kernel may use the address, which for every call below is until the call returns, unless its
 * wrapper says otherwise.
 */
import koffi from 'koffi';
import type { KoffiFunc, LibraryHandle } from 'koffi' with { 'resolution-mode': 'import' };

/**
 * Something that names host memory: an address, or a view whose bytes are meant. Numbers are exact
 * for addresses, since user space ends far below 2^53.
 */
export type HostPointer = number | bigint | ArrayBufferView | null;

// SAFETY: a null path names the running program itself, whose symbols include all of the C library
// and libuv; nothing is loaded or run.
const self: LibraryHandle = koffi.load(null);

/** Version of koffi, the library through which the C library is called. */
export const koffiVersion: string = koffi.version;

// `declare` keeps koffi's untyped functions in one spot: the type says what the C prototype says.
function declare<F extends (...args: never[]) => unknown>(
  name: string,
  result: string,
  parameters: string[],
): KoffiFunc<F> {
  // SAFETY: see the head of this file; the caller states the prototype.
  return self.func(name, result, parameters) as KoffiFunc<F>;
}

type Int = number;

/** The functions of the C library that the host floor calls. */
export const libc = {
  // Descriptors
  open: declare<(path: string, flags: Int, mode: Int) => Int>('open', 'int', [
    'str',
    'int',
    'uint',
  ]),
  close: declare<(fd: Int) => Int>('close', 'int', ['int']),
  read: declare<(fd: Int, buffer: HostPointer, count: number) => number>('read', 'intptr_t', [
    'int',
    'void *',
    'size_t',
  ]),
  write: declare<(fd: Int, buffer: HostPointer, count: number) => number>('write', 'intptr_t', [
    'int',
    'void *',
    'size_t',
  ]),
  pread: declare<(fd: Int, buffer: HostPointer, count: number, offset: number) => number>(
    'pread',
    'intptr_t',
    ['int', 'void *', 'size_t', 'int64_t'],
  ),
  pwrite: declare<(fd: Int, buffer: HostPointer, count: number, offset: number) => number>(
    'pwrite',
    'intptr_t',
    ['int', 'void *', 'size_t', 'int64_t'],
  ),
  readv: declare<(fd: Int, iovec: HostPointer, count: Int) => number>('readv', 'intptr_t', [
    'int',
    'void *',
    'int',
  ]),
  writev: declare<(fd: Int, iovec: HostPointer, count: Int) => number>('writev', 'intptr_t', [
    'int',
    'void *',
    'int',
  ]),
  poll: declare<(fds: HostPointer, count: number, timeout: Int) => Int>('poll', 'int', [
    'void *',
    'ulong',
    'int',
  ]),
  fcntl: declare<(fd: Int, command: Int, argument: number) => Int>('fcntl', 'int', [
    'int',
    'int',
    'long',
  ]),
  fcntlPointer: declare<(fd: Int, command: Int, argument: HostPointer) => Int>('fcntl', 'int', [
    'int',
    'int',
    'void *',
  ]),
  dup2: declare<(fd: Int, target: Int) => Int>('dup2', 'int', ['int', 'int']),
  ftruncate: declare<(fd: Int, length: number) => Int>('ftruncate', 'int', ['int', 'int64_t']),
  sync_file_range: declare<(fd: Int, offset: number, length: number, flags: Int) => Int>(
    'sync_file_range',
    'int',
    ['int', 'int64_t', 'int64_t', 'uint'],
  ),
  renameat2: declare<
    (oldFolder: Int, oldPath: string, newFolder: Int, newPath: string, flags: Int) => Int
  >('renameat2', 'int', ['int', 'str', 'int', 'str', 'uint']),
  mkfifo: declare<(path: string, mode: Int) => Int>('mkfifo', 'int', ['str', 'uint']),
  pipe2: declare<(fds: HostPointer, flags: Int) => Int>('pipe2', 'int', ['void *', 'int']),
  memfd_create: declare<(name: string, flags: Int) => Int>('memfd_create', 'int', ['str', 'uint']),
  socket: declare<(domain: Int, type: Int, protocol: Int) => Int>('socket', 'int', [
    'int',
    'int',
    'int',
  ]),
  bind: declare<(fd: Int, address: HostPointer, length: Int) => Int>('bind', 'int', [
    'int',
    'void *',
    'uint',
  ]),
  listen: declare<(fd: Int, backlog: Int) => Int>('listen', 'int', ['int', 'int']),
  accept4: declare<(fd: Int, address: HostPointer, length: HostPointer, flags: Int) => Int>(
    'accept4',
    'int',
    ['int', 'void *', 'void *', 'int'],
  ),
  ioctl: declare<(fd: Int, request: number, argument: HostPointer) => Int>('ioctl', 'int', [
    'int',
    'ulong',
    'void *',
  ]),

  // Memory
  mmap: declare<
    (
      address: HostPointer,
      length: number,
      protection: Int,
      flags: Int,
      fd: Int,
      offset: number,
    ) => bigint
  >('mmap', 'void *', ['void *', 'size_t', 'int', 'int', 'int', 'int64_t']),
  munmap: declare<(address: HostPointer, length: number) => Int>('munmap', 'int', [
    'void *',
    'size_t',
  ]),
  madvise: declare<(address: HostPointer, length: number, advice: Int) => Int>('madvise', 'int', [
    'void *',
    'size_t',
    'int',
  ]),
  memcmp: declare<(a: HostPointer, b: HostPointer, length: number) => Int>('memcmp', 'int', [
    'void *',
    'void *',
    'size_t',
  ]),
  mprotect: declare<(address: HostPointer, length: number, protection: Int) => Int>(
    'mprotect',
    'int',
    ['void *', 'size_t', 'int'],
  ),

  // Signals and timers
  sigaction: declare<(signal: Int, action: HostPointer, old: HostPointer) => Int>(
    'sigaction',
    'int',
    ['int', 'void *', 'void *'],
  ),
  pthread_sigmask: declare<(how: Int, set: HostPointer, old: HostPointer) => Int>(
    'pthread_sigmask',
    'int',
    ['int', 'void *', 'void *'],
  ),
  sigtimedwait: declare<(set: HostPointer, info: HostPointer, timeout: HostPointer) => Int>(
    'sigtimedwait',
    'int',
    ['void *', 'void *', 'void *'],
  ),
  sigpending: declare<(set: HostPointer) => Int>('sigpending', 'int', ['void *']),
  sigrtmin: declare<() => Int>('__libc_current_sigrtmin', 'int', []),
  sigrtmax: declare<() => Int>('__libc_current_sigrtmax', 'int', []),
  getpid: declare<() => Int>('getpid', 'int', []),
  gettid: declare<() => Int>('gettid', 'int', []),
  tgkill: declare<(process: Int, thread: Int, signal: Int) => Int>('tgkill', 'int', [
    'int',
    'int',
    'int',
  ]),
  timer_create: declare<(clock: Int, event: HostPointer, timer: HostPointer) => Int>(
    'timer_create',
    'int',
    ['int', 'void *', 'void *'],
  ),
  timer_settime: declare<
    (timer: HostPointer, flags: Int, value: HostPointer, old: HostPointer) => Int
  >('timer_settime', 'int', ['void *', 'int', 'void *', 'void *']),
  timer_gettime: declare<(timer: HostPointer, value: HostPointer) => Int>('timer_gettime', 'int', [
    'void *',
    'void *',
  ]),
  timer_delete: declare<(timer: HostPointer) => Int>('timer_delete', 'int', ['void *']),
  clock_getres: declare<(clock: Int, resolution: HostPointer) => Int>('clock_getres', 'int', [
    'int',
    'void *',
  ]),

  // The process, and others
  // SAFETY: an address, called by machine code that keeps to fork()'s prototype.
  fork: self.symbol('fork') as bigint, // called by machine code only: see forkCode.ts
  waitpid: declare<(pid: Int, status: HostPointer, options: Int) => Int>('waitpid', 'int', [
    'int',
    'void *',
    'int',
  ]),
  exitNow: declare<(status: Int) => void>('_exit', 'void', ['int']),
  getppid: declare<() => Int>('getppid', 'int', []),
  prctl: declare<(option: Int, argument: number) => Int>('prctl', 'int', ['int', 'ulong']),
  syscall: declare<(number: number, first: number, second: number) => number>('syscall', 'long', [
    'long',
    'long',
    'long',
  ]),
  perfEventOpen: declare<
    (
      number: number,
      attributes: HostPointer,
      thread: Int,
      cpu: Int,
      group: Int,
      flags: number,
    ) => number
  >('syscall', 'long', ['long', 'void *', 'int', 'int', 'int', 'ulong']),
  sysconf: declare<(name: Int) => number>('sysconf', 'long', ['int']),
};

/** libuv, which Node runs its event loop with; its symbols are the program's own. */
export const libuv = {
  defaultLoop: declare<() => bigint>('uv_default_loop', 'void *', []),
  loopAlive: declare<(loop: bigint) => Int>('uv_loop_alive', 'int', ['void *']),
  loopFork: declare<(loop: bigint) => Int>('uv_loop_fork', 'int', ['void *']),
};

// SAFETY: a prototype, nothing is called.
const codeWithTable = koffi.proto('int MachineCode(void *table)');

/** Calls machine code at an address, `int code(void *table)`, with the address of a table. */
export function callCode(address: bigint, table: ArrayBufferView): number {
  // SAFETY: the caller has put code there that keeps to the C calling convention, and a table that
  // is what the code expects.
  return koffi.call(address, codeWithTable, table) as number;
}

/** A function that makes a system call: its number, and three arguments. */
export type SystemCallFunction = (number: number, a: number, b: number, c: number) => number;

// SAFETY: a prototype, nothing is called.
const systemCallCode = koffi.proto('long SystemCallCode(long number, long a, long b, long c)');

/** Machine code at an address, `long code(long number, long a, long b, long c)`, as a function. */
export function systemCallAt(address: bigint): SystemCallFunction {
  // SAFETY: the caller has put code there that keeps to the C calling convention, and leaves it there
  // for as long as the function is used.
  return koffi.decode(address, systemCallCode) as SystemCallFunction;
}

/** Requests of the event loop that are under way: in libuv's threads, or of sockets. */
export function activeRequests(): number {
  // `struct uv_loop_s` begins: data, active_handles, handle_queue (two pointers), active_reqs.count;
  // its layout is part of libuv's ABI.
  const ACTIVE_REQUESTS = 32;
  // SAFETY: the default loop exists as long as the process, and this reads inside it.
  return new Uint32Array(viewOf(libuv.defaultLoop(), ACTIVE_REQUESTS + 4), ACTIVE_REQUESTS)[0] ?? 0;
}

/**
 * Calls back whenever a descriptor has something to read, from Node's event loop.
 *
 * @returns ends that; afterwards the descriptor may be closed
 */
export function whenReadable(fd: number, callback: () => void): () => void {
  // SAFETY: libuv watches a descriptor that the caller keeps open until it ends the watch.
  const handle = koffi.node.poll(fd, { readable: true }, callback);
  return () => {
    handle.stop();
    handle.close();
  };
}

/**
 * The error number of the C library call just made. It must be read on the next line after a call
 * that failed: any later call, even one inside the JavaScript engine, may overwrite it.
 */
export function lastErrno(): number {
  // SAFETY: reads this thread's errno, no pointers involved.
  return koffi.errno();
}

/** The host address of the first byte that a view covers. */
export function pointerOf(view: ArrayBufferView): bigint {
  // SAFETY: koffi reads the view's address and keeps no reference; a view onto the JavaScript heap
  // is first moved off it by the engine, so the address holds while the view lives.
  return koffi.address(view);
}

/** An `ArrayBuffer` over host memory that the caller keeps mapped for as long as it is used. */
export function viewOf(address: bigint, length: number): ArrayBuffer {
  // SAFETY: the caller passes a live mapping of at least `length` bytes, and `length` is within
  // what an ArrayBuffer may have (koffi aborts the process otherwise; memoryMap.ts checks).
  return koffi.view(address, length);
}
