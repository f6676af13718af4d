/** This process's own memory by address, as a double of the kernel has to read and write it. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

function withMemory<T>(use: (fd: number) => T): T {
  const fd = openSync('/proc/self/mem', 'r+');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** The bytes at an address. */
export function readProcessMemory(address: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  withMemory(fd => readSync(fd, bytes, 0, length, Number(address)));
  return bytes;
}

/** Puts bytes at an address. */
export function writeProcessMemory(address: bigint, bytes: Uint8Array): void {
  withMemory(fd => writeSync(fd, bytes, 0, bytes.length, Number(address)));
}
