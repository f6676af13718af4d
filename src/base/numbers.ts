/** How numerals are read and values are shown in messages, one way for all of the simulator. */

const INTEGER =
  /^[+-]?(?:0[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*|0[oO][0-7](?:_?[0-7])*|0[bB][01](?:_?[01])*|(?:0|[1-9](?:_?[0-9])*))$/;
const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/**
 * A whole number from a numeral: decimal, `0x`, `0o` or `0b`, with an optional sign and with `_`
 * between digits. A decimal numeral must not begin with 0, since that could be meant as octal.
 *
 * @returns undefined when it is no such numeral or is not exact (beyond 2^53 - 1)
 */
export function parseIntegerText(text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined;
  const negative = text.startsWith('-');
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) return undefined;
  return negative && value !== 0 ? -value : value;
}

/** A number from a decimal numeral, or undefined when it is none. */
export function parseFloatText(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}

/** A value as a message shows it: a text in quotes, an object by its class. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(describeValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const { constructor } = value as { constructor?: unknown };
    return `an object of ${typeof constructor === 'function' ? constructor.name : 'no class'}`;
  }
  return typeof value === 'function' ? `the function ${value.name}` : String(value);
}
