/**
 * Parameter proxies: references such as `Parent.any` that are looked up in the configuration tree
 * when it is instantiated, not when it is written.
 *
 * Source of the behaviour: gem5 `python/m5/proxy.py`.
 */

const proxyData = Symbol('proxyData');

/** One step of a proxy after its starting point: an attribute, an index, or arithmetic. */
export type ProxyStep =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'arithmetic'; readonly operator: '*' | '/' | '//'; readonly operand: number };

/** What a proxy stands for, as plain data. */
export interface ProxyExpression {
  /** Where the search starts: the holder's ancestors, or the holder itself. */
  readonly origin: 'Parent' | 'Self';
  readonly steps: readonly ProxyStep[];
}

/**
 * A reference resolved at instantiation. Attributes and indices chain (`Parent.cpu[0].clkDomain`);
 * `times`, `over` and `floorOver` apply arithmetic with a constant to a numeric result.
 */
export interface ParamProxy {
  readonly [proxyData]: ProxyExpression;
  times(operand: number): ParamProxy;
  over(operand: number): ParamProxy;
  floorOver(operand: number): ParamProxy;
  readonly [index: number]: ParamProxy;
}

/** The attributes that a proxy can be asked for; any other name works with brackets. */
export type ParamProxyRoot = ParamProxy & {
  /** The nearest object of the parameter's type, searched upwards. */
  readonly any: ParamProxy;
  /** Every object of the parameter's type below the starting point, sorted by path. */
  readonly all: ParamProxy;
  readonly clkDomain: ParamProxy;
  readonly voltageDomain: ParamProxy;
  readonly eventqIndex: ParamProxy;
  readonly memRanges: ParamProxy;
  readonly cacheLineSize: ParamProxy;
  readonly [attribute: string]: ParamProxy;
};

function makeProxy(expression: ProxyExpression): ParamProxyRoot {
  const extend = (step: ProxyStep): ParamProxyRoot =>
    makeProxy({ origin: expression.origin, steps: [...expression.steps, step] });
  const arithmetic =
    (operator: '*' | '/' | '//') =>
    (operand: number): ParamProxyRoot =>
      extend({ kind: 'arithmetic', operator, operand });
  return new Proxy(Object.freeze({ [proxyData]: expression }) as unknown as ParamProxyRoot, {
    get(_target, key): unknown {
      if (key === proxyData) return expression;
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      if (key === 'times') return arithmetic('*');
      if (key === 'over') return arithmetic('/');
      if (key === 'floorOver') return arithmetic('//');
      if (/^\d+$/.test(key)) return extend({ kind: 'index', index: Number(key) });
      return extend({ kind: 'attribute', name: key });
    },
  });
}

/** Starts a search at the parent of the object that holds the parameter, then upwards. */
export const Parent: ParamProxyRoot = makeProxy({ origin: 'Parent', steps: [] });

/** Starts a search at the object that holds the parameter. */
export const Self: ParamProxyRoot = makeProxy({ origin: 'Self', steps: [] });

/** Whether `value` is a parameter proxy. */
export function isParamProxy(value: unknown): value is ParamProxy {
  return typeof value === 'object' && value !== null && proxyExpression(value) !== undefined;
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
        text += ` ${step.operator} ${String(step.operand)}`;
        break;
    }
  }
  return text;
}
