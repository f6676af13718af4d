/**
 * Numbers and JSON as Python writes them: readers of gem5's configuration outputs were written for
 * that. Source of the behaviour: Python's `repr` of a float and `json.dump`.
 */

/** A number that is printed as a float even where it is whole: 1 is `1.0`. */
export class JsonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Anything that config.json can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonFloat
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A float: `1.0`, `0.5`, `1e-05`, `1e+16`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${String(value)}.0` : String(value);
}

/** A document with an indent of 4 spaces, without a final newline. */
export function pythonJson(value: JsonValue, margin = '\n'): string {
  const inner = `${margin}    `;
  if (value instanceof JsonFloat) return pythonFloat(value.value);
  if (typeof value === 'string') return asciiJson(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) {
    const items = value.map(item => inner + pythonJson(item, inner));
    return items.length === 0 ? '[]' : `[${items.join(',')}${margin}]`;
  }
  const members = Object.entries(value).map(
    ([key, item]) => `${inner}${asciiJson(key)}: ${pythonJson(item, inner)}`,
  );
  return members.length === 0 ? '{}' : `{${members.join(',')}${margin}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A JSON string in which everything beyond printable ASCII is escaped. */
function asciiJson(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
