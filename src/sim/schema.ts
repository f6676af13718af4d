/**
 * The declaration that a model class carries: its parameters with types, units, defaults and
 * descriptions, and its ports. The class that scripts use, the `…Params` type that the model's
 * constructor takes, the written configuration and `--list-sim-objects` all come from it.
 *
 * Source of the behaviour: gem5 `python/m5/SimObject.py`, `python/m5/params.py`.
 */
import { panic } from '../base/index';
import type { ParamType } from './paramTypes';
import type { PortInput } from './portRef';
import type { ParamProxy } from './proxy';
import type { Simulation } from './simulation';

/** One declared parameter. `In` is what a script may assign, `Out` what the model receives. */
export interface ParamSpec<In = unknown, Out = unknown> {
  readonly type: ParamType<In, Out>;
  readonly description: string;
  /** Absent: the script must set it. A function makes a fresh value for each object. */
  readonly default?: In | ParamProxy | (() => In) | undefined;
  /** The name in gem5's outputs where it is not the snake_case form of the property. */
  readonly outputName?: string | undefined;
  /** Set on a deprecated name: assignments go to the parameter of this name, with a warning. */
  readonly forwardsTo?: string | undefined;
}

/** One declared port. */
export interface PortSpec {
  readonly role: 'GEM5 REQUESTOR' | 'GEM5 RESPONDER';
  readonly vector: boolean;
  /** Whether a scalar port may stay unconnected. */
  readonly optional: boolean;
  readonly description: string;
}

/** Parameters by property name. */
export type ParamSpecs = Readonly<Record<string, ParamSpec>>;
/** Ports by property name. */
export type PortSpecs = Readonly<Record<string, PortSpec>>;

/** What a script may assign to a parameter. */
export type InputOf<P> = P extends ParamSpec<infer In> ? In : never;
/** What a model receives for a parameter. */
export type OutputOf<P> = P extends ParamSpec<infer _In, infer Out> ? Out : never;

/** A declared old name of the parameter `To`. */
export interface DeprecatedParam<To extends string = string> extends ParamSpec<never, never> {
  readonly forwardsTo: To;
}

/** The arguments by which a script sets parameters; all are optional until instantiation. */
export type Inputs<P extends ParamSpecs> = {
  [K in keyof P]?: InputOf<P[K]> | ParamProxy;
};

/** The arguments by which a script connects ports. */
export type PortInputs<Q extends PortSpecs> = {
  [K in keyof Q]?: PortInput;
};

/** A model class's declaration. `P` and `Q` include what is inherited. */
export interface Schema<P extends ParamSpecs = ParamSpecs, Q extends PortSpecs = PortSpecs> {
  /** The name of the class in scripts. */
  readonly type: string;
  readonly description: string;
  /** The `type` of config.ini: differs where scripts have several classes for one model. */
  readonly outputType: string;
  /** gem5's `cxx_class` in config.json, without the namespace. */
  readonly modelName: string;
  /** An abstract class has no objects of its own. */
  readonly abstract: boolean;
  readonly parent: Schema | undefined;
  readonly params: P;
  readonly ports: Q;
}

/** What a model's constructor receives, derived from its schema. */
export type ParamsOf<S> =
  S extends Schema<infer P, infer _Q>
    ? SimObjectContext & {
        readonly [K in keyof P as P[K] extends Forwarded ? never : K]: OutputOf<P[K]>;
      }
    : never;

/** What every model receives besides its declared parameters. */
export interface SimObjectContext {
  /** Full path of the object, such as `system.cpu`. */
  readonly name: string;
  /** The simulation that owns the object. */
  readonly simulation: Simulation;
  /** How many peers each port has, by property name. */
  readonly portConnectionCount: Readonly<Record<string, number>>;
}

interface Definition<PP extends ParamSpecs, P extends ParamSpecs, Q extends PortSpecs> {
  readonly description: string;
  readonly params?: P & WithKnownTargets<PP, P>;
  readonly ports?: Q;
  readonly abstract?: boolean;
  readonly outputType?: string;
  readonly modelName?: string;
  /** New defaults for inherited parameters. */
  readonly defaults?: { [K in keyof PP]?: InputOf<PP[K]> | ParamProxy | (() => InputOf<PP[K]>) };
}

/** What marks an old name once the parameter that it stands for has been found. */
interface Forwarded {
  readonly forwardsTo: string;
}

/** An old name takes what its parameter takes, and the model receives nothing for it. */
type Forwarding<Spec> = Spec extends ParamSpec<infer In> ? ParamSpec<In, never> & Forwarded : never;

