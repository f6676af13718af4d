/**
 * Parameter proxies: references such as `Parent.any` that are looked up in the configuration tree
 * when it is instantiated, not when it is written.
 *
 * Source of the behaviour: gem5 `python/m5/proxy.py`.
 */
import type { PortMethods } from './portRef';

const proxyData = Symbol('proxyData');

/** The arithmetic that a proxy can do. `under` is division of a constant by the proxy. */
export type ProxyOperator = 'times' | 'over' | 'floorOver' | 'under' | 'floorUnder';

/** One step of a proxy after its starting point: an attribute, an index, or arithmetic. */
export type ProxyStep =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ProxyOperator;
      readonly operand: number | ParamProxy;
    };

/** What a proxy stands for, as plain data. */
export interface ProxyExpression {
  /** Where the search starts: the holder's ancestors, or the holder itself. */
  readonly origin: 'Parent' | 'Self';
  readonly steps: readonly ProxyStep[];
}

/**
 * Something with numbered elements. The first positions have a type of their own, so that strict
 * index checks accept them; for a computed one there is `element(index)`.
 */
export interface Indexed<T> {
  0: T;
  1: T;
  2: T;
  3: T;
  4: T;
  5: T;
  6: T;
  7: T;
  8: T;
  9: T;
  10: T;
  11: T;
  12: T;
  13: T;
  14: T;
  15: T;
  [index: number]: T;
}

/** What every proxy can do. */
interface ProxyMethods extends PortMethods {
  readonly [proxyData]: ProxyExpression;
  /** The result multiplied by a number, or by what another proxy finds. */
  times(operand: number | ParamProxy): ParamProxy;
  /** The result divided by a number, or by what another proxy finds. */
  over(operand: number | ParamProxy): ParamProxy;
  /** As `over`, rounded down. */
  floorOver(operand: number | ParamProxy): ParamProxy;
  /** A number divided by the result. */
  under(operand: number): ParamProxy;
  /** As `under`, rounded down. */
  floorUnder(operand: number): ParamProxy;
  /** A parameter, port or child by name, as a property of that name is too. */
  attribute(name: string): ParamProxy;
  /** An element of a list or of a vector port, as `proxy[index]` is too. */
  element(index: number): ParamProxy;
  /** As a script would write it. */
  toString(): string;
}

/** Attributes by which scripts refer to each other's parts; any other has `attribute(name)`. */
interface UsualAttributes {
  readonly cacheLineSize: ParamProxy;
  readonly clkDomain: ParamProxy;
  readonly clock: ParamProxy;
  readonly cpu: ParamProxy;
  readonly cpuSidePorts: ParamProxy;
  readonly dcachePort: ParamProxy;
  readonly eventqIndex: ParamProxy;
  readonly icachePort: ParamProxy;
  readonly membus: ParamProxy;
  readonly memMode: ParamProxy;
  readonly memory: ParamProxy;
  readonly memRanges: ParamProxy;
  readonly memSidePorts: ParamProxy;
  readonly port: ParamProxy;
  readonly range: ParamProxy;
  readonly system: ParamProxy;
  readonly voltageDomain: ParamProxy;
  readonly workload: ParamProxy;
}

/**
 * A reference resolved at instantiation. Attributes and indices chain (`Parent.cpu[0].clkDomain`),
 * and arithmetic applies to a result that is a number or a time.
 */
export type ParamProxy = ProxyMethods &
  UsualAttributes &
  Indexed<ParamProxy> & { readonly [attribute: string]: ParamProxy };

/** Where a proxy starts. */
export type ParamProxyRoot = ParamProxy & {
  /** The nearest object of the parameter's type, searched upwards. */
  readonly any: ParamProxy;
  /** Every object of the parameter's type below the starting point, sorted by path. */
  readonly all: ParamProxy;
};

function makeProxy(expression: ProxyExpression): ParamProxyRoot {
  const extend = (step: ProxyStep): ParamProxyRoot =>
    makeProxy({ origin: expression.origin, steps: [...expression.steps, step] });
  const arithmetic =
    (operator: ProxyOperator) =>
    (operand: number | ParamProxy): ParamProxyRoot =>
      extend({ kind: 'arithmetic', operator, operand });
  const methods: Omit<ProxyMethods, typeof proxyData> = {
    times: arithmetic('times'),
    over: arithmetic('over'),
    floorOver: arithmetic('floorOver'),
    under: arithmetic('under'),
    floorUnder: arithmetic('floorUnder'),
    attribute: name => extend({ kind: 'attribute', name }),
    element: index => extend({ kind: 'index', index }),
    connect: other => {
      for (const port of [other].flat()) port.connect(proxy);
    },
    toString: () => proxyToString(expression),
  };
  const proxy = new Proxy(Object.freeze({}) as unknown as ParamProxyRoot, {
    get(_target, key): unknown {
      if (key === proxyData) return expression;
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      if (Object.hasOwn(methods, key)) return methods[key as keyof typeof methods];
      if (/^\d+$/.test(key)) return methods.element(Number(key));
      return methods.attribute(key);
    },
  });
  return proxy;
}

/** Starts a search at the parent of the object that holds the parameter, then upwards. */
export const Parent: ParamProxyRoot = makeProxy({ origin: 'Parent', steps: [] });

/** Starts a search at the object that holds the parameter. */
export const Self: ParamProxyRoot = makeProxy({ origin: 'Self', steps: [] });

/** Whether `value` is a parameter proxy. */
export function isParamProxy(value: unknown): value is ParamProxy {
  return typeof value === 'object' && value !== null && proxyExpression(value) !== undefined;
}

/** Whether `value` is a parameter proxy, or a list with one in it. */
export function holdsParamProxy(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isParamProxy) : isParamProxy(value);
}

/** The expression behind a proxy, or `undefined` for anything else. */
export function proxyExpression(value: object): ProxyExpression | undefined {
  return (value as Partial<ParamProxy>)[proxyData];
}

/** The proxy as a script would write it, for messages. */
export function proxyToString(expression: ProxyExpression): string {
  let text: string = expression.origin;
  for (const step of expression.steps) {
    switch (step.kind) {
      case 'attribute':
        text += `.${step.name}`;
        break;
      case 'index':
        text += `[${String(step.index)}]`;
        break;
      case 'arithmetic':
        text += `.${step.operator}(${String(step.operand)})`;
        break;
    }
  }
  return text;
}
