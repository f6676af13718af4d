import { expect } from 'chai';
import { setProgressDisplay, withProgress, type ProgressDisplay } from '../../../src/base/index';

/** Runs `body` with a display that notes what it is told. */
function noted(body: () => void): string[] {
  const notes: string[] = [];
  const display: ProgressDisplay = {
    begin: (title, total) => {
      notes.push(`begin ${title}, ${String(total)}`);
      return {
        update: done => notes.push(`update ${String(done)}`),
        end: () => notes.push('end'),
      };
    },
  };
  const previous = setProgressDisplay(display);
  try {
    body();
  } finally {
    setProgressDisplay(previous);
  }
  return notes;
}

describe('Progress', () => {
  it('is how many bytes are done so far', () => {
    let result = 0;
    const notes = noted(() => {
      result = withProgress('Loading it', 10, advance => {
        advance(4);
        advance(6);
        return 42;
      });
    });
    expect(notes).to.deep.equal(['begin Loading it, 10', 'update 4', 'update 10', 'end']);
    expect(result).to.equal(42);
  });

  it('ends with the work, also when that fails', () => {
    const notes = noted(() => {
      expect(() =>
        withProgress('Loading it', 10, () => {
          throw new Error('no');
        }),
      ).to.throw('no');
    });
    expect(notes).to.deep.equal(['begin Loading it, 10', 'end']);
  });

  it('is shown nowhere unless somebody shows it', () => {
    const advanced = withProgress('Loading it', 1, advance => {
      advance(1);
      return true;
    });
    expect(advanced).to.equal(true);
  });
});
