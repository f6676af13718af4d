import { expect } from 'chai';
import { CheckpointSections } from '../../../src/checkpoint/index';
import { SavedProcess } from '../../../src/se/savedProcess';
import { serializeSection, unserializeSection } from '../../../src/sim/index';
import { TestProcess } from '../../support/se';

describe('A saved process', () => {
  it('has what the program has set of itself', () => {
    const { state } = new TestProcess();
    Object.assign(state, { cwd: '/tmp', umask: 0o77, comm: 'other', nice: 7 });
    Object.assign(state.files, { limit: 20, hardLimit: 30 });
    const sections = new CheckpointSections('cpt');
    serializeSection(sections, 'process', new SavedProcess(state));
    const { state: restored } = new TestProcess();
    unserializeSection(sections, 'process', new SavedProcess(restored));
    const { cwd, umask, comm, nice, files } = restored;
    expect({ cwd, umask, comm, nice }).to.deep.equal({
      ...{ cwd: '/tmp', umask: 0o77, comm: 'other', nice: 7 },
    });
    expect([files.limit, files.hardLimit]).to.deep.equal([20, 30]);
  });
});
