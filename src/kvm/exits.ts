/**
 * Why KVM_RUN came back, decoded from `kvm_run` into a union.
 *
 * One object per kind is reused from exit to exit, so that decoding allocates nothing on the way of
 * IO and MMIO: an exit is *borrowed*, and so are its `data`, which alias the page shared with the
 * kernel. Both are dead after the next entry.
 *
 * Source: KVM API section 5.
 */
import { Errno } from '../host/index';
import * as abi from './abi';
import { kvmRun } from './abiVcpu';

/** An `in` or `out` instruction, or a whole `ins` or `outs` with a repeat prefix. */
export interface IoExit {
  readonly kind: 'io';
  /** True for `out`. */
  readonly isWrite: boolean;
  readonly port: number;
  /** Bytes of one access: 1, 2 or 4. */
  readonly size: number;
  /** Accesses, all to the same port. */
  readonly count: number;
  /** `size * count` bytes: what the guest wrote, or where to put what it reads. */
  readonly data: Uint8Array;
}

/** An access to guest-physical memory that no slot backs. */
export interface MmioExit {
  readonly kind: 'mmio';
  readonly isWrite: boolean;
  /** Guest-physical address. */
  readonly address: number;
  /** 1 to 8 bytes: what the guest wrote, or where to put what it reads. */
  readonly data: Uint8Array;
}

/** The guest stopped for a debugger (KVM_SET_GUEST_DEBUG). */
export interface DebugExit {
  readonly kind: 'debug';
  /** Exception vector, 1 or 3. */
  readonly exception: number;
  readonly pc: bigint;
  readonly dr6: bigint;
  readonly dr7: bigint;
}

/** KVM gave up on the guest. */
export interface InternalErrorExit {
  readonly kind: 'internal-error';
  /** `KVM_INTERNAL_ERROR_…`. */
  readonly suberror: number;
  /** What KVM says about it, in the format of that suberror. */
  readonly data: readonly bigint[];
}

/** Every way in which KVM_RUN comes back. */
export type VcpuExit =
  | IoExit
  | MmioExit
  | DebugExit
  | InternalErrorExit
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'hlt' }
  | { readonly kind: 'irq-window-open' }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'hypercall'; readonly number: bigint; readonly args: readonly bigint[] }
  | { readonly kind: 'unknown'; readonly hardwareReason: bigint }
  | { readonly kind: 'exception'; readonly exception: number; readonly errorCode: number }
  | { readonly kind: 'fail-entry'; readonly hardwareReason: bigint; readonly cpu: number }
  | { readonly kind: 'system-event'; readonly type: number; readonly data: readonly bigint[] }
  /** A reason that this program does not know, or never asked for. */
  | { readonly kind: 'unsupported'; readonly reason: number };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const { offset } = kvmRun;
const EXIT_REASON = offset.exit_reason;
const IO_DIRECTION = offset['io.direction'];
const IO_SIZE = offset['io.size'];
const IO_PORT = offset['io.port'];
const IO_COUNT = offset['io.count'];
const IO_DATA_OFFSET = offset['io.data_offset'];
const MMIO_ADDRESS = offset['mmio.phys_addr'];
const MMIO_DATA = offset['mmio.data'];
const MMIO_LENGTH = offset['mmio.len'];
const MMIO_IS_WRITE = offset['mmio.is_write'];

const NO_DATA = new Uint8Array(0);
const INTERRUPTED: VcpuExit = { kind: 'interrupted' };
const HLT: VcpuExit = { kind: 'hlt' };
const IRQ_WINDOW_OPEN: VcpuExit = { kind: 'irq-window-open' };
const SHUTDOWN: VcpuExit = { kind: 'shutdown' };

