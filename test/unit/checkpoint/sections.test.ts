import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import { CheckpointError, CheckpointSections } from '../../../src/checkpoint/index';
import {
  currentSection,
  serializeSection,
  unserializeSection,
  type CheckpointIn,
  type CheckpointOut,
  type Serializable,
} from '../../../src/sim/index';

/** An object with a part of its own. */
class Counter implements Serializable {
  value = 0;
  bytes = new Uint8Array(0);
  readonly part: Counter | undefined;

  constructor(part?: Counter) {
    this.part = part;
  }

  serialize(checkpoint: CheckpointOut): void {
    checkpoint.paramOut('value', this.value);
    if (this.part !== undefined) serializeSection(checkpoint, 'part', this.part);
    // After a nested section: the value still belongs to this object.
    checkpoint.paramOut('bytes', this.bytes);
  }

  unserialize(checkpoint: CheckpointIn): void {
    this.value = checkpoint.number('value');
    if (this.part !== undefined) unserializeSection(checkpoint, 'part', this.part);
    this.bytes = Uint8Array.from(checkpoint.bytes('bytes'));
  }
}

function aCounter(value: number, part?: Counter): Counter {
  const counter = new Counter(part);
  counter.value = value;
  counter.bytes = Uint8Array.of(value, value + 1);
  return counter;
}

describe('Checkpoint sections', () => {
  it('give back what nested objects wrote', () => {
    const sections = new CheckpointSections('.');
    serializeSection(sections, 'system.counter', aCounter(3, aCounter(5)));
    expect(sections.sectionNames()).to.deep.equal(['system.counter', 'system.counter.part']);
    const restored = new Counter(new Counter());
    unserializeSection(sections, 'system.counter', restored);
    expect(restored).to.deep.equal(aCounter(3, aCounter(5)));
  });

  it('name section and key when a value is missing', () => {
    const sections = new CheckpointSections('.');
    serializeSection(sections, 'a', { serialize: () => undefined, unserialize: () => undefined });
    expect(() => {
      unserializeSection(sections, 'a', new Counter());
    }).to.throw(CheckpointError, "checkpoint section 'a', key 'value': there is no such value");
  });

  it('name section and key when a value is of another type', () => {
    const sections = new CheckpointSections('.');
    const text: Serializable = {
      serialize: checkpoint => {
        checkpoint.paramOut('value', 'three');
      },
      unserialize: () => undefined,
    };
    serializeSection(sections, 'a', text);
    expect(() => {
      unserializeSection(sections, 'a', new Counter());
    }).to.throw(CheckpointError, "checkpoint section 'a', key 'value': the value is not a number");
  });

  it('refuse a second value for a key', () => {
    const sections = new CheckpointSections('.');
    serializeSection(sections, 'a', aCounter(1));
    expect(() => {
      serializeSection(sections, 'a', aCounter(1));
    }).to.throw(PanicError, "two sections 'a'");
    sections.paramOut('value', 1);
    expect(() => {
      sections.paramOut('value', 2);
    }).to.throw(PanicError, "already has a value for 'value'");
  });

  it('leave the section when an object fails', () => {
    const sections = new CheckpointSections('.');
    const failing: Serializable = {
      serialize: () => {
        throw new Error('no');
      },
      unserialize: () => undefined,
    };
    expect(() => {
      serializeSection(sections, 'a', failing);
    }).to.throw('no');
    expect(currentSection(sections)).to.equal('');
  });
});
