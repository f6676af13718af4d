import { expect } from 'chai';
import {
  configDot,
  defineSchema,
  nodeClass,
  param,
  SimObject,
  simObjectSchema,
} from '../../../src/sim/index';
import { settleTree } from '../../../src/sim/resolveProxies';
import { PartNode } from '../../support/part';
import { Root } from '../../support/simulation';

const TicksPerSecond = 1e12;

const noteSchema = defineSchema('Note', simObjectSchema, {
  description: 'Holds a text',
  params: { text: param.String('', 'the text') },
});
class Note extends SimObject {
  static override readonly schema = noteSchema;
}
const NoteNode = nodeClass(Note, noteSchema);

function dotOf(root: InstanceType<typeof Root>): string[] {
  settleTree(root);
  return configDot(root, TicksPerSecond)
    .split('\n')
    .map(line => line.trim());
}

function aBoard(): InstanceType<typeof Root> {
  const part = (): InstanceType<typeof PartNode> => new PartNode({ depth: 0, needed: 0 });
  const root = new Root({ fullSystem: false, hub: part(), zed: part(), list: [part(), part()] });
  root.zed.out = root.hub.many;
  for (const one of root.list) one.out = root.hub.many;
  root.hub.several = root.zed.in;
  return root;
}

describe('config.dot', () => {
  it('has a box for each object, with its name and class, around its children', () => {
    const lines = dotOf(aBoard());
    const boxes = lines.filter(line => /^subgraph|^label=/.test(line));
    expect(boxes).to.deep.equal([
      ...['subgraph "cluster_root" {', 'label="root \\n: Root";'],
      ...['subgraph "cluster_hub" {', 'label="hub \\n: Part";'],
      ...['subgraph "cluster_list0" {', 'label="list0 \\n: Part";'],
      ...['subgraph "cluster_list1" {', 'label="list1 \\n: Part";'],
      ...['subgraph "cluster_zed" {', 'label="zed \\n: Part";'],
    ]);
    const count = (char: string): number => lines.join('').split(char).length;
    expect(count('{')).to.equal(count('}'));
  });

  it('has a node for each connected port, and an arrow from requests to responses', () => {
    const lines = dotOf(aBoard());
    expect(
      lines.filter(line => /^"[^"]*" \[/.test(line)).map(line => line.split(',')[0]),
    ).to.deep.equal([
      '"hub.many" [label="many"',
      '"hub.several" [label="several"',
      '"list0.out" [label="out"',
      '"list1.out" [label="out"',
      '"zed.in" [label="in"',
      '"zed.out" [label="out"',
    ]);
    expect(lines.filter(line => line.includes('->'))).to.deep.equal([
      '"hub.several" -> "zed.in";',
      '"list0.out" -> "hub.many";',
      '"list1.out" -> "hub.many";',
      '"zed.out" -> "hub.many";',
    ]);
  });

  it('is the same for the same tree, whatever the order of its making', () => {
    const one = new Root({ fullSystem: false, b: new NoteNode(), a: new NoteNode() });
    const two = new Root({ a: new NoteNode(), b: new NoteNode(), fullSystem: false });
    expect(dotOf(one)).to.deep.equal(dotOf(two));
  });

  it('shows the parameters of an object as its tooltip', () => {
    const note = new NoteNode({ text: 'a "b" <c> & d\\e' });
    const tooltip = dotOf(new Root({ fullSystem: false, note })).find(line =>
      line.includes('text'),
    );
    expect(tooltip).to.equal(
      'tooltip="eventq_index=0&#10;text=a &quot;b&quot; &lt;c&gt; &amp; d\\\\e";',
    );
  });

  it('cuts a tooltip at 16384 characters, and not within an escape', () => {
    for (const filler of ['x', '<', '\\']) {
      const note = new NoteNode({ text: filler.repeat(20_000) });
      const line =
        dotOf(new Root({ fullSystem: false, note })).find(text => text.includes('text=')) ?? '';
      const quoted = line.slice('tooltip='.length, -1);
      expect(quoted.length).to.be.within(16_384 - 5, 16_384);
      expect(quoted).to.match(/(?:x|&lt;|[^\\](?:\\\\)+)\.\.\. \(truncated\)"$/);
    }
  });
});
