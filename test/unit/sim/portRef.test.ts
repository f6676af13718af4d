import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { Parent, type PortRef } from '../../../src/sim/index';
import { connectionsOf } from '../../../src/sim/portRef';
import { settleTree } from '../../../src/sim/resolveProxies';
import { PartNode, setUnchecked } from '../../support/part';
import { Root } from '../../support/simulation';

type PartInstance = InstanceType<typeof PartNode>;

/** What stands at the other ends of a port. */
const peers = (port: PortRef): string[] => connectionsOf(port).map(({ peer }) => String(peer));

/** A part that can be settled. */
const aPart = (): PartInstance => new PartNode({ depth: 0, needed: 0 });

describe('A port of a configuration node', () => {
  it('connects in either direction', () => {
    const root = new Root({ a: aPart(), b: aPart(), c: aPart() });
    root.a.out = root.b.in;
    root.b.many = root.c.out;
    expect(peers(root.a.out)).to.deep.equal(['b.in']);
    expect(peers(root.b.in)).to.deep.equal(['a.out']);
    expect(peers(root.c.out)).to.deep.equal(['b.many[0]']);
  });

  it('refuses a second peer, naming both', () => {
    const root = new Root({ a: aPart(), b: aPart(), c: aPart() });
    root.a.out = root.b.in;
    expect(() => {
      root.c.out = root.b.in;
    }).to.throw(FatalError, 'port b.in is already connected to a.out; it cannot be connected to c');
    expect(peers(root.c.out)).to.deep.equal([]);
  });

  it('refuses two ports that both send or both receive', () => {
    const root = new Root({ a: aPart(), b: aPart() });
    expect(() => {
      root.a.out = root.b.out;
    }).to.throw(FatalError, 'cannot connect a.out to b.out: both ports send requests');
  });

  it('cannot be connected to something that is no port', () => {
    const root = new Root({ a: aPart() });
    expect(() => {
      setUnchecked(root.a, 'out', 5);
    }).to.throw(FatalError, '5 is not a port; cannot connect a.out to it');
  });

  it('is accepted by the type checker where a port or a proxy is, and nowhere else', () => {
    const root = new Root({ a: aPart(), b: aPart() });
    const checks = [
      (): void => {
        // @ts-expect-error -- an object is not its port
        root.a.out = root.b;
      },
      (): void => {
        // @ts-expect-error -- a number is no port
        root.a.many = 1;
      },
      // @ts-expect-error -- a string is no port
      (): unknown => new PartNode({ out: 'b.in' }),
      (): void => {
        // @ts-expect-error -- a parameter is no port
        root.a.size = root.b.in;
      },
    ];
    for (const check of checks) expect(check).to.throw(FatalError);
  });
});

describe('A vector port', () => {
  it('gives each peer an element, in order of assignment', () => {
    const root = new Root({ hub: aPart(), a: aPart(), b: aPart() });
    root.a.out = root.hub.many;
    root.b.out = root.hub.many;
    expect(peers(root.hub.many)).to.deep.equal(['a.out', 'b.out']);
    expect(peers(root.b.out)).to.deep.equal(['hub.many[1]']);
  });

  it('takes a list of ports, in a constructor and later', () => {
    const [a, b, c, d] = [aPart(), aPart(), aPart(), aPart()];
    const hub = new PartNode({ many: [a.out, b.out] });
    const root = new Root({ hub, a, b, c, d });
    root.hub.many.connect([c.out]);
    setUnchecked(root.hub, 'many', [d.out]);
    expect(peers(root.hub.many)).to.deep.equal(['a.out', 'b.out', 'c.out', 'd.out']);
  });

  it('lets a script choose the element', () => {
    const root = new Root({ hub: aPart(), a: aPart(), b: aPart(), c: aPart() });
    root.hub.many[1] = root.a.out;
    root.b.out = root.hub.many[0];
    root.c.out = root.hub.many.element(2);
    expect(peers(root.hub.many)).to.deep.equal(['b.out', 'a.out', 'c.out']);
    expect(peers(root.hub.many[1])).to.deep.equal(['a.out']);
    expect(peers(root.hub.many[7])).to.deep.equal([]);
  });

  it('refuses a second peer of one element', () => {
    const root = new Root({ hub: aPart(), a: aPart(), b: aPart() });
    root.a.out = root.hub.many[0];
    expect(() => {
      root.hub.many[0] = root.b.out;
    }).to.throw(FatalError, 'port hub.many[0] is already connected to a.out');
  });

  it('must have no gaps in the end', () => {
    const root = new Root({ fullSystem: false, hub: aPart(), a: aPart() });
    root.a.out = root.hub.many[1];
    expect(() => {
      settleTree(root);
    }).to.throw(FatalError, 'hub.many[0] is not connected, but an element after it is');
  });

  it('connects to vector ports of other objects, element by element', () => {
    const root = new Root({ one: aPart(), two: aPart() });
    root.one.several = root.two.many;
    root.two.many = root.one.several;
    expect(peers(root.one.several)).to.deep.equal(['two.many[0]', 'two.many[1]']);
  });
});

