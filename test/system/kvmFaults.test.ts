import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { anElfImage } from '../support/bootImages';
import { configPath, inFolder, runCommand } from '../support/command';
import type { ProgramRun } from '../support/guests';
import { describeWithKvm } from '../support/kvm';

/** Runs code as a 64-bit program of a bare machine with 2 MiB of memory. */
const runCode = (code: readonly number[]): ProgramRun =>
  inFolder(folder => {
    const address = 0x10_0000;
    const segments = [{ address, data: code }];
    const image = anElfImage({ is64Bit: true, segments, entry: BigInt(address) });
    writeFileSync(join(folder, 'guest.elf'), image);
    const options = ['--kernel', 'guest.elf', '--serial', 'none', '--mem-size', '2MiB'];
    return runCommand([configPath('baremetal.ts'), ...options], { cwd: folder });
  });

describeWithKvm('The command with a guest that goes wrong', () => {
  it('ends at a triple fault as at a bug, with the registers and without a stack trace', () => {
    const run = runCode([0x0f, 0x0b]); // ud2, and nobody handles it
    expect(run.status).to.equal(134);
    expect(run.stderr).to.include('triple fault').and.to.include('rip 0000000000100000');
    expect(run.stderr).not.to.match(/^ +at /m);
  });

  it('ends at an access that nobody answers, and names the address', () => {
    // mov [0x2345678], al
    const run = runCode([0x88, 0x04, 0x25, 0x78, 0x56, 0x34, 0x02, 0xeb, 0xfe]);
    expect(run.status).not.to.equal(0);
    expect(run.stderr).to.include('0x2345678');
    expect(run.stderr).not.to.match(/^ +at /m);
  });
});
