/** PCMPESTRI and kin. Source: SDM volume 2, 4.1. */

/** What a comparison of two strings gives. */
export interface StringComparison {
  /** One bit for each element of the second string. */
  readonly result: number;
  /** Elements in a string. */
  readonly count: number;
  readonly flags: { readonly carry: boolean; readonly zero: boolean; readonly sign: boolean };
}

type Elements = readonly number[];

/** The elements of a string of 16 bytes, as bits 0 and 1 of the control byte say. */
function elementsOf(view: DataView, offset: number, control: number): Elements {
  const isWord = (control & 1) !== 0;
  const isSigned = (control & 2) !== 0;
  return Array.from({ length: isWord ? 8 : 16 }, (_, i) => {
    if (isWord) {
      const at = offset + i * 2;
      return isSigned ? view.getInt16(at, true) : view.getUint16(at, true);
    }
    return isSigned ? view.getInt8(offset + i) : view.getUint8(offset + i);
  });
}

/** Whether element `j` of the second string fits the first. */
function fits(
  mode: number,
  a: Elements,
  lengthA: number,
  b: Elements,
  lengthB: number,
  j: number,
): boolean {
  const count = a.length;
  const valid = j < lengthB;
  const element = b[j] ?? 0;
  switch (mode) {
    case 0:
      return valid && a.slice(0, lengthA).includes(element);
    case 1: {
      if (!valid) return false;
      for (let i = 0; i + 1 < lengthA; i += 2) {
        if ((a[i] ?? 0) <= element && element <= (a[i + 1] ?? 0)) return true;
      }
      return false;
    }
    case 2:
      return j < lengthA ? valid && a[j] === element : !valid;
    default:
      for (let i = 0; i < lengthA && i + j < count; i++) {
        if (i + j >= lengthB || a[i] !== b[i + j]) return false;
      }
      return true;
  }
}

/**
 * Compares the strings of 16 bytes at two places.
 *
 * @param lengths - of the two in elements; null where they end in a 0
 */
export function compareStrings(
  view: DataView,
  first: number,
  second: number,
  control: number,
  lengths: readonly [number, number] | null,
): StringComparison {
  const a = elementsOf(view, first, control);
  const b = elementsOf(view, second, control);
  const count = a.length;
  const ends = (elements: Elements): number => {
    const end = elements.indexOf(0);
    return end < 0 ? count : end;
  };
  const lengthA = lengths === null ? ends(a) : Math.min(Math.abs(lengths[0]), count);
  const lengthB = lengths === null ? ends(b) : Math.min(Math.abs(lengths[1]), count);
  let result = 0;
  for (let j = 0; j < count; j++) {
    const holds = fits((control >> 2) & 3, a, lengthA, b, lengthB, j);
    const negated = (control & 0x10) !== 0 && ((control & 0x20) === 0 || j < lengthB);
    if (holds !== negated) result |= 1 << j;
  }
  const flags = { carry: result !== 0, zero: lengthB < count, sign: lengthA < count };
  return { result, count, flags };
}