describe('A single port', () => {
  it('has no elements and takes no list', () => {
    const root = new Root({ a: aPart(), b: aPart() });
    expect(() => root.a.out[0]).to.throw(FatalError, 'a.out is a single port; it has no elements');
    expect(() => {
      root.a.out.connect([root.b.in]);
    }).to.throw(FatalError, 'a.out is a single port; it cannot be connected to a list of ports');
  });

  it('has no properties to set', () => {
    const root = new Root({ a: aPart() });
    expect(() => {
      setUnchecked(root.a.out, 'peer', 1);
    }).to.throw(FatalError, "a port has no property 'peer'");
  });
});

describe('A port that a proxy connects', () => {
  const bus = Parent.attribute('bus');

  it('is connected when the tree is settled, objects and ports in order of their names', () => {
    const a = new PartNode({ depth: 0, needed: 0, out: bus.attribute('many') });
    const b = aPart();
    b.several = bus.attribute('many');
    const root = new Root({ fullSystem: false, bus: aPart(), z: aPart(), b, a });
    root.z.out = root.bus.many;
    expect(peers(root.a.out)).to.deep.equal(['undefined']);
    settleTree(root);
    expect(peers(root.bus.many)).to.deep.equal(['z.out', 'a.out', 'b.several[0]']);
    expect(peers(root.a.out)).to.deep.equal(['bus.many[1]']);
  });

  it('leads to one element of a vector port', () => {
    const a = new PartNode({ depth: 0, needed: 0, out: bus.attribute('many')[1] });
    const b = new PartNode({ depth: 0, needed: 0, out: bus.attribute('many')[0] });
    const root = new Root({ fullSystem: false, bus: aPart(), a, b });
    settleTree(root);
    expect(peers(root.bus.many)).to.deep.equal(['b.out', 'a.out']);
  });

  it('keeps its place among the elements of a vector port', () => {
    const hub = new PartNode({ depth: 0, needed: 0, many: Parent.attribute('a').attribute('out') });
    const root = new Root({ fullSystem: false, hub, a: aPart(), b: aPart() });
    root.b.out = root.hub.many;
    settleTree(root);
    expect(peers(root.hub.many)).to.deep.equal(['a.out', 'b.out']);
  });

  it('can be connected otherwise before that', () => {
    const a = new PartNode({ depth: 0, needed: 0, out: bus.attribute('many') });
    const root = new Root({ fullSystem: false, bus: aPart(), a, b: aPart() });
    root.a.out = root.b.in;
    settleTree(root);
    expect(peers(root.a.out)).to.deep.equal(['b.in']);
    expect(peers(root.bus.many)).to.deep.equal([]);
  });

  it('may be led to by its peer too', () => {
    const a = new PartNode({ depth: 0, needed: 0, out: Parent.attribute('b').attribute('in') });
    const b = new PartNode({ depth: 0, needed: 0, in: Parent.attribute('a').attribute('out') });
    const root = new Root({ fullSystem: false, a, b });
    settleTree(root);
    expect(peers(root.a.out)).to.deep.equal(['b.in']);
    expect(peers(root.b.in)).to.deep.equal(['a.out']);
  });

  it('is an error when the proxy finds nothing, or something that is no port', () => {
    const lost = new PartNode({ depth: 0, needed: 0, out: bus.attribute('many') });
    expect(() => {
      settleTree(new Root({ fullSystem: false, lost }));
    }).to.throw(FatalError, "can't resolve proxy 'Parent.bus.many' of lost.out");
    const wrong = new PartNode({ depth: 0, needed: 0, out: bus.attribute('size') });
    expect(() => {
      settleTree(new Root({ fullSystem: false, bus: aPart(), wrong }));
    }).to.throw(FatalError, '1024 is not a port; cannot connect wrong.out to it');
  });
});
