/** A program that wants more memory than there is. */
import { expect } from 'chai';
import { configPath, inFolder, runCommand } from '../support/command';
import { guestPath, type ProgramRun } from '../support/guests';

/** Runs the guest `exhaust` with 24 MiB of memory. */
function exhaust(...args: readonly string[]): ProgramRun {
  const options = ['--mem-size', '24MiB', '-c', guestPath('exhaust'), '--', ...args];
  return inFolder(cwd => runCommand([configPath('se.ts'), ...options], { cwd }));
}

describe('A program that uses up the memory', () => {
  it('is told ENOMEM at its end by brk and mmap, and gets more when it has given some back', () => {
    const { status, stdout, stderr } = exhaust();
    expect(status, stderr).to.equal(0);
    const grown = Number(/^heap grew by (\d+) MiB$/m.exec(stdout)?.[1]);
    expect(grown).to.be.within(20, 23);
    expect(stdout).to.include('\nmmap: ENOMEM\nafter giving back: granted\n');
  });

  it('is killed, with one line that says so, when it touches more than there is', () => {
    const { status, stdout } = exhaust('touch');
    expect(stdout).to.include('a reservation: granted\n').and.not.to.include('survived');
    const line =
      /because program killed by SIGKILL: the system's 25165824 bytes of memory are used up \(access to 0x[0-9a-f]+ at rip 0x[0-9a-f]+\)\n/;
    expect(stdout).to.match(line);
    expect(status).to.equal(128 + 9);
  });

  it('has everything at the same addresses in every run', () => {
    const places = (): string | undefined =>
      /^heap 0x\w+, stack 0x\w+, mapping 0x\w+$/m.exec(exhaust().stdout)?.[0];
    const first = places();
    expect(first).to.be.a('string');
    expect(places()).to.equal(first);
  });
});
