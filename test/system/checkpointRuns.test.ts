import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { encodeCheckpoint, readCheckpointFile } from '../../src/checkpoint/checkpointFile';
import { configPath, inFolder, runCommand } from '../support/command';
import { guestScript, linesOf } from '../support/forking';
import { guestPath, type ProgramRun } from '../support/guests';
import { itWithKvm } from '../support/kvm';

describe('m5.checkpoints', () => {
  it('keeps the newest of ckptMaxCount checkpoints, and what they build upon', () => {
    inFolder(folder => {
      const lines = linesOf(
        `${guestScript(['compute', '3000'])}
        const show = (folder: string) =>
          console.log(folder, fs.readdirSync(folder).sort().join());
        m5.checkpoints.ckptMaxCount = 2;
        for (let i = 0; i < 4; i++) {
          m5.simulate(1e7);
          m5.checkpoint('full/' + i);
        }
        show('full');
        for (let i = 0; i < 3; i++) {
          m5.simulate(1e7);
          m5.checkpoint('chain/' + i, { incremental: true });
        }
        // The first of them builds upon the last full one.
        show('full');
        show('chain');
        m5.simulate(1e7);
        m5.checkpoint('alone');
        m5.checkpoints.ckptMaxCount = 1;
        show('chain');
        show('alone');
        console.log(m5.checkpoints.ckptCount, m5.checkpoints.ckptPrevCount);`,
        folder,
      );
      expect(lines.filter(line => line !== 'Writing checkpoint')).to.have.members([
        'full 2,3',
        'full 3',
        'chain 0,1,2',
        'chain ',
        'alone m5.cpt.pb,system.physmem.store0.img',
        '8 7',
      ]);
    });
  });
});

describe('configs/se.ts', () => {
  const se = (folder: string, ...words: string[]): ProgramRun =>
    runCommand([configPath('se.ts'), '-c', guestPath('compute'), '-o', '300', ...words], {
      cwd: folder,
    });
  const result = ({ stdout }: ProgramRun): string => /^rounds .*$/m.exec(stdout)?.[0] ?? stdout;

  itWithKvm('restores with another CPU model, from KVM to software and back', () => {
    inFolder(folder => {
      const whole = se(folder, '--cpu-type', 'X86KvmCPU');
      const first = ['--cpu-type', 'X86KvmCPU', '--take-checkpoints', '1000000,1000000000000'];
      se(folder, ...first, '--checkpoint-dir', 'kvm', '-m', '1000000');
      expect(readdirSync(join(folder, 'kvm'))).to.have.length(1);
      const [at = ''] = readdirSync(join(folder, 'kvm'));
      const tick = Number(at.slice('cpt.'.length));
      const next = String(tick + 100_000_000);
      const software = ['--restore-with-cpu', 'AtomicSimpleCPU', '-r', '1'];
      const done = se(folder, ...software, '--checkpoint-dir', 'kvm');
      expect(result(done), done.stderr).to.equal(result(whole));
      // Nothing is lost with a VM that has no devices.
      expect(done.stderr).to.equal('');
      // Both in one folder: the second of them is the software's.
      const more = ['--take-checkpoints', `${next},1000000000000`, '-m', next];
      se(folder, ...software, '--checkpoint-dir', 'kvm', ...more);
      expect(readdirSync(join(folder, 'kvm'))).to.have.length(2);
      const back = ['--restore-with-cpu', 'X86KvmCPU', '-r', '2', '--checkpoint-dir', 'kvm'];
      const end = se(folder, ...back);
      expect(result(end), end.stderr).to.equal(result(whole));
    });
  });

  it('has statistics go on where it is told to, and begin anew otherwise', () => {
    inFolder(folder => {
      const atomic = ['--cpu-type', 'AtomicSimpleCPU'];
      const counted = (...words: string[]): string => {
        const done = se(folder, ...atomic, ...words);
        expect(done.status, done.stderr).to.equal(0);
        const stats = readFileSync(join(folder, 'm5out', 'stats.txt'), 'utf8');
        return /^simInsts +(\d+)/m.exec(stats)?.[1] ?? 'none';
      };
      const end = ['-m', '200000000'];
      const whole = counted('--take-checkpoints', '100000000,1000000000000', ...end);
      expect(counted('-r', '1', '--restore-stats', ...end)).to.equal(whole);
      const rest = Number(counted('-r', '1', ...end));
      expect(rest / Number(whole)).to.be.within(0.4, 0.6);
    });
  });

  it('saves to another file system, and increments to another than their parents', () => {
    inFolder(folder => {
      const other = mkdtempSync('/dev/shm/mini-gem5-checkpoint-');
      try {
        const lines = linesOf(
          `${guestScript(['compute', '300'])}
          m5.simulate(1e8);
          m5.checkpoint('parent', { incremental: true });
          m5.simulate(1e8);
          m5.checkpoint(${JSON.stringify(other)} + '/changed', { incremental: true });
          m5.checkpoint(${JSON.stringify(other)} + '/all');
          console.log(m5.simulate().cause);`,
          folder,
        );
        const [checksum] = lines.filter(line => line.startsWith('rounds'));
        expect(readdirSync(other).sort()).to.deep.equal(['all', 'changed']);
        for (const name of ['all', 'changed']) {
          const directory = JSON.stringify(join(other, name));
          const script = guestScript(['compute', '300'])
            .replace('m5.instantiate(root)', `m5.instantiate(root, ${directory})`)
            .concat('m5.simulate();');
          expect(linesOf(script, folder), name).to.deep.equal([checksum]);
        }
      } finally {
        rmSync(other, { recursive: true });
      }
    });
  });

  it('refuses a checkpoint from the future, and runs nothing', () => {
    inFolder(folder => {
      se(folder, '--take-checkpoints', '0,1000000000000', '-m', '1000');
      const [name = ''] = readdirSync(join(folder, 'm5out')).filter(n => n.startsWith('cpt.'));
      const file = join(folder, 'm5out', name, 'm5.cpt.pb');
      const { status, stderr } = se(folder, '-r', '1');
      expect(status, stderr).to.equal(0);
      const content = readCheckpointFile(file);
      const section = content.sections.get('system.cpu.xc.0');
      section!.version = 99;
      writeFileSync(file, encodeCheckpoint(file, content));
      const done = se(folder, '-r', '1');
      expect([done.status, done.stdout.includes('rounds')]).to.deep.equal([1, false]);
      expect(done.stderr).to.match(
        /section 'system\.cpu\.xc\.0': it has version 99, .* newer one\n$/,
      );
    });
  });
});
