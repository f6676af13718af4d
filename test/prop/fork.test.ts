import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder, runCommand } from '../support/command';
import { guestScript, linesOf } from '../support/forking';
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

  it('keep the laws under KVM, at whatever point the fork comes', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${guestScript(['compute', '400'], "output: 'out.txt'")}
        const { createHash } = require('node:crypto');
        const bytes = system.simObject().physicalMemory.storeFor(0)!.bytes;
        const { state } = system.cpu.simObject().thread;
        const digest = () => createHash('sha1').update(bytes).update(state.block).digest('hex');
        const text = (directory: string) => fs.readFileSync(directory + '/out.txt', 'utf8');
        async function main() {
          let outcomes = 0;
          for (let exit = m5.simulate(1e9); exit.cause.includes('limit'); exit = m5.simulate(2e9)) {
            if (outcomes++ === 6) break;
            m5.drain();
            const before = digest();
            const [outcome] = await m5.forkEach([outcomes], () => {
              const atFork = digest();
              const { cause, code } = m5.simulate();
              return { atFork, cause, code, differs: digest() !== atFork };
            });
            if (outcome?.status !== 'done') throw new Error(JSON.stringify(outcome));
            const { atFork, cause, code, differs } = outcome.result;
            if (atFork !== before || digest() !== before || !differs) throw new Error('not alike');
            console.log([cause, code, text(outcome.outdir)].join('; '));
          }
          const { cause, code } = m5.simulate();
          console.log([cause, code, text('m5out')].join('; '));
        }
        void main();`,
        folder,
      );
      expect(lines.length).to.be.greaterThan(2);
      expect(new Set(lines).size).to.equal(1);
      expect(lines[0]).to.match(/^exiting with last active thread context; 0; rounds 400 checksum/);
    });
  });
});
