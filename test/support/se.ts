/** Builders for tests of syscall emulation, without simulated objects. */
import { X86ThreadState } from '../../src/arch/x86/index';
import { addressOf } from '../../src/host/index';
import { AddressSpace } from '../../src/se/addressSpace';
import { FileAccess } from '../../src/se/fileAccess';
import { FileDescriptors } from '../../src/se/fileDescriptors';
import { OpenFile, type FileStatus, type HostSpan } from '../../src/se/openFile';
import { PageAllocator, type PhysicalBlock, type PhysicalBlocks } from '../../src/se/pageAllocator';
import { ProcessState } from '../../src/se/processState';
import { ProcessThread } from '../../src/se/processThread';
import { SimulatedClock } from '../../src/se/simulatedClock';
import { syscallNumber } from '../../src/se/syscallNames';
import { doSyscall } from '../../src/se/syscallTable';
import type { FileBacking } from '../../src/se/vma';

/** Guest physical memory from address 0 on, in one array. */
export class ArrayMemory implements PhysicalBlocks, PhysicalBlock {
  readonly start = 0;
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly u32: Uint32Array;
  readonly hostAddress: bigint;

  constructor(size: number) {
    const buffer = new ArrayBuffer(size);
    this.end = size;
    this.bytes = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.hostAddress = addressOf(this.bytes);
  }

  storeFor(address: number): PhysicalBlock | undefined {
    return address < this.end ? this : undefined;
  }
}

/** A file's contents in memory. */
export class ArrayBacking implements FileBacking {
  readonly path: string;
  contents: Uint8Array;
  users = 1;
  readonly writable: boolean;
  /** Offset and length of each read. */
  readonly reads: (readonly [position: number, length: number])[] = [];

  constructor(contents: Uint8Array, path = '/some/file', writable = true) {
    this.writable = writable;
    this.contents = contents;
    this.path = path;
  }

  size(): number {
    return this.contents.length;
  }

  read(target: Uint8Array, targetOffset: number, length: number, position: number): number {
    this.reads.push([position, length]);
    const piece = this.contents.subarray(position, position + length);
    target.set(piece, targetOffset);
    return piece.length;
  }

  get identity(): string {
    return this.path;
  }

  write(source: Uint8Array, sourceOffset: number, length: number, position: number): number {
    this.contents.set(source.subarray(sourceOffset, sourceOffset + length), position);
    return length;
  }

  retain(): void {
    this.users++;
  }

  release(): void {
    this.users--;
  }
}

const NO_STATUS: FileStatus = {
  ...{ dev: 1n, ino: 2n, mode: 0o100644n, nlink: 1n, uid: 3n, gid: 4n, rdev: 0n, size: 5n },
  ...{ blksize: 4096n, blocks: 8n },
  ...{ atimeNs: 1_000_000_002n, mtimeNs: 3_000_000_004n, ctimeNs: 5_000_000_006n },
  birthtimeNs: 7_000_000_008n,
};

/** An open file whose bytes are in memory: seekable, or a stream that gives each chunk once. */
export class ArrayFile extends OpenFile {
  contents: Uint8Array;
  readonly #seekable: boolean;
  /** What was written, one element for each call. */
  readonly writes: string[] = [];
  closed = false;

  constructor(contents: string, seekable = true, flags = 2) {
    super('/some/file', flags);
    this.contents = Buffer.from(contents);
    this.#seekable = seekable;
  }

  override get seekable(): boolean {
    return this.#seekable;
  }

  override size(): number {
    return this.contents.length;
  }

  read(target: HostSpan, length: number, position: number): number {
    const from = this.#seekable ? position : 0;
    const piece = this.contents.subarray(from, from + length);
    target.bytes.set(piece, target.offset);
    if (!this.#seekable) this.contents = this.contents.subarray(piece.length);
    return piece.length;
  }

  write(source: HostSpan, length: number, position: number): number {
    const piece = source.bytes.subarray(source.offset, source.offset + length);
    this.writes.push(Buffer.from(piece).toString());
    if (this.#seekable) {
      const grown = new Uint8Array(Math.max(this.contents.length, position + length));
      grown.set(this.contents);
      grown.set(piece, position);
      this.contents = grown;
    }
    return length;
  }

  status(): FileStatus {
    return NO_STATUS;
  }

  protected override dispose(): void {
    this.closed = true;
  }
}

export interface SpaceOptions {
  /** Bytes of physical memory. */
  readonly memorySize?: number;
  readonly maxStackSize?: number;
}

export interface TestSpace {
  readonly memory: ArrayMemory;
  readonly allocator: PageAllocator;
  readonly space: AddressSpace;
}

/** An empty address space with memory of its own. */
export function anAddressSpace({
  memorySize = 0x80_0000,
  maxStackSize = 0x10_0000,
}: SpaceOptions = {}): TestSpace {
  const memory = new ArrayMemory(memorySize);
  const allocator = new PageAllocator(memory, [{ start: 0, end: memorySize }]);
  const space = new AddressSpace({ memory, allocator, maxStackSize });
  return { memory, allocator, space };
}

export interface ProcessOptions extends SpaceOptions {
  readonly tick?: () => number;
  readonly cwd?: string;
  readonly readable?: readonly string[];
  readonly writable?: readonly string[];
  readonly executable?: string;
}

/** A program's thread, and a way to make system calls for it. */
export class TestProcess {
  readonly state: ProcessState;
  readonly thread: ProcessThread;
  readonly space: AddressSpace;
  readonly allocator: PageAllocator;
  /** Address of 64 KiB that the program may read and write. */
  readonly buffer: number;

  constructor(options: ProcessOptions = {}) {
    const { space, allocator } = anAddressSpace(options);
    this.space = space;
    this.allocator = allocator;
    this.state = new ProcessState({
      name: 'system.cpu.workload',
      ids: { uid: 100, euid: 101, gid: 102, egid: 103, pid: 104, ppid: 105, pgid: 106 },
      space,
      files: new FileDescriptors(),
      access: new FileAccess('system.cpu.workload', {
        readable: options.readable ?? [],
        writable: options.writable ?? [],
      }),
      clock: new SimulatedClock(options.tick ?? (() => 0), 1e12),
      executable: options.executable ?? '/opt/program',
      commandLine: ['program', 'argument'],
      cwd: options.cwd ?? '/some/directory',
      release: '5.1.0',
      hostWait: { interrupted: () => false, patience: () => this.thread.patience() },
    });
    this.thread = new ProcessThread(this.state, new X86ThreadState(), 104);
    this.buffer = space.map({ address: 0, length: 0x1_0000, protection: 3 });
  }

  /** Makes a system call by name. */
  call(name: string, ...args: readonly number[]): number {
    const number = syscallNumber(name);
    if (number === undefined) throw new Error(`no system call ${name}`);
    const [a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0] = args;
    return doSyscall(this.thread, number, a0, a1, a2, a3, a4, a5);
  }

  /** Puts bytes or a string with a final 0 into the program's memory. Returns the address. */
  put(value: string | Uint8Array, address = this.buffer): number {
    const bytes = typeof value === 'string' ? Buffer.from(`${value}\0`) : value;
    this.state.memory.copyOut(address, bytes);
    return address;
  }

  /** Reads bytes of the program's memory. */
  bytes(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.state.memory.copyIn(address, bytes);
    return bytes;
  }

  /** Reads bytes of the program's memory as text. */
  text(address: number, length: number): string {
    return Buffer.from(this.bytes(address, length)).toString();
  }

  view(address: number, length: number): DataView {
    return new DataView(this.bytes(address, length).buffer);
  }
}
