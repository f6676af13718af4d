import { InvalidArgumentError } from 'commander';

/** Parser for options that take a whole number from 0 on: a count, a tick, an address. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('It is a whole number.');
}

/** Parser for options that take a whole number from 1 on. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('It is a whole number from 1 on.');
}
