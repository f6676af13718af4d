/**
 * Which pages of this process's memory have been written, whoever wrote them: JavaScript, generated
 * code, the kernel for a system call, or a guest of KVM. The kernel write-protects the pages and takes
 * the protection away at the first store, without telling anybody.
 *
 * Source: Linux `admin-guide/mm/pagemap.rst` (PAGEMAP_SCAN), `admin-guide/mm/userfaultfd.rst`
 * (write-protect notifications, asynchronous mode); both since Linux 6.7.
 */
import { HostDescriptor } from './descriptors';
import { onFork } from './fork';
import { ioctlRaw } from './ioctl';
import { libc, pointerOf } from './libc';
import { pageSize } from './processInfo';

/** Number of userfaultfd(2), by Node's names of processors. */
const SYS_USERFAULTFD: Readonly<Record<string, number>> = { x64: 323, arm64: 282 };
const O_CLOEXEC = 0o2000000;
/** Faults of the kernel are not reported, which nobody but root may ask for: here none is. */
const UFFD_USER_MODE_ONLY = 1;

const UFFDIO_API = 0xc018_aa3f;
const UFFD_API = 0xaan;
const UFFD_FEATURE_WP_UNPOPULATED = 1n << 13n;
const UFFD_FEATURE_WP_ASYNC = 1n << 15n;
const UFFDIO_REGISTER = 0xc020_aa00;
const UFFDIO_REGISTER_MODE_WP = 2n;

const PAGEMAP_SCAN = 0xc060_6610;
/** Write-protects what is reported, in the same step; fails where pages are not tracked. */
const PM_SCAN_FLAGS = 3n;
const PAGE_IS_WRITTEN = 2n;
/** struct pm_scan_arg, in 64-bit words. */
const SCAN = { words: 12, size: 0, flags: 1, start: 2, end: 3, walkEnd: 4, vec: 5, vecLen: 6 };
const SCAN_CATEGORY_MASK = 9;
const SCAN_RETURN_MASK = 11;
/** struct page_region: start, end, categories. */
const REGION_WORDS = 3;
const REGIONS = 4096;

/** Pages in a row, counted from the beginning of the range. */
interface WrittenRun {
  readonly first: number;
  readonly count: number;
}

/** Those of this process, not of its parent. */
const tracked = new Set<WrittenPages>();

onFork(() => {
  for (const pages of tracked) pages.dispose();
});

/** A range of memory whose written pages are known. */
export class WrittenPages {
  readonly #address: number;
  readonly #length: number;
  readonly #fault: HostDescriptor;
  readonly #map: HostDescriptor;
  /** What the kernel reports. */
  readonly #regions = new BigUint64Array(REGIONS * REGION_WORDS);

  private constructor(address: number, length: number, fault: HostDescriptor) {
    this.#address = address;
    this.#length = length;
    this.#fault = fault;
    this.#map = HostDescriptor.open('/proc/self/pagemap');
    tracked.add(this);
  }

  /**
   * Begins to track a range, none of which counts as written so far.
   * @param address - of the range, a multiple of the page size
   * @param length - bytes, a multiple of the page size; private memory
   * @returns undefined where the kernel cannot, or this process may not
   */
  static track(address: number, length: number): WrittenPages | undefined {
    const number = SYS_USERFAULTFD[process.arch];
    if (number === undefined) return undefined;
    // SAFETY: takes integers only.
    const fd = libc.syscall(number, O_CLOEXEC | UFFD_USER_MODE_ONLY, 0);
    if (fd < 0) return undefined;
    const fault = new HostDescriptor(fd);
    if (!register(fault.fd, address, length)) {
      fault.dispose();
      return undefined;
    }
    const pages = new WrittenPages(address, length, fault);
    if (pages.take() !== undefined) return pages;
    pages.dispose();
    return undefined;
  }

  /**
   * The pages that were written since the last call, and begins anew. A page may count as written that
   * has only been read; never the other way round.
   * @returns runs of pages, in ascending order; undefined when it is not known any longer, in the child of a fork above all
   */
  take(): WrittenRun[] | undefined {
    const page = pageSize();
    const runs: WrittenRun[] = [];
    const request = this.#scanRequest();
    const end = BigInt(this.#address + this.#length);
    const words = new Uint32Array(this.#regions.buffer);
    const pageAt = (word: number): number =>
      ((words[2 * word] ?? 0) + (words[2 * word + 1] ?? 0) * 2 ** 32 - this.#address) / page;
    for (;;) {
      const count = ioctlRaw(this.#map.fd, PAGEMAP_SCAN, request);
      if (count < 0) return undefined;
      for (let i = 0; i < count * REGION_WORDS; i += REGION_WORDS) {
        const first = pageAt(i);
        runs.push({ first, count: pageAt(i + 1) - first });
      }
      // Where there was room for more, the kernel has come to the end, whatever it says in `walkEnd`.
      const next = request[SCAN.walkEnd] ?? end;
      if (count < REGIONS || next >= end) return runs;
      request[SCAN.start] = next;
    }
  }

  #scanRequest(): BigUint64Array {
    const request = new BigUint64Array(SCAN.words);
    request[SCAN.size] = BigInt(request.byteLength);
    request[SCAN.flags] = PM_SCAN_FLAGS;
    request[SCAN.start] = BigInt(this.#address);
    request[SCAN.end] = BigInt(this.#address + this.#length);
    request[SCAN.vec] = pointerOf(this.#regions);
    request[SCAN.vecLen] = BigInt(REGIONS);
    request[SCAN_CATEGORY_MASK] = PAGE_IS_WRITTEN;
    request[SCAN_RETURN_MASK] = PAGE_IS_WRITTEN;
    return request;
  }

  /** Ends it: pages are as they were before. A second call does nothing. */
  dispose(): void {
    tracked.delete(this);
    this.#fault.dispose();
    this.#map.dispose();
  }
}

/** Has the kernel track a range of memory. @returns whether it can */
function register(fd: number, address: number, length: number): boolean {
  const features = UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED;
  if (ioctlRaw(fd, UFFDIO_API, BigUint64Array.of(UFFD_API, features, 0n)) < 0) return false;
  const range = [BigInt(address), BigInt(length), UFFDIO_REGISTER_MODE_WP, 0n];
  return ioctlRaw(fd, UFFDIO_REGISTER, BigUint64Array.from(range)) >= 0;
}
