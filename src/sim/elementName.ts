/**
 * The name of an element of a list of objects: `cpu` for the only one, `cpu0` … `cpu9` for up to
 * ten, `cpu00` … for more. Source: gem5 `python/m5/SimObject.py` (`SimObjectVector`).
 *
 * @param name - of the list
 * @param count - elements in the list
 */
export function elementName(name: string, index: number, count: number): string {
  if (count <= 1) return name;
  return name + String(index).padStart(Math.ceil(Math.log10(count)), '0');
}
