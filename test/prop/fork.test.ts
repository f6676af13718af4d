import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder, runCommand } from '../support/command';
import { guestScript, linesOf } from '../support/forking';
import type { GuestCpu } from '../support/guestCpu';
import { itWithKvm } from '../support/kvm';
import { repositoryRoot } from '../support/repository';

describe('Forked simulations', () => {
  it('are equal at the fork, independent afterwards, and end as the parent would have', () => {
    const script = join(repositoryRoot, 'test', 'support', 'scripts', 'forkLaws.ts');
    const run = inFolder(cwd => runCommand([script, '12'], { cwd }));
    expect(run.stderr).to.equal('');
    expect(run.status).to.equal(0);
    expect(run.stdout.split('\n').filter(line => line !== '')).to.deep.equal([
      'equal at the fork',
      'independent afterwards',
      'a child ends as its parent would have',
    ]);
  }).timeout(60_000);

  itWithKvm('keep the laws on X86KvmCPU, at whatever point the fork comes', () => {
    expectLaws('X86KvmCPU', 400);
  });

  it('keep the laws on AtomicSimpleCPU, statistics and ticks included', () => {
    expectLaws('AtomicSimpleCPU', 40);
  }).timeout(60_000);
});

/**
 * Forks a program at several points, and compares what each child sees, and how it ends, with the parent.
 * On a CPU in software the ticks and statistics at the end are the same too.
 */
function expectLaws(cpu: GuestCpu, rounds: number): void {
  const lines = inFolder(folder =>
    linesOf(
      `${guestScript(['compute', String(rounds)], "output: 'out.txt'", cpu)}
      const { createHash } = require('node:crypto');
      // The program's pages are at the bottom.
      const bytes = system.simObject().physicalMemory.storeFor(0)!.bytes.subarray(0, 32 << 20);
      const { state } = system.cpu.simObject().thread;
      const sha = (...parts: (Uint8Array | string)[]) =>
        parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest('hex');
      const stats = () => Object.entries(m5.defaultM5().statValues())
        .filter(([name]) => !name.startsWith('host')).join();
      const digest = () => sha(bytes, state.block, stats(), String(m5.curTick()));
      // How long the rest takes on KVM is up to the host.
      const atEnd = () => ${cpu === 'X86KvmCPU' ? 'sha(text())' : 'digest()'};
      const text = () => fs.readFileSync(m5.options.outdir + '/out.txt', 'utf8');
      async function main() {
        let forks = 0;
        for (let exit = m5.simulate(1e9); exit.cause.includes('limit'); exit = m5.simulate(2e9)) {
          if (forks++ === 4) break;
          m5.drain();
          const before = digest();
          const [outcome] = await m5.forkEach([forks], () => {
            const atFork = digest();
            const { cause, code } = m5.simulate();
            return { atFork, cause, code, text: text(), atEnd: atEnd(), differs: digest() !== atFork };
          });
          if (outcome?.status !== 'done') throw new Error(JSON.stringify(outcome));
          const { atFork, cause, code, differs, text: written, atEnd: end } = outcome.result;
          if (atFork !== before || digest() !== before || !differs) throw new Error('not alike');
          console.log([cause, code, end, written].join('; '));
        }
        const { cause, code } = m5.simulate();
        console.log([cause, code, atEnd(), text()].join('; '));
      }
      void main();`,
      folder,
    ),
  );
  expect(lines.length).to.be.greaterThan(2);
  expect(new Set(lines).size, lines.join('\n')).to.equal(1);
  expect(lines[0]).to.match(
    new RegExp(
      `^exiting with last active thread context; 0; \\w+; rounds ${String(rounds)} checksum`,
    ),
  );
}
