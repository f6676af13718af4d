/**
 * RFLAGS.AC on software CPUs: what Intel's processors look at of what the test in lock-step leaves out, and
 * that it goes where a thread goes. The guest program `alignment` has the rest.
 */
import { join } from 'node:path';
import { expect } from 'chai';
import { RCX, RFlags } from '../../src/arch/x86/index';
import { endOn, withProgram } from '../support/badPrograms';
import { ModelMachine, type Model } from '../support/cpuModels';
import { itWithKvm } from '../support/kvm';
import { withoutMessages } from '../support/messages';

const bytes = (text: string): number[] => [...Buffer.from(text.replaceAll(' ', ''), 'hex')];

/** sub $4096, %rsp; and $-64, %rsp; pushfq; orl $AC, (%rsp); popfq */
const CHECKED = '4881ec00100000 4883e4c0 9c 810c2400000400 9d';
/** Where a program comes to that nothing has ended before. */
const UD2 = '0f0b';

/** What is done where alignment is checked, and the signal; SIGILL: nothing is wrong. */
const programs: readonly (readonly [what: string, code: string, signal: string])[] = [
  ['FXSAVE at 1', '0fae442401', 'SIGBUS'],
  ['FXSAVE at 4', '0fae442404', 'SIGSEGV'],
  ['FXRSTOR at 2', '0fae4c2402', 'SIGBUS'],
  ['XSAVE at 1', 'b807000000 31d2 0fae642401', 'SIGBUS'],
  ['XSAVE at 16', 'b807000000 31d2 0fae642410', 'SIGSEGV'],
  ['XRSTOR at 1', 'b807000000 31d2 0fae6c2401', 'SIGBUS'],
  ['XSAVEC at nowhere and 1', 'ba00000080 48c1e220 0fc76201', 'SIGSEGV'],
  ['FNSTENV of 4 bytes each at 2', 'd9742402', 'SIGBUS'],
  ['FNSTENV of 4 bytes each at 4', 'd9742404', 'SIGILL'],
  ['FNSTENV of 2 bytes each at 2', '66d9742402', 'SIGILL'],
  ['FLD of 10 bytes at 4', 'db6c2404', 'SIGBUS'],
  ['FLD of 10 bytes at 8', 'db6c2408', 'SIGILL'],
  ['MASKMOVDQU at 1', '488d7c2401 660ff7c1', 'SIGBUS'],
  ['VMASKMOVPS at 1', 'c5f176c9 c4e2712c442401', 'SIGILL'],
  ['VCVTPH2PS at 1', 'c4e27913442401', 'SIGILL'],
  ['MOVUPS at 1', '0f10442401', 'SIGILL'],
  ['SGDT at 1', '0f01442401', 'SIGILL'],
  ['a load of FS at 1', '8e642401', 'SIGBUS'],
  ['LGS of 2 and 4 bytes at 2', '0fb5442402', 'SIGBUS'],
  ['POP FS at 1', '4883c401 0fa1', 'SIGBUS'],
  ['POP FS at 2', '4883c402 0fa1', 'SIGILL'],
  ['ENTER that ends at 1', 'c80f0000', 'SIGBUS'],
  ['ENTER that ends at 8', 'c8080000', 'SIGILL'],
  // mmap of a page, and half of it for a stack
  [
    'ENTER that ends where nothing is',
    'b809000000 31ff be00100000 ba03000000 41ba22000000 49c7c0ffffffff 4531c9 0f05' +
      '488da000080000 c8001000',
    'SIGSEGV',
  ],
];

/** mov $N, %ecx; 1: mov (%rsp), %eax; dec %rcx; jnz 1b; mov 1(%rsp), %eax; ud2 */
const loop = (count: string): string => `b9${count} 8b0424 48ffc9 75f8 8b442401 ${UD2}`;
/** Nobody waits for its end. */
const LONG = loop('ffffff7f');
const SHORT = loop('d0070000');
const SIGBUS = 7;

describe('RFLAGS.AC', () => {
  withoutMessages();
  const made: ModelMachine[] = [];
  afterEach(() => {
    for (const machine of made.splice(0)) machine.dispose();
  });

  for (const model of ['atomic', 'timing'] as const) {
    it(`has alignment checked as Intel's processors do on the ${model} model`, () => {
      const found = programs.map(([what, code]) => {
        return [what, endOn(model, bytes(CHECKED + code + UD2))[0]];
      });
      expect(found).to.deep.equal(programs.map(([what, , signal]) => [what, signal]));
    });
  }

  function withMachine(
    models: readonly [Model, ...Model[]],
    code: string,
    body: (machine: ModelMachine, path: string) => void,
  ): void {
    withProgram(bytes(code), path => {
      const machine = new ModelMachine(models, [path]);
      made.push(machine);
      body(machine, path);
    });
  }

  const registers = (machine: ModelMachine) => machine.cpu().getContext(0).registers();

  /** Ends the loop, and has the rest of the program executed. */
  function signalOf(machine: ModelMachine): number {
    machine.m5.drain();
    registers(machine).setGpr(RCX, 1n);
    return machine.m5.simulate().code - 128;
  }

  const software: readonly Model[] = ['atomic', 'noncaching', 'timing'];

  it('goes along when another model takes over', () => {
    for (const [i, from] of software.entries()) {
      withMachine([from, software[(i + 1) % 3]!], CHECKED + SHORT, machine => {
        machine.runInsts(1000);
        machine.switchTo(software[(i + 1) % 3]!);
        expect(machine.m5.simulate().code - 128).to.equal(SIGBUS);
      });
    }
  });

  itWithKvm('goes along from KVM and to it', () => {
    withMachine(['kvm', 'atomic'], CHECKED + LONG, machine => {
      const isChecked = (): boolean => (registers(machine).rflags & BigInt(RFlags.AC)) !== 0n;
      do machine.m5.simulate(1e9);
      while (!isChecked());
      machine.switchTo('atomic');
      machine.runInsts(1000);
      expect(signalOf(machine)).to.equal(SIGBUS);
    });
    withMachine(['atomic', 'kvm'], CHECKED + LONG, machine => {
      machine.runInsts(1000);
      machine.switchTo('kvm');
      expect(signalOf(machine)).to.equal(SIGBUS);
    });
  });

  it('goes along in a checkpoint', () => {
    for (const [from, to] of [
      ['atomic', 'timing'],
      ['timing', 'atomic'],
    ] as const) {
      withMachine([from], CHECKED + SHORT, (machine, path) => {
        machine.runInsts(1000);
        const directory = machine.m5.checkpoint(join(machine.folder, 'cpt'));
        const restored = new ModelMachine([to], [path], directory);
        made.push(restored);
        expect(restored.m5.simulate().code - 128).to.equal(SIGBUS);
      });
    }
  });

  it('counts from when somebody else sets it, and no longer when he clears it', () => {
    const flag = BigInt(RFlags.AC);
    const SIGILL = 4;
    for (const model of ['atomic', 'timing'] as const) {
      withMachine([model], LONG, machine => {
        machine.runInsts(1000);
        machine.m5.drain();
        registers(machine).rflags |= flag;
        expect(signalOf(machine)).to.equal(SIGBUS);
      });
      withMachine([model], CHECKED + LONG, machine => {
        machine.runInsts(1000);
        machine.m5.drain();
        registers(machine).rflags &= ~flag;
        expect(signalOf(machine)).to.equal(SIGILL);
      });
    }
  });
});
