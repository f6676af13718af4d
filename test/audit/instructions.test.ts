import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import { InstructionSampler } from '../support/instructionForms';
import { INSTRUCTION_PAGE, instructionPage } from '../support/instructionPage';
import { InstructionProofs, otherTests } from '../support/instructionProofs';
import { readText, repositoryRoot } from '../support/repository';

describe('The page of instructions', () => {
  it('is what `npm run docs:instructions` makes of the table', () => {
    expect(readText(INSTRUCTION_PAGE)).to.equal(instructionPage());
  });

  it('calls compared only what the fuzzer really makes instances of', () => {
    const sampler = new InstructionSampler();
    const proofs = new InstructionProofs();
    const never = instructionSet.filter(
      each => proofs.proofOf(each).startsWith('lock-step') && sampler.look(each).known === 0,
    );
    expect(never.map(({ definition }) => definition.name)).to.deep.equal([]);
  });

  it('names tests that there are', () => {
    const page = readText(INSTRUCTION_PAGE);
    const files = [...page.matchAll(/`((?:test|src|guests)\/[^`]+\.\w+)`/g)].map(
      ([, path]) => path,
    );
    expect(files).to.include.members(['test/kvm/softwareCore.test.ts']);
    const named = [...files, ...otherTests.map(([path]) => path)];
    const isThere = (path: string): boolean => existsSync(join(repositoryRoot, path));
    expect(named.filter(path => path !== 'guests/src/NAME.c' && !isThere(path!))).to.deep.equal([]);
  });

  it('calls executed by a source only what the source has', () => {
    for (const [path, , names] of otherTests.filter(([file]) => file.endsWith('.c'))) {
      const text = readText(path);
      expect(names.filter(name => !text.includes(name))).to.deep.equal([]);
    }
  });
});
