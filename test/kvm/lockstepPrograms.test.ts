/** Whole programs on a software CPU, each block checked by the host's processor: `npm run lockstep`. */
import { expect } from 'chai';
import { R15, RSP } from '../../src/arch/x86/index';
import type { CheckedCPU, Divergence } from '../support/checkedCPU';
import { narrow, runChecked, type CheckedProgram } from '../support/checkedRun';
import { inFolder } from '../support/command';
import { guestPath } from '../support/guests';
import { describeWithKvm } from '../support/kvm';
import { withoutMessages } from '../support/messages';

describeWithKvm('A program in lock-step with the processor', () => {
  withoutMessages();

  const program = (outdir: string, mistake?: (cpu: CheckedCPU) => void): CheckedProgram => ({
    ...{ cmd: [guestPath('hello')], output: '/dev/null', outdir },
    ...(mistake === undefined ? {} : { mistake }),
  });

  /** The instruction at which a mistake is found. */
  const found = (mistake: (cpu: CheckedCPU) => void): Divergence =>
    inFolder(folder => {
      const wrong = program(folder, mistake);
      const { divergence } = runChecked(wrong);
      return narrow(wrong, divergence!, () => undefined);
    });

  it('does not differ', () => {
    inFolder(folder => {
      const { divergence, insts, blocks, code } = runChecked(program(folder));
      expect([divergence, code]).to.deep.equal([null, 0]);
      expect(insts).to.be.greaterThan(1000);
      expect(blocks).to.be.greaterThan(500);
    });
  });

  it('shows the instruction that leaves a register wrong', () => {
    const { good, bad, lines } = found(cpu => {
      if (cpu.totalInsts() >= 1000) cpu.thread.state.setGpr(R15, 0x1234n);
    });
    expect([good, bad]).to.deep.equal([999, 1000]);
    expect(lines.join()).to.match(/^r15: host [0-9a-f]+, software 1234$/);
  });

  it('shows the instruction that leaves memory wrong, though no register ever is', () => {
    const { good, bad, lines } = found(cpu => {
      const address = cpu.thread.state.gpr(RSP) - 512n;
      if (cpu.totalInsts() >= 1000) cpu.thread.process!.writeMemory(address, Uint8Array.of(0xa5));
    });
    expect([good, bad]).to.deep.equal([999, 1000]);
    expect(lines.join()).to.match(/^memory at .*software a5/);
  });
});
