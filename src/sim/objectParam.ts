/** Parameters whose value is another object of the tree. */
import { describeValue, fatal } from '../base/index';
import { nodeSchema, isNode, simObjectOf } from './nodeState';
import type { ParamType } from './paramTypes';
import { isKindOf } from './schema';

/** The value of an object-valued parameter that refers to nothing. */
export const NULL = Object.freeze({ isNull: true as const });

/** The type of {@link NULL}. */
export type NullObject = typeof NULL;

/** The parameter type "an object of class `type`, or of one derived from it". */
export function objectType<In, Out>(type: string, nullable: boolean): ParamType<In, Out> {
  return {
    kind: type,
    objectType: type,
    nullable,
    convert: value => {
      if (value === NULL || value === null) {
        return nullable ? NULL : fatal(`NULL is not allowed; a ${type} is needed`);
      }
      if (!isNode(value)) return fatal(`${describeValue(value)} is not a ${type}`);
      const schema = nodeSchema(value);
      if (isKindOf(schema, type)) return value;
      return fatal(`${schema.type} '${value.path()}' is not a ${type}`);
    },
    resolve: value => (isNode(value) ? simObjectOf(value) : null) as Out,
    toIni: value => nameOf(value) ?? 'Null',
    toJson: value => nameOf(value),
  };
}

function nameOf(model: unknown): string | null {
  return model === null ? null : (model as { name(): string }).name();
}
