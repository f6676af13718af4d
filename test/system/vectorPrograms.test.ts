/**
 * A program of x86-64-v3, as a compiler emits it, on the atomic CPU: vectors, fused products, ciphers,
 * half precision, rounding and flags of MXCSR, XSAVE. It prints what it prints natively.
 */
import { join } from 'node:path';
import { expect } from 'chai';
import { configPath, inFolder, runCommand } from '../support/command';
import { runProgram } from '../support/guests';
import { repositoryRoot } from '../support/repository';

const options = ['-O2', '-march=x86-64-v3', '-maes', '-mpclmul'];

describe('Programs of x86-64-v3', () => {
  for (const linked of ['static', 'dynamic'] as const) {
    it(`${linked}ally linked`, () => {
      inFolder(folder => {
        const program = join(folder, 'vectors');
        const source = join(repositoryRoot, 'test', 'system', 'programs', 'vectors.c');
        const link = linked === 'static' ? ['-static'] : [];
        const compiled = runProgram('gcc', [...options, ...link, '-o', program, source, '-lm'], {
          cwd: folder,
        });
        expect(compiled.stderr).to.equal('');
        const native = runProgram(program, [], { cwd: folder });
        expect(native.status).to.equal(0);
        const run = runCommand(
          [configPath('se.ts'), '--cpu-type', 'AtomicSimpleCPU', '-c', program],
          {
            cwd: folder,
          },
        );
        expect(run.status).to.equal(0);
        expect(run.stdout).to.contain(native.stdout);
      });
    });
  }
});