/** Decodes the exits of one vCPU. */
export class ExitDecoder {
  readonly #page: DataView;
  readonly #io: Mutable<IoExit> = {
    kind: 'io',
    isWrite: false,
    port: 0,
    size: 0,
    count: 0,
    data: NO_DATA,
  };
  readonly #mmio: Mutable<MmioExit> = { kind: 'mmio', isWrite: false, address: 0, data: NO_DATA };
  /** Views of 0 to 8 bytes of MMIO data. */
  readonly #mmioData: readonly Uint8Array[];
  /** Views of 0 to 8 bytes of port data, which the kernel keeps at one place. */
  #ioData: readonly Uint8Array[] = [];
  #ioDataOffset = -1;

  /** @param page - all of the vCPU's shared mapping */
  constructor(page: DataView) {
    this.#page = page;
    this.#mmioData = this.#views(MMIO_DATA);
  }

  /**
   * What the last KVM_RUN ended with.
   * @param result - what KVM_RUN returned: 0, or `-EINTR` or `-EAGAIN`, for which the page still
   *   holds an older reason
   */
  decode(result: number): VcpuExit {
    if (result === -Errno.EINTR || result === -Errno.EAGAIN) return INTERRUPTED;
    const reason = this.#page.getUint32(EXIT_REASON, true);
    switch (reason) {
      case abi.KVM_EXIT_IO:
        return this.#decodeIo();
      case abi.KVM_EXIT_MMIO:
        return this.#decodeMmio();
      case abi.KVM_EXIT_INTR:
        return INTERRUPTED;
      case abi.KVM_EXIT_HLT:
        return HLT;
      case abi.KVM_EXIT_IRQ_WINDOW_OPEN:
        return IRQ_WINDOW_OPEN;
      case abi.KVM_EXIT_SHUTDOWN:
        return SHUTDOWN;
      default:
        return this.#decodeRare(reason);
    }
  }

  #decodeIo(): IoExit {
    const page = this.#page;
    const io = this.#io;
    io.isWrite = page.getUint8(IO_DIRECTION) === abi.KVM_EXIT_IO_OUT;
    io.port = page.getUint16(IO_PORT, true);
    io.size = page.getUint8(IO_SIZE);
    io.count = page.getUint32(IO_COUNT, true);
    // The offset is a page number times the page size: its low word says it all.
    const start = page.getUint32(IO_DATA_OFFSET, true);
    if (start !== this.#ioDataOffset) {
      this.#ioDataOffset = start;
      this.#ioData = this.#views(start);
    }
    const length = io.size * io.count;
    io.data = this.#ioData[length] ?? this.#view(start, length);
    return io;
  }

  #decodeMmio(): MmioExit {
    const page = this.#page;
    const mmio = this.#mmio;
    mmio.isWrite = page.getUint8(MMIO_IS_WRITE) !== 0;
    mmio.address =
      page.getUint32(MMIO_ADDRESS, true) + page.getUint32(MMIO_ADDRESS + 4, true) * 0x1_0000_0000;
    mmio.data = this.#mmioData[page.getUint32(MMIO_LENGTH, true)] ?? NO_DATA;
    return mmio;
  }

  #decodeRare(reason: number): VcpuExit {
    const page = this.#page;
    switch (reason) {
      case abi.KVM_EXIT_DEBUG:
        return {
          kind: 'debug',
          exception: page.getUint32(offset['debug.arch.exception'], true),
          pc: page.getBigUint64(offset['debug.arch.pc'], true),
          dr6: page.getBigUint64(offset['debug.arch.dr6'], true),
          dr7: page.getBigUint64(offset['debug.arch.dr7'], true),
        };
      case abi.KVM_EXIT_INTERNAL_ERROR:
        return {
          kind: 'internal-error',
          suberror: page.getUint32(offset['internal.suberror'], true),
          data: this.#words(
            offset['internal.data'],
            page.getUint32(offset['internal.ndata'], true),
          ),
        };
      case abi.KVM_EXIT_HYPERCALL:
        return {
          kind: 'hypercall',
          number: page.getBigUint64(offset['hypercall.nr'], true),
          args: this.#words(offset['hypercall.args'], 6),
        };
      case abi.KVM_EXIT_UNKNOWN:
        return {
          kind: 'unknown',
          hardwareReason: page.getBigUint64(offset['hw.hardware_exit_reason'], true),
        };
      case abi.KVM_EXIT_EXCEPTION:
        return {
          kind: 'exception',
          exception: page.getUint32(offset['ex.exception'], true),
          errorCode: page.getUint32(offset['ex.error_code'], true),
        };
      case abi.KVM_EXIT_FAIL_ENTRY:
        return {
          kind: 'fail-entry',
          hardwareReason: page.getBigUint64(
            offset['fail_entry.hardware_entry_failure_reason'],
            true,
          ),
          cpu: page.getUint32(offset['fail_entry.cpu'], true),
        };
      case abi.KVM_EXIT_SYSTEM_EVENT:
        return {
          kind: 'system-event',
          type: page.getUint32(offset['system_event.type'], true),
          data: this.#words(
            offset['system_event.data'],
            page.getUint32(offset['system_event.ndata'], true),
          ),
        };
      default:
        return { kind: 'unsupported', reason };
    }
  }

  /** `count` 64-bit words of the exit's own part of the page, which holds 16 at most. */
  #words(start: number, count: number): bigint[] {
    return Array.from({ length: Math.min(count, 16) }, (_, i) =>
      this.#page.getBigUint64(start + i * 8, true),
    );
  }

  #view(start: number, length: number): Uint8Array {
    return new Uint8Array(this.#page.buffer, this.#page.byteOffset + start, length);
  }

  #views(start: number): Uint8Array[] {
    return Array.from({ length: 9 }, (_, length) => this.#view(start, length));
  }
}

