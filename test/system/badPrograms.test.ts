/**
 * Programs that do what they must not: the signal that ends each is the same on the host itself and on
 * each software CPU, and nothing hangs.
 */
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { badPrograms, endOn, foreignPrograms, withProgram } from '../support/badPrograms';
import { withoutMessages } from '../support/messages';

describe('A program that does what it must not', () => {
  withoutMessages();

  const expected = badPrograms.map(([what, , signal]) => [what, signal]);

  it('is ended by the signal that the host ends it by', () => {
    const signalOf = (code: readonly number[]) => withProgram(code, path => spawnSync(path).signal);
    expect(badPrograms.map(([what, code]) => [what, signalOf(code)])).to.deep.equal(expected);
  });

  for (const model of ['atomic', 'timing'] as const) {
    it(`is ended by that signal on the ${model} model`, () => {
      const found = badPrograms.map(([what, code]) => [what, endOn(model, code)[0]]);
      expect(found).to.deep.equal(expected);
    });

    it(`is told what of it is for 32 bits on the ${model} model`, () => {
      for (const [code, signal, says] of foreignPrograms) {
        const [name, cause] = endOn(model, code);
        expect(name).to.equal(signal);
        expect(cause).to.match(says);
      }
    });
  }
});
