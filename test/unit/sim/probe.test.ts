import { expect } from 'chai';
import {
  defineSchema,
  nodeClass,
  ProbeListener,
  ProbePoint,
  SimObject,
  simObjectSchema,
} from '../../../src/sim/index';
import { aSimulation, Root } from '../../support/simulation';

const sourceSchema = defineSchema('Source', simObjectSchema, { description: 'Has a probe point' });
class Source extends SimObject {
  static override readonly schema = sourceSchema;
  retired: ProbePoint<number> | undefined;
  override regProbePoints(): void {
    this.retired = new ProbePoint<number>(this.getProbeManager(), 'Retired');
  }
}
const SourceNode = nodeClass(Source, sourceSchema);

function aSource(): { source: Source; point: ProbePoint<number> } {
  const root = new Root({ fullSystem: false, source: new SourceNode() });
  aSimulation().instantiate(root);
  const source = root.source.simObject();
  if (source.retired === undefined) throw new Error('regProbePoints() was not called');
  return { source, point: source.retired };
}

describe('A probe point', () => {
  it('tells its listeners at once, in the order in which they were attached', () => {
    const { source, point } = aSource();
    const heard: string[] = [];
    new ProbeListener<number>(source.getProbeManager(), 'Retired', n =>
      heard.push(`a${String(n)}`),
    );
    new ProbeListener<number>(source.getProbeManager(), 'Retired', n =>
      heard.push(`b${String(n)}`),
    );
    point.notify(3);
    expect(heard).to.deep.equal(['a3', 'b3']);
  });

  it('knows whether anybody listens', () => {
    const { source, point } = aSource();
    expect(point.listening).to.equal(false);
    const listener = new ProbeListener<number>(
      source.getProbeManager(),
      'Retired',
      () => undefined,
    );
    expect(point.listening).to.equal(true);
    listener.detach();
    expect(point.listening).to.equal(false);
  });

  it('tells a detached listener nothing', () => {
    const { source, point } = aSource();
    let heard = 0;
    const listener = new ProbeListener<number>(source.getProbeManager(), 'Retired', () => heard++);
    point.notify(1);
    listener.detach();
    point.notify(2);
    expect(heard).to.equal(1);
  });

  it('is found by its exact name only', () => {
    const { source, point } = aSource();
    const listener = new ProbeListener<number>(
      source.getProbeManager(),
      'retired',
      () => undefined,
    );
    expect(point.listening).to.equal(false);
    expect(source.getProbeManager().addListener('nobody', listener)).to.equal(false);
  });

  it('keeps its place when another of the same name is added', () => {
    const { source, point } = aSource();
    const second = new ProbePoint<number>(source.getProbeManager(), 'Retired');
    new ProbeListener<number>(source.getProbeManager(), 'Retired', () => undefined);
    expect([point.listening, second.listening]).to.deep.equal([true, false]);
  });
});
