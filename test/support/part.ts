/** A class of configuration nodes with a parameter of each kind that tests of nodes need. */
import { setLogSink, type LogSink } from '../../src/base/index';
import {
  defineSchema,
  nodeClass,
  NULL,
  param,
  Parent,
  requestPort,
  responsePort,
  Self,
  SimObject,
  simObjectSchema,
  vectorParam,
  vectorRequestPort,
  vectorResponsePort,
  type VoltageDomain as VoltageDomainModel,
} from '../../src/sim/index';

export const partSchema = defineSchema('Part', simObjectSchema, {
  description: 'A part',
  params: {
    size: param.MemorySize('1KiB', 'size in bytes'),
    depth: param.Int(Parent.attribute('depth'), 'taken from above'),
    friend: param.SimObjectOrNull<Part>('Part', NULL, 'another part'),
    any: param.SimObjectOrNull<VoltageDomainModel>('VoltageDomain', Parent.any, 'a supply'),
    needed: param.Int('must be set'),
    parts: vectorParam.SimObject<Part>('Part', Self.all, 'all parts below'),
  },
  ports: {
    out: requestPort('sends', true),
    in: responsePort('receives', true),
    many: vectorResponsePort('receives from many'),
    several: vectorRequestPort('sends to several'),
  },
});

/** The model of a part, which does nothing. */
export class Part extends SimObject {
  static override readonly schema = partSchema;
  /** Classes are told apart by what they have, as everywhere in TypeScript. */
  readonly isPart = true;
}

/** The node of a part. */
export const PartNode = nodeClass(Part, partSchema);

/** The messages that `body` causes, as `level: text`. */
export function warningsOf(body: () => void): string[] {
  const seen: string[] = [];
  const sink: LogSink = {
    message: (level, text) => seen.push(`${level}: ${text}`),
    debug: () => undefined,
  };
  const previous = setLogSink(sink);
  try {
    body();
  } finally {
    setLogSink(previous);
  }
  return seen;
}

/** Sets a property as a script without type checking would. */
export function setUnchecked(target: object, name: string, value: unknown): void {
  (target as Record<string, unknown>)[name] = value;
}
