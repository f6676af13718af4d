import { expect } from 'chai';
import { constants } from 'node:os';
import { SimError } from '../../../src/base/index';
import { Errno, ErrnoError, errnoName, errnoText, isErrnoError } from '../../../src/host/index';

describe('errno', () => {
  const failure = { call: 'mmap', errno: 12, doing: 'mapping guest memory' };

  it('has the numbers that Node knows for this system', () => {
    const ours = new Map<string, number>(Object.entries(Errno));
    const aliases = new Set(['EWOULDBLOCK', 'ENOTSUP']);
    for (const [name, number] of Object.entries(constants.errno)) {
      if (!aliases.has(name)) expect(ours.get(name), name).to.equal(number);
    }
  });

  it('gives every number one name', () => {
    expect(new Set(Object.values(Errno)).size).to.equal(Object.keys(Errno).length);
    for (const [name, number] of Object.entries(Errno)) expect(errnoName(number)).to.equal(name);
  });

  it('names and describes a number that Linux does not define', () => {
    expect(errnoName(4095)).to.equal('E4095');
    expect(errnoText(4095)).to.equal('Unknown error 4095');
  });

  it('carries the call, the number, its name and what was being done', () => {
    const error = new ErrnoError(failure);
    expect(error).to.be.instanceOf(SimError);
    expect(error).to.include({ ...failure, kind: 'errno', code: 'ENOMEM', name: 'ErrnoError' });
  });

  it('says all of it in one line', () => {
    expect(new ErrnoError(failure).message).to.equal(
      'mmap failed while mapping guest memory: Cannot allocate memory (ENOMEM)',
    );
  });

  it('is told apart from other errors, and by code', () => {
    const error = new ErrnoError(failure);
    expect(isErrnoError(error)).to.equal(true);
    expect(isErrnoError(error, 'ENOMEM')).to.equal(true);
    expect(isErrnoError(error, 'EINTR')).to.equal(false);
    expect(isErrnoError(new Error('ENOMEM'), 'ENOMEM')).to.equal(false);
  });
});
