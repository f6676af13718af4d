/**
 * The configured tree as a picture: the text of config.dot, which Graphviz lays out. Every object
 * is a box around its ports and its children; every connection is an arrow from the port that sends
 * requests to the one that receives them.
 *
 * Source of the behaviour: gem5 `python/m5/util/dot_writer.py`.
 */
import { connectedPorts, outputParams } from './configTree';
import type { AnyNode } from './node';
import { sortedChildren } from './nodeChildren';
import { nodeState } from './nodeState';
import { isKindOf, toOutputName, type Schema } from './schema';

/** Readers of DOT limit the length of a line, and so of a tooltip with its quotes. */
const MaxTooltip = 16384 - 2;
const Truncated = '... (truncated)';

/** Fill colours of objects and of their ports, by what the objects are kinds of. */
const palette: readonly (readonly [type: string, box: string, port: string])[] = [
  ['System', '#e8ecf4', '#c3cde0'],
  ['BaseCPU', '#cfe3d4', '#9cc7a7'],
  ['BaseXBar', '#d5d0e5', '#aca2cc'],
  ['AbstractMemory', '#f3dfc1', '#dfba80'],
  ['PioDevice', '#f1cfcb', '#dd9d95'],
  ['SimObject', '#efeee9', '#d2d0c4'],
];

function coloursOf(schema: Schema): { box: string; port: string } {
  const [, box = '', port = ''] = palette.find(([type]) => isKindOf(schema, type)) ?? [];
  return { box, port };
}

/** The text of config.dot. The same tree gives the same text. */
export function configDot(root: AnyNode, ticksPerSecond: number): string {
  const lines = [
    'digraph config {',
    '  ranksep="1.3";',
    '  fontname="Arial";',
    '  fontsize="14";',
    '  node [shape="box", style="rounded,filled", fontname="Arial", fontsize="14"];',
    ...cluster(root, ticksPerSecond, '  '),
    ...root.descendants().flatMap(edges),
    '}',
  ];
  return lines.join('\n') + '\n';
}

function cluster(node: AnyNode, ticksPerSecond: number, margin: string): string[] {
  const path = node.path();
  const { schema } = nodeState(node);
  const colours = coloursOf(schema);
  const inner = `${margin}  `;
  const name = path.slice(path.lastIndexOf('.') + 1);
  const ports = connectedPorts(node).map(port => {
    const id = quoted(`${path}.${port.name}`);
    return `${inner}${id} [label=${quoted(port.name)}, fillcolor="${colours.port}"];`;
  });
  return [
    `${margin}subgraph ${quoted(`cluster_${path}`)} {`,
    `${inner}label="${escaped(name)} \\n: ${escaped(schema.type)}";`,
    `${inner}tooltip="${tooltip(node, ticksPerSecond)}";`,
    `${inner}style="rounded,filled";`,
    `${inner}fillcolor="${colours.box}";`,
    ...ports,
    ...sortedChildren(node).flatMap(child => cluster(child, ticksPerSecond, inner)),
    `${margin}}`,
  ];
}

function tooltip(node: AnyNode, ticksPerSecond: number): string {
  const text = outputParams(node, ticksPerSecond)
    .map(({ name, ini }) => `${name}=${htmlEscaped(ini)}`)
    .join('&#10;');
  if (text.length <= MaxTooltip) return text;
  // Not in the middle of an escape.
  const start = text.slice(0, MaxTooltip - Truncated.length).replace(/(?:&[^;]*|\\)$/, '');
  return start + Truncated;
}

/** The arrows that start at the ports of a node. */
function edges(node: AnyNode): string[] {
  return connectedPorts(node)
    .filter(({ port }) => port.spec.role === 'GEM5 REQUESTOR')
    .flatMap(({ name, port }) =>
      port.connections.flatMap(({ peer }) => {
        if (peer === undefined) return [];
        const to = `${peer.port.node.path()}.${toOutputName(peer.port.name)}`;
        return [`  ${quoted(`${node.path()}.${name}`)} -> ${quoted(to)};`];
      }),
    );
}

/** A text as DOT has it. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** Graphviz reads HTML's entities in a tooltip. A backslash keeps its meaning in DOT as well. */
function htmlEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\\', '\\\\');
}
