import { expect } from 'chai';
import { FatalError, setLogSink, type LogSink } from '../../../src/base/index';
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
  vectorResponsePort,
  type VoltageDomain as VoltageDomainModel,
} from '../../../src/sim/index';
import { resolvedParam, adoptOrphanParams } from '../../../src/sim/resolveProxies';
import { Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

const partSchema = defineSchema('Part', simObjectSchema, {
  description: 'A part',
  params: {
    size: param.MemorySize('1KiB', 'size in bytes'),
    depth: param.Int(Parent['depth'] ?? 0, 'taken from above'),
    friend: param.SimObjectOrNull<Part>('Part', NULL, 'another part'),
    any: param.SimObjectOrNull<VoltageDomainModel>('VoltageDomain', Parent.any, 'a supply'),
    needed: param.Int('must be set'),
    parts: vectorParam.SimObject<Part>('Part', Self.all, 'all parts below'),
  },
  ports: {
    out: requestPort('sends'),
    in: responsePort('receives'),
    many: vectorResponsePort('receives from many'),
  },
});
class Part extends SimObject {
  static override readonly schema = partSchema;
}
const PartNode = nodeClass(Part, partSchema);

function warnings(body: () => void): string[] {
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
function setUnchecked(target: object, name: string, value: unknown): void {
  (target as Record<string, unknown>)[name] = value;
}

describe('A configuration node', () => {
  it('names an unknown parameter and the nearest right one', () => {
    expect(() => new PartNode({ ...{ szie: 4 } })).to.throw(
      FatalError,
      "Part has no parameter 'szie' (did you mean 'size'?)",
    );
  });

  it('names object, parameter and what is accepted when a value has the wrong unit', () => {
    const root = new Root({ part: new PartNode() });
    expect(() => {
      root.part.size = '3parsec';
    }).to.throw(FatalError, /^cannot set part\.size: '3parsec' is not a valid memory size/);
  });

  it('refuses an object of another class', () => {
    expect(() => {
      setUnchecked(new PartNode(), 'friend', new VoltageDomain());
    }).to.throw(FatalError, /VoltageDomain .* is not a Part/);
  });

  it('says what an object has not got when a script reads it', () => {
    const root = new Root({ part: new PartNode() });
    expect(() => (root as unknown as Record<string, unknown>)['prat']).to.throw(
      FatalError,
      "root (Root) has no parameter, port or child 'prat' (did you mean 'part'?)",
    );
  });

  it('has the path of its place in the tree, with names as gem5 spells them', () => {
    const root = new Root({ myPart: new PartNode({ friend: new PartNode() }) });
    expect(root.path()).to.equal('root');
    expect(root.myPart.path()).to.equal('my_part');
    expect(root.myPart.friend.path()).to.equal('my_part.friend');
    expect(new PartNode().path()).to.equal('<orphan Part>');
  });

  it('numbers the elements of a list, and leaves the number out for a list of one', () => {
    const many = Array.from({ length: 11 }, () => new PartNode());
    const root = new Root({ one: [new PartNode()], many });
    expect(root.one[0]?.path()).to.equal('one');
    expect(root.many[3]?.path()).to.equal('many03');
    expect(root.many[10]?.path()).to.equal('many10');
  });

  it('keeps its first parent, with a warning', () => {
    const part = new PartNode();
    const root = new Root({ first: part });
    const seen = warnings(() => {
      setUnchecked(root, 'second', part);
    });
    expect(part.path()).to.equal('first');
    expect(seen.join()).to.match(/first already has a parent/);
    expect(root.descendants()).to.have.length(2);
    expect((root as unknown as Record<string, unknown>)['second']).to.equal(part);
  });

  it('refuses to become its own ancestor', () => {
    const inner = new PartNode();
    const outer = new PartNode({ inner });
    expect(() => {
      setUnchecked(inner, 'outer', outer);
    }).to.throw(FatalError, /cycle/);
  });

  it('lists itself and what is below, parents first, sorted by name', () => {
    const root = new Root({ b: new PartNode(), a: new PartNode({ z: new PartNode() }) });
    expect(root.descendants().map(node => node.path())).to.deep.equal(['root', 'a', 'a.z', 'b']);
  });

  it('takes the fields of a script’s own class as children', () => {
    class Board extends Root {
      part = new PartNode({ needed: 3 });
    }
    const board = new Board({ fullSystem: false });
    board.part.size = 4096;
    expect(board.part.path()).to.equal('part');
    expect(resolvedParam(board.part, 'size')).to.equal(4096);
  });

  it('cannot be of an abstract class', () => {
    const Abstract = nodeClass(Part, simObjectSchema);
    expect(() => new Abstract()).to.throw(FatalError, /SimObject is abstract/);
  });

  it('rejects wrong names and types when a script is type checked', () => {
    const checks = [
      // @ts-expect-error -- no such parameter
      (): unknown => new VoltageDomain({ voltag: '1V' }),
      // @ts-expect-error -- not a voltage
      (): unknown => new VoltageDomain({ voltage: true }),
      // @ts-expect-error -- not a voltage domain
      (): unknown => new SrcClockDomain({ voltageDomain: new Root() }),
    ];
    for (const check of checks) expect(check).to.throw(FatalError);
  });
});

describe('A parameter proxy', () => {
  it('finds the one object of the type among the children of an ancestor', () => {
    const root = new Root({ supply: new VoltageDomain(), a: new PartNode({ b: new PartNode() }) });
    expect(resolvedParam(root.a.b, 'any')).to.equal(root.supply);
  });

  it('is an error when two objects match', () => {
    const root = new Root({ v1: new VoltageDomain(), v2: new VoltageDomain(), a: new PartNode() });
    expect(() => resolvedParam(root.a, 'any')).to.throw(FatalError, /more than one .*v1 and v2/);
  });

  it('is an error when nothing matches, naming proxy, object and type', () => {
    const root = new Root({ clock: new SrcClockDomain({ clock: '1GHz' }) });
    expect(() => resolvedParam(root.clock, 'voltageDomain')).to.throw(
      FatalError,
      "can't resolve proxy 'Parent.voltageDomain' of clock.voltageDomain: no VoltageDomain found",
    );
  });

  it('takes the value of the same parameter of the nearest ancestor', () => {
    const root = new Root({ a: new PartNode({ depth: 7, b: new PartNode() }) });
    expect(resolvedParam(root.a.b, 'depth')).to.equal(7);
    expect(resolvedParam(root.a.b, 'eventqIndex')).to.equal(0);
  });

  it('calculates with a constant', () => {
    const above = Parent['depth'];
    if (above === undefined) throw new Error('a proxy has every attribute');
    const b = new PartNode({ depth: above.times(10).floorOver(4) });
    const root = new Root({ a: new PartNode({ depth: 7, b }) });
    expect(root.a.path()).to.equal('a');
    expect(resolvedParam(b, 'depth')).to.equal(17);
  });

  it('collects a subtree sorted by path', () => {
    const root = new Root({ a: new PartNode({ y: new PartNode(), x: new PartNode() }) });
    const paths = (resolvedParam(root.a, 'parts') as { path(): string }[]).map(part => part.path());
    expect(paths).to.deep.equal(['a', 'a.x', 'a.y']);
  });

  it('is an error when it refers to itself in a circle', () => {
    const loop = Self['depth'];
    if (loop === undefined) throw new Error('a proxy has every attribute');
    const root = new Root({ a: new PartNode({ depth: loop }) });
    expect(() => resolvedParam(root.a, 'depth')).to.throw(FatalError, /circle/);
  });

  it('asks for a value that nobody set', () => {
    const root = new Root({ a: new PartNode() });
    expect(() => resolvedParam(root.a, 'needed')).to.throw(
      FatalError,
      'a.needed without default or user set value',
    );
  });
});

describe('A port of a configuration node', () => {
  it('connects in either direction', () => {
    const a = new PartNode();
    const b = new PartNode();
    a.out = b.in;
    expect(String(a.out.connections[0]?.peer)).to.equal('<orphan Part>.in');
    const c = new PartNode();
    c.many = a.in === b.in ? a.in : new PartNode().out;
    expect(c.many.connections).to.have.length(1);
  });

  it('refuses a second peer, naming both', () => {
    const root = new Root({ a: new PartNode(), b: new PartNode(), c: new PartNode() });
    root.a.out = root.b.in;
    expect(() => {
      root.c.out = root.b.in;
    }).to.throw(FatalError, 'port b.in is already connected to a.out');
  });

  it('gives each peer of a vector port an element, in order of assignment', () => {
    const root = new Root({ hub: new PartNode(), a: new PartNode(), b: new PartNode() });
    root.a.out = root.hub.many;
    root.b.out = root.hub.many;
    expect(String(root.b.out.connections[0]?.peer)).to.equal('hub.many[1]');
  });

  it('refuses two ports that both send or both receive', () => {
    const root = new Root({ a: new PartNode(), b: new PartNode() });
    expect(() => {
      root.a.out = root.b.out;
    }).to.throw(FatalError, /both ports send requests/);
  });

  it('cannot be connected to something that is no port', () => {
    const root = new Root({ a: new PartNode() });
    expect(() => {
      setUnchecked(root.a, 'out', 5);
    }).to.throw(FatalError, /5 is not a port/);
  });
});

describe('An object that only a parameter refers to', () => {
  it('is adopted by the object that has the parameter', () => {
    const friend = new PartNode();
    const root = new Root({ a: new PartNode({ friend }) });
    adoptOrphanParams(root.a);
    expect(friend.path()).to.equal('a.friend');
  });
});