/** What is declared as `Spec` beside the parameters `B` and those inherited, `A`. */
type Settled<A, B, Spec> =
  Spec extends DeprecatedParam<infer To>
    ? To extends keyof B
      ? Forwarding<B[To]>
      : To extends keyof A
        ? Forwarding<A[To]>
        : never
    : Spec;

type Merge<A, B> = {
  readonly [K in keyof A | keyof B]: K extends keyof B
    ? Settled<A, B, B[K]>
    : K extends keyof A
      ? A[K]
      : never;
};

/** An old name must stand for a parameter that is there. */
type WithKnownTargets<A, B> = {
  readonly [K in keyof B]: B[K] extends DeprecatedParam<infer To>
    ? To extends keyof A | keyof B
      ? B[K]
      : never
    : B[K];
};

/** The declaration above SimObject's: no parameters, no ports. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- exactly that: nothing
export const emptySchema: Schema<{}, {}> = {
  type: 'Object',
  description: '',
  outputType: 'Object',
  modelName: 'Object',
  abstract: true,
  parent: undefined,
  params: {},
  ports: {},
};

/**
 * Declares a model class's parameters and ports on top of its parent's.
 * @param type - gem5's `type` name; also the name of the class in scripts.
 */
export function defineSchema<
  PP extends ParamSpecs,
  PQ extends PortSpecs,
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- "no parameters of its own"
  const P extends ParamSpecs = {},
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- "no ports of its own"
  const Q extends PortSpecs = {},
>(
  type: string,
  parent: Schema<PP, PQ>,
  definition: Definition<PP, P, Q>,
): Schema<Merge<PP, P>, Merge<PQ, Q>> {
  const params: Record<string, ParamSpec> = { ...parent.params, ...definition.params };
  for (const [name, value] of Object.entries(definition.defaults ?? {})) {
    const inherited = params[name];
    if (inherited !== undefined) params[name] = { ...inherited, default: value };
  }
  for (const [name, spec] of Object.entries(params)) {
    if (spec.forwardsTo === undefined) continue;
    const target = params[spec.forwardsTo] ?? panic(`${type}.${name} stands for no parameter`);
    params[name] = { ...spec, type: target.type };
  }
  return {
    type,
    description: definition.description,
    outputType: definition.outputType ?? type,
    modelName: definition.modelName ?? definition.outputType ?? type,
    abstract: definition.abstract ?? false,
    parent: parent,
    params: params as unknown as Merge<PP, P>,
    ports: { ...parent.ports, ...definition.ports } as unknown as Merge<PQ, Q>,
  };
}

/** Whether `schema` is that of `type` or of a class derived from it. */
export function isKindOf(schema: Schema, type: string): boolean {
  for (let s: Schema | undefined = schema; s !== undefined; s = s.parent) {
    if (s.type === type) return true;
  }
  return false;
}

/** A port that sends requests. It must be connected unless it is optional. */
export function requestPort(description: string, optional = false): PortSpec {
  return { role: 'GEM5 REQUESTOR', vector: false, optional, description };
}

/** A port that receives requests. It must be connected unless it is optional. */
export function responsePort(description: string, optional = false): PortSpec {
  return { role: 'GEM5 RESPONDER', vector: false, optional, description };
}

/** As many ports that send requests as a script connects. */
export function vectorRequestPort(description: string): PortSpec {
  return { role: 'GEM5 REQUESTOR', vector: true, optional: true, description };
}

/** As many ports that receive requests as a script connects. */
export function vectorResponsePort(description: string): PortSpec {
  return { role: 'GEM5 RESPONDER', vector: true, optional: true, description };
}

/** Names already spelled gem5's way: trees have many objects and few names. */
const outputNames = new Map<string, string>();

/** gem5's spelling of a property name: `clkDomain` is `clk_domain`. */
export function toOutputName(name: string): string {
  let spelled = outputNames.get(name);
  if (spelled === undefined) {
    spelled = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
    outputNames.set(name, spelled);
  }
  return spelled;
}

const paramsOfModels = new WeakMap<Schema, readonly (readonly [string, ParamSpec])[]>();

/** The parameters that a model receives: all but deprecated names. In order of declaration. */
export function modelParams(schema: Schema): readonly (readonly [name: string, spec: ParamSpec])[] {
  let params = paramsOfModels.get(schema);
  if (params === undefined) {
    params = Object.entries(schema.params).filter(([, spec]) => spec.forwardsTo === undefined);
    paramsOfModels.set(schema, params);
  }
  return params;
}

/** The name of a parameter in gem5's outputs. */
export function paramOutputName(name: string, spec: ParamSpec): string {
  return spec.outputName ?? toOutputName(name);
}
