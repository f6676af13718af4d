/**
 * Clocks and voltages as a picture: each voltage domain is a box around the clock domains that it
 * supplies, each clock domain one around the objects that it drives and the domains derived from it.
 *
 * Source of the behaviour: gem5 `python/m5/util/dot_writer.py` (`do_dvfs_dot`).
 */
import { quoted } from './configDot';
import { outputParams } from './configTree';
import type { AnyNode } from './node';
import { isNode, nodeState } from './nodeState';
import { resolvedParam } from './resolveProxies';
import { isKindOf } from './schema';

/** The boxes that lie in each box, by their nodes. */
type Inside = ReadonlyMap<AnyNode, readonly AnyNode[]>;

/** The text of the graph. The same tree gives the same text. */
export function dvfsDot(root: AnyNode, ticksPerSecond: number): string {
  const inside = new Map<AnyNode, AnyNode[]>();
  const outermost: AnyNode[] = [];
  for (const node of root.descendants()) {
    const around = boxAround(node);
    if (around !== undefined) inside.set(around, [...(inside.get(around) ?? []), node]);
    else if (isKindOf(nodeState(node).schema, 'VoltageDomain')) outermost.push(node);
  }
  return [
    'digraph dvfs {',
    '  fontname="Arial";',
    '  node [shape="box", style="rounded,filled", fontname="Arial", fillcolor="#efeee9"];',
    ...outermost.flatMap(node => box(node, inside, ticksPerSecond, '  ')),
    '}\n',
  ].join('\n');
}

/** The domain that drives an object, the source of a derived clock, the supply of a source clock. */
function boxAround(node: AnyNode): AnyNode | undefined {
  const { schema } = nodeState(node);
  const isDriven = isKindOf(schema, 'ClockedObject') || isKindOf(schema, 'DerivedClockDomain');
  const isSource = isKindOf(schema, 'SrcClockDomain');
  if (!isDriven && !isSource) return undefined;
  const domain = resolvedParam(node, isSource ? 'voltageDomain' : 'clkDomain');
  return isNode(domain) ? domain : undefined;
}

function box(node: AnyNode, inside: Inside, ticksPerSecond: number, margin: string): string[] {
  const path = node.path();
  const { schema } = nodeState(node);
  if (isKindOf(schema, 'ClockedObject')) return [`${margin}${quoted(path)};`];
  const values = outputParams(node, ticksPerSecond)
    .filter(({ name }) => ['voltage', 'clock', 'clk_divider'].includes(name))
    .map(({ name, ini }) => `${name} = ${ini}`);
  return [
    `${margin}subgraph ${quoted(`cluster_${path}`)} {`,
    `${margin}  label=${quoted(`${path} : ${schema.type}, ${values.join(', ')}`)};`,
    ...(inside.get(node) ?? []).flatMap(one => box(one, inside, ticksPerSecond, `${margin}  `)),
    `${margin}}`,
  ];
}
