/** `--list-sim-objects`: every class that scripts can use, from the schemas. */
import * as objects from '../m5/objects';
import { describeSchema, type Schema } from '../sim/index';

/** The lines to print, classes sorted by name. */
export function listSimObjects(): string[] {
  const schemas = Object.values(objects as Record<string, unknown>)
    .map(value => (value as { readonly schema?: Schema }).schema)
    .filter(schema => schema !== undefined)
    .sort((a, b) => (a.type < b.type ? -1 : 1));
  return schemas.flatMap(describeSchema);
}