const EXIT_REASONS = Object.entries<number | bigint>(abi).filter(
  ([name]) => name.startsWith('KVM_EXIT_') && !name.startsWith('KVM_EXIT_IO_'),
);

/** The kernel's name of an exit reason, such as `KVM_EXIT_IO`. */
export function exitReasonName(reason: number): string {
  return EXIT_REASONS.find(([, value]) => value === reason)?.[0] ?? `exit reason ${String(reason)}`;
}

/** What went wrong inside KVM, in words. */
function internalErrorName(suberror: number): string {
  switch (suberror) {
    case abi.KVM_INTERNAL_ERROR_EMULATION:
      return 'an instruction could not be emulated';
    case abi.KVM_INTERNAL_ERROR_SIMUL_EX:
      return 'unexpected simultaneous exceptions';
    case abi.KVM_INTERNAL_ERROR_DELIVERY_EV:
      return 'an exit while an event was delivered';
    case abi.KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON:
      return 'an exit reason that KVM does not know';
    default:
      return `suberror ${String(suberror)}`;
  }
}

/**
 * What KVM says about its own failure: the instruction that it could not emulate, where it gives its
 * bytes (KVM API section 5, emulation_failure), else bare words.
 */
function internalErrorData({ suberror, data }: InternalErrorExit): string {
  const [flags = 0n, ...words] = data;
  const hasInstruction =
    suberror === abi.KVM_INTERNAL_ERROR_EMULATION &&
    (flags & BigInt(abi.KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES)) !== 0n;
  if (!hasInstruction) return data.map(word => `0x${word.toString(16)}`).join(' ');
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer);
  const [size = 0] = bytes;
  const instruction = [...bytes.subarray(1, 1 + Math.min(size, 15))];
  return instruction.map(byte => byte.toString(16).padStart(2, '0')).join(' ');
}

/** What a system event asks for, in words. */
function systemEventName(type: number): string {
  switch (type) {
    case abi.KVM_SYSTEM_EVENT_SHUTDOWN:
      return 'wants to be shut down';
    case abi.KVM_SYSTEM_EVENT_RESET:
      return 'wants to be reset';
    case abi.KVM_SYSTEM_EVENT_CRASH:
      return 'says that it has crashed';
    default:
      return `caused system event ${String(type)}`;
  }
}

/** An exit in words, for messages. */
export function describeExit(exit: VcpuExit): string {
  const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
  switch (exit.kind) {
    case 'io':
      return `the guest ${exit.isWrite ? 'wrote to' : 'read from'} port ${hex(exit.port)}`;
    case 'mmio':
      return `the guest ${exit.isWrite ? 'wrote to' : 'read from'} ${hex(exit.address)}`;
    case 'interrupted':
      return 'KVM was interrupted';
    case 'hlt':
      return 'the guest halted';
    case 'irq-window-open':
      return 'the guest can take an interrupt';
    case 'shutdown':
      return 'the guest shut down: it faulted while a fault was handled (triple fault)';
    case 'hypercall':
      return `the guest made hypercall ${String(exit.number)}, which nobody answers`;
    case 'unknown':
      return `KVM does not know why the guest stopped (hardware reason ${hex(exit.hardwareReason)})`;
    case 'exception':
      return `KVM stopped at exception ${String(exit.exception)} (error code ${hex(exit.errorCode)})`;
    case 'fail-entry':
      return `the processor refused to enter the guest (hardware reason ${hex(exit.hardwareReason)})`;
    case 'internal-error':
      return `KVM gave up on the guest: ${internalErrorName(exit.suberror)} (${internalErrorData(exit)})`;
    case 'system-event':
      return `the guest ${systemEventName(exit.type)}`;
    case 'debug':
      return `the guest stopped for a debugger at ${hex(exit.pc)}`;
    case 'unsupported':
      return `KVM came back with ${exitReasonName(exit.reason)}, which was not asked for`;
  }
}
