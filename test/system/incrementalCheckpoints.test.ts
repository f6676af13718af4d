import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { squashCheckpoint } from '../../src/checkpoint/index';
import { inFolder } from '../support/command';
import { guestScript, linesOf, plainScript } from '../support/forking';

const IMAGE = 'system.physmem.store0.img';

/** Saves all and what has changed at several points, in this process, in a fork and from a child. */
const script = `${guestScript(['malloc', '24'])}
  const changed = (name: string, parent: string) =>
    m5.checkpoint(name, { incremental: true, parent });
  m5.simulate(3e8);
  m5.checkpoint('changed-0', { incremental: true });
  for (let i = 1; i < 4; i++) {
    if (m5.simulate(3e8).cause !== 'simulate() limit reached') throw new Error('too fast');
    m5.checkpoint('all-' + i);
    changed('changed-' + i, 'changed-' + (i - 1));
  }
  if (m5.fork() === 0) {
    m5.simulate(3e8);
    m5.checkpoint('all-child');
    changed('changed-child', 'changed-3');
    m5.simulate(3e8);
    m5.checkpoint('all-child-2');
    changed('changed-child-2', 'changed-child');
  } else {
    void background();
  }
  async function background() {
    m5.simulate(3e8);
    m5.checkpoint('all-background');
    const incremental = true;
    const written = m5.checkpointInBackground('changed-background', { incremental, parent: 'changed-3' });
    m5.simulate(3e8);
    await written;
    await m5.checkpointInBackground('script.ts/none', { incremental }).catch(() => undefined);
    m5.simulate(3e8);
    m5.checkpoint('all-last');
    changed('changed-last', 'changed-background');
  }
`;

describe('An incremental checkpoint', () => {
  it('makes with its parents what a full one has, whoever wrote to memory meanwhile', () => {
    inFolder(folder => {
      linesOf(script, folder);
      const names = readdirSync(folder).filter(name => name.startsWith('all-'));
      expect(names).to.have.length(7);
      for (const name of names) {
        const changed = join(folder, name.replace('all', 'changed'));
        const squashed = join(folder, `squashed-${name}`);
        squashCheckpoint(changed, squashed);
        const [full, made] = [join(folder, name), squashed].map(path =>
          readFileSync(join(path, IMAGE)),
        );
        expect(full!.equals(made!), name).to.equal(true);
        expect(statSync(join(changed, IMAGE)).size).to.be.lessThan(full!.length);
      }
    });
  });

  it('keeps what it builds upon: nothing replaces or removes that', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${plainScript}
        const refused = (name: string) => {
          try {
            m5.checkpoint(name);
            console.log('replaced', name);
          } catch (error) {
            console.log((error as Error).message.replaceAll(process.cwd() + '/', ''));
          }
        };
        async function run() {
          m5.checkpoint('a');
          m5.checkpoint('a');
          m5.checkpoint('b', { incremental: true });
          refused('a');
          const written = m5.checkpointInBackground('c', { incremental: true });
          m5.checkpoints.ckptMaxCount = 1;
          refused('b');
          m5.checkpoint('d');
          console.log('kept', fs.existsSync('a') && fs.existsSync('b'));
          await written;
          m5.checkpoint('e');
          console.log('left', ...fs.readdirSync('.').filter(name => name.length === 1));
        }
        void run();`,
        folder,
      ).filter(line => line !== 'Writing checkpoint');
      expect(lines).to.deep.equal(
        [
          'a checkpoint cannot replace a: b builds upon it',
          'a checkpoint cannot replace b: a checkpoint that is being written builds upon it',
          'kept true',
          'left e',
        ].sort(),
      );
    });
  });
});
