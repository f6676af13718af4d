/** Whatever a program passes to its system calls, the simulator answers and lives. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { resetWarnOnce, setLogSink, type LogSink } from '../../src/base/index';
import { openDescriptorCount } from '../../src/host/index';
import { OpenFlag } from '../../src/se/openFile';
import { deliverSignals } from '../../src/se/signalDelivery';
import { BLOCKED } from '../../src/se/syscallResult';
import { offeredSyscalls } from '../../src/se/syscallTable';
import { TestProcess } from '../support/se';

const HIGHEST_ERRNO = 133;

describe('System calls', () => {
  let folder = '';
  let logBefore: LogSink;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-calls-'));
    logBefore = setLogSink({ message: () => undefined, debug: () => undefined });
  });

  after(() => {
    setLogSink(logBefore);
    resetWarnOnce();
    rmSync(folder, { recursive: true });
  });

  /** A program with a few descriptors, in a folder where it may do anything. */
  function aProcess(): TestProcess {
    rmSync(join(folder, 'work'), { recursive: true, force: true });
    mkdirSync(join(folder, 'work/sub'), { recursive: true });
    writeFileSync(join(folder, 'work/file'), 'contents of the file');
    const cwd = join(folder, 'work');
    const process = new TestProcess({ cwd, readable: [cwd], writable: [cwd] });
    const open = (name: string, flags: number): number =>
      process.call('openat', -100, process.put(name), flags, 0o600);
    open('/dev/zero', OpenFlag.ReadWrite);
    open('file', OpenFlag.ReadWrite);
    open('sub', OpenFlag.Directory);
    process.call('pipe', process.buffer);
    process.space.mapStack(0x4000);
    process.put('file', process.buffer + 0x100);
    process.put('sub/new', process.buffer + 0x200);
    return process;
  }

  it('answer any arguments with a result or an error number', () => {
    const before = openDescriptorCount();
    const names = offeredSyscalls();
    const extreme = [
      ...[0, 1, 2, 3, 4, 5, 8, 64, 0x100, 0x1000, 0o100, 0o1102, 0xffff, -1, -2, -100, -4096],
      ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40, 2 ** 47, 2 ** 53, 2 ** 62, -(2 ** 63)],
    ];
    const argument = fc.oneof(
      fc.constantFrom(...extreme),
      fc.constantFrom('buffer', 'path', 'new', 'edge', 'stack'),
      fc.integer({ min: -10, max: 10_000 }),
    );
    const call = fc.tuple(fc.constantFrom(...names), fc.array(argument, { maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 30 }), calls => {
        const process = aProcess();
        const places: Readonly<Record<string, number>> = {
          buffer: process.buffer + 0x4000,
          path: process.buffer + 0x100,
          new: process.buffer + 0x200,
          edge: process.buffer + 0xfffc,
          stack: 0x7fff_ffff_e000,
        };
        for (const [name, values] of calls) {
          const args = values.map(value => (typeof value === 'string' ? places[value]! : value));
          const result = process.call(name, ...args);
          const text = `${name}(${args.join(', ')}) = ${String(result)}`;
          expect(Number.isSafeInteger(result), text).to.equal(true);
          const plain = result >= -HIGHEST_ERRNO;
          expect(plain || (result <= -512 && result >= BLOCKED), text).to.equal(true);
          deliverSignals(process.thread);
          if (process.state.end !== undefined) break;
        }
        process.state.files.closeAll();
        process.space.closeFiles();
        process.space.release();
      }),
      { numRuns: 600 },
    );
    expect(openDescriptorCount()).to.equal(before);
  });
});
