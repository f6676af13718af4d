import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder } from '../support/command';
import { guestScript, linesOf } from '../support/forking';

const warm = `${guestScript(['compute', '300'])}
  m5.simulate(1e9);
`;

describe('m5.checkpointInBackground()', () => {
  it('writes what m5.checkpoint() would have, while the simulation runs on', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${warm}
        m5.checkpoint('sync');
        const before = m5.curTick();
        const written = m5.checkpointInBackground('background-%d');
        if (fs.existsSync('background-' + before)) console.log('it was waited for');
        const exit = m5.simulate();
        void written.then(directory => {
          const files = fs.readdirSync('sync').sort();
          const other = fs.readdirSync(directory).sort();
          const same = (name: string) =>
            fs.readFileSync('sync/' + name).equals(fs.readFileSync(directory + '/' + name));
          console.log([files.join() === other.join(), files.every(same), files.length > 1].join());
          console.log(exit.cause, directory.endsWith('/background-' + before));
        });`,
        folder,
      );
      const end = 'exiting with last active thread context';
      const [checksum] = lines.filter(line => line.startsWith('rounds 300'));
      expect(lines.filter(line => line !== checksum)).to.deep.equal([
        'Writing checkpoint',
        'Writing checkpoint',
        `${end} true`,
        'true,true,true',
      ]);
      expect(
        readdirSync(join(folder, 'm5out')).filter(name => name.includes('checkpoint')),
      ).to.deep.equal([]);
      const directory = readdirSync(folder).find(name => name.startsWith('background-')) ?? '';
      const restored = linesOf(
        guestScript(['compute', '300'])
          .replace('m5.instantiate(root)', `m5.instantiate(root, ${JSON.stringify(directory)})`)
          .concat('console.log(m5.simulate().cause);'),
        folder,
      );
      expect(restored).to.deep.equal([end, checksum]);
    });
  });

  it('says why there is no checkpoint, and leaves nothing of it', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${warm}
        const show = (promise: Promise<unknown>) =>
          promise.then(() => console.log('written'), error => console.log(error.kind + ': ' + error.message));
        async function main() {
          fs.writeFileSync('file', '');
          await show(m5.checkpointInBackground('file/cpt'));
          const killed = show(m5.checkpointInBackground('killed'));
          const children = fs.readFileSync('/proc/self/task/' + process.pid + '/children', 'latin1');
          process.kill(Number(children.trim().split(' ').pop()), 'SIGKILL');
          await killed;
          await show(m5.checkpointInBackground('third'));
        }
        void main();`,
        folder,
      );
      const messages = lines.filter(line => line !== 'Writing checkpoint');
      expect(messages).to.have.length(3);
      expect(messages[0]).to.match(/^fatal: .*file/);
      expect(messages[1]).to.match(
        /^fatal: the process that wrote .*killed was killed by SIGKILL$/,
      );
      expect(messages[2]).to.equal('written');
      expect(readdirSync(folder).filter(name => name.includes('cpt'))).to.deep.equal([]);
      expect(readdirSync(join(folder, 'm5out')).some(name => name.includes('checkpoint'))).to.equal(
        false,
      );
    });
  });

  it('is complete before the process ends', () => {
    inFolder(folder => {
      linesOf(`${warm} void m5.checkpointInBackground('last'); process.exitCode = 0;`, folder);
      expect(readdirSync(join(folder, 'last')).length).to.be.greaterThan(1);
    });
  });
});
