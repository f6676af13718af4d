import { expect } from 'chai';
import { offeredSyscalls } from '../../src/se/syscallTable';
import { readText } from '../support/repository';

describe('docs/syscall-emulation.md', () => {
  it('lists the system calls that are offered, each once and no other', () => {
    const text = readText('docs/syscall-emulation.md');
    const table = text.slice(text.indexOf('\n## System calls\n'));
    const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(listed.sort()).to.deep.equal(offeredSyscalls().sort());
  });
});
