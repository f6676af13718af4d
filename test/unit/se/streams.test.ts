/** Real pipes and files: how the host's descriptors behave is what is tried here. */
import { expect } from 'chai';
import {
  closeSync,
  mkdtempSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FatalError } from '../../../src/base/index';
import { Errno, pipe } from '../../../src/host/index';
import { FileDescriptors } from '../../../src/se/fileDescriptors';
import { StreamFile } from '../../../src/se/hostOpenFile';
import { OpenFlag } from '../../../src/se/openFile';
import { deliverSignals } from '../../../src/se/signalDelivery';
import { Signal } from '../../../src/se/signals';
import { openStandardStreams, type StreamNames } from '../../../src/se/standardStreams';
import { RESTART } from '../../../src/se/syscallResult';
import { TestProcess } from '../../support/se';

const O_NONBLOCK = 0o4000;

describe('StreamFile', () => {
  /** A program whose descriptor 0 is one end of a pipe, and the descriptor of the other end. */
  function piped(end: 'read' | 'write', interrupted = (): boolean => false) {
    const ends = pipe(O_NONBLOCK);
    const process = new TestProcess();
    const [ours, others] =
      end === 'read' ? [ends.readEnd, ends.writeEnd] : [ends.writeEnd, ends.readEnd];
    const flags = end === 'read' ? OpenFlag.ReadOnly : OpenFlag.WriteOnly;
    const hostWait = { interrupted, patience: () => process.thread.patience() };
    process.state.files.set(0, new StreamFile(ours, 'pipe', flags, true, hostWait));
    return { process, others };
  }

  it('reads what is there, and 0 when the other end is closed', () => {
    const { process, others } = piped('read');
    writeSync(others, 'hello');
    expect(process.call('read', 0, process.buffer, 100)).to.equal(5);
    expect(process.text(process.buffer, 5)).to.equal('hello');
    closeSync(others);
    expect(process.call('read', 0, process.buffer, 100)).to.equal(0);
    process.state.files.closeAll();
  });

  it('gives up a wait when the user wants to stop, for the call to be made again', () => {
    let looks = 0;
    const { process, others } = piped('read', () => ++looks >= 2);
    expect(process.call('read', 0, process.buffer, 100)).to.equal(RESTART);
    expect(looks).to.equal(2);
    writeSync(others, 'x');
    expect(process.call('read', 0, process.buffer, 100)).to.equal(1);
    process.state.files.closeAll();
    closeSync(others);
  });

  it('does not wait for a program that does not want to', () => {
    const { process, others } = piped('read');
    process.call('fcntl', 0, 4, OpenFlag.NonBlock);
    expect(process.call('read', 0, process.buffer, 100)).to.equal(-Errno.EAGAIN);
    process.state.files.closeAll();
    closeSync(others);
  });

  it('writes on when a full pipe takes no more for a while', () => {
    let drained = 0;
    const { process, others } = piped('write', () => {
      // The reader comes when the writer has begun to wait.
      drained += readSync(others, Buffer.alloc(0x4_0000));
      return false;
    });
    const size = 0x4_0000;
    const address = process.space.map({ address: 0, length: size, protection: 3 });
    expect(process.call('write', 0, address, size)).to.equal(size);
    expect(drained).to.be.greaterThan(0);
    process.state.files.closeAll();
    closeSync(others);
  });

  it('fails with EPIPE, and SIGPIPE ends the program, when nobody reads', () => {
    const { process, others } = piped('write');
    closeSync(others);
    expect(process.call('write', 0, process.buffer, 1)).to.equal(-Errno.EPIPE);
    expect(process.thread.pending.map(({ signal }) => signal)).to.deep.equal([Signal.SIGPIPE]);
    deliverSignals(process.thread);
    expect(process.state.end).to.include({ kind: 'signal', signal: Signal.SIGPIPE });
    process.state.files.closeAll();
  });
});

describe('openStandardStreams', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-streams-'));
    writeFileSync(join(folder, 'input'), 'from a file');
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function open(names: Partial<StreamNames>): FileDescriptors {
    const files = new FileDescriptors();
    const all = { input: '', output: '', errout: '', ...names };
    const hostWait = { interrupted: () => false, patience: () => Infinity };
    openStandardStreams(files, all, () => folder, hostWait);
    return files;
  }

  const numbers = (files: FileDescriptors): number[] => [...files.entries()].map(([n]) => n);

  it('uses the simulator’s own descriptors under gem5’s names', () => {
    const files = open({ input: 'cin', output: 'cout', errout: 'cerr' });
    const own = [0, 1, 2].map(n => files.get(n).descriptor);
    expect(own.slice(1)).to.deep.equal([1, 2]);
    expect(files.get(0).readable).to.equal(true);
    expect(files.get(1).writable).to.equal(true);
    files.closeAll();
  });

  it('reads a file, which the program can seek in', () => {
    const files = open({ input: join(folder, 'input') });
    expect(files.get(0).seekable).to.equal(true);
    expect(numbers(files)).to.deep.equal([0]);
    files.closeAll();
  });

  it('puts output files into the output directory', () => {
    const process = new TestProcess();
    const files = open({ output: 'simout' });
    process.state.files.set(1, files.get(1));
    process.put('text');
    expect(process.call('write', 1, process.buffer, 4)).to.equal(4);
    expect(readFileSync(join(folder, 'simout'), 'utf8')).to.equal('text');
    files.closeAll();
  });

  it('lets output and errors share one file and its position', () => {
    const files = open({ output: 'both', errout: 'both' });
    expect(files.get(1)).to.equal(files.get(2));
    files.close(1);
    expect(files.get(2).status().size).to.equal(0n);
    files.closeAll();
  });

  it('says which file it cannot open', () => {
    expect(() => open({ input: '/no/such/file' })).to.throw(FatalError, /\/no\/such\/file/);
    expect(() => open({ input: folder })).to.throw(FatalError, /directory/);
    expect(() => open({ output: 'no/such/folder' })).to.throw(FatalError, /no\/such\/folder/);
  });
});
