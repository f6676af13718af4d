/** What the kernel says about this process. */
import { readdirSync, readFileSync } from 'node:fs';
import { panic } from '../base/index';
import { libc } from './libc';

const SC_PAGESIZE = 30;

/** Size of a page of host memory, in bytes. */
export function pageSize(): number {
  // SAFETY: an integer; this name exists on every Linux.
  return libc.sysconf(SC_PAGESIZE);
}

/** Number of descriptors that the process has open. */
export function openDescriptorCount(): number {
  return readdirSync('/proc/self/fd').length - 1; // the listing has one open itself
}

/** Number of separate mappings in the process's address space. */
export function mappingCount(): number {
  return readFileSync('/proc/self/maps', 'latin1').split('\n').length - 1;
}

/** A memory size that `/proc/self/status` gives, in bytes. */
function statusBytes(name: string): number {
  const status = readFileSync('/proc/self/status', 'latin1');
  const kibibytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kibibytes === undefined) panic(`/proc/self/status has no ${name}`);
  return Number(kibibytes) * 1024;
}

/** Size of the process's address space, in bytes (`VmSize`). */
export function virtualMemoryBytes(): number {
  return statusBytes('VmSize');
}

/** Memory that the process really occupies, in bytes (`VmRSS`). */
export function residentMemoryBytes(): number {
  return statusBytes('VmRSS');
}
