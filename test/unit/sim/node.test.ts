import { inspect } from 'node:util';
import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import {
  defineSchema,
  nodeClass,
  NULL,
  param,
  SimObject,
  simObjectSchema,
  type AnyNode,
} from '../../../src/sim/index';
import { adoptOrphanParams, resolvedParam } from '../../../src/sim/resolveProxies';
import { Part, PartNode, setUnchecked, warningsOf } from '../../support/part';
import { Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

describe('A configuration node', () => {
  it('names an unknown parameter and the nearest right one', () => {
    const wrong: object = { szie: 4 };
    expect(() => new PartNode(wrong)).to.throw(
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

  it('is printed by its path, and by its class', () => {
    const root = new Root({ myPart: new PartNode({ friend: new PartNode() }) });
    expect(String(root.myPart.friend)).to.equal('my_part.friend');
    expect(inspect(root.myPart)).to.equal('Part my_part');
    expect(inspect([new PartNode(), root])).to.equal('[ <orphan Part>, root ]');
  });

  it('is made with an object of properties and nothing else', () => {
    const { construct } = Reflect;
    for (const [given, shown] of [
      ...([[null, 'null'], [5, '5'], ['x', 'x']] as const), // prettier-ignore
      ...([[[], 'a list'], [new PartNode(), '<orphan Part>']] as const), // prettier-ignore
    ]) {
      expect(() => void construct(PartNode, [given])).to.throw(
        FatalError,
        `new Part() takes an object of parameters, ports and children, not ${shown}`,
      );
    }
    expect((construct(PartNode, [undefined]) as AnyNode).path()).to.equal('<orphan Part>');
  });

  it('has children whose names can stand in a path', () => {
    for (const name of ['a b', 'a.b', '', '1st', 'a-b', 'é']) {
      expect(() => new Root({ [name]: new PartNode() })).to.throw(
        FatalError,
        `root: a child cannot be called '${name}'`,
      );
    }
    expect(() => new Root({ a_1B: new PartNode() })).to.not.throw();
  });

  it('numbers the elements of a list, and leaves the number out for a list of one', () => {
    const many = Array.from({ length: 11 }, () => new PartNode());
    const root = new Root({ one: [new PartNode()], many });
    expect(root.one[0].path()).to.equal('one');
    expect(root.many[3]?.path()).to.equal('many03');
    expect(root.many[10]?.path()).to.equal('many10');
  });

  it('keeps its first parent, with a warning', () => {
    const part = new PartNode();
    const root = new Root({ first: part });
    const seen = warningsOf(() => {
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

describe('An object that only a parameter refers to', () => {
  it('is adopted by the object that has the parameter', () => {
    const friend = new PartNode();
    const root = new Root({ a: new PartNode({ friend }) });
    adoptOrphanParams(root.a);
    expect(friend.path()).to.equal('a.friend');
  });
});

describe('A parameter that is an object', () => {
  const ownerSchema = defineSchema('Owner', simObjectSchema, {
    description: 'Has a part of its own',
    params: {
      part: param.SimObject<Part>('Part', () => new PartNode({ needed: 1 }), 'made for each'),
      friend: param.SimObjectOrNull<Part>('Part', NULL, 'another'),
    },
  });
  class Owner extends SimObject {
    static override readonly schema = ownerSchema;
  }
  const OwnerNode = nodeClass(Owner);

  it('has its default as a child of its own as soon as a script looks at it', () => {
    const root = new Root({ one: new OwnerNode(), two: new OwnerNode() });
    setUnchecked(root.one.part, 'size', '4KiB');
    expect(root.descendants().map(node => node.path())).to.include.members(['one.part']);
    expect(root.one.part).to.not.equal(root.two.part);
    const seen = warningsOf(() => {
      adoptOrphanParams(root.one);
    });
    expect(seen).to.deep.equal([]);
  });

  it('lets go of its child when it becomes NULL, or another object', () => {
    const [first, second] = [new PartNode(), new PartNode()];
    const root = new Root({ owner: new OwnerNode() });
    root.owner.friend = first;
    expect(first.path()).to.equal('owner.friend');
    root.owner.friend = second;
    expect([first.path(), second.path()]).to.deep.equal(['<orphan Part>', 'owner.friend']);
    root.owner.friend = NULL;
    expect(second.path()).to.equal('<orphan Part>');
    expect(root.owner.descendants()).to.have.length(1);
  });
});

describe('A property that begins with an underscore', () => {
  it('is the script’s own', () => {
    const part = new PartNode();
    setUnchecked(part, '_note', { any: 'thing' });
    expect((part as unknown as Record<string, unknown>)['_note']).to.deep.equal({ any: 'thing' });
    expect(part.descendants()).to.have.length(1);
  });
});
