import { InvalidArgumentError } from 'commander';
import { AddrRange, SimError } from 'mini-gem5';

/** Parser for options that take the size of a memory. */
export function memorySize(text: string): string {
  if (sizeOf(text) > 0) return text;
  throw new InvalidArgumentError('It is a whole number of bytes, such as 512MiB.');
}

function sizeOf(text: string): number {
  try {
    return new AddrRange(text).size;
  } catch (error) {
    if (error instanceof SimError) return 0;
    throw error;
  }
}
