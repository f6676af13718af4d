/** Programs on cores that know few forms of instructions at a time, and so begin anew again and again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  SteppedCore,
  SoftwareCore,
  type CoreMemoryOptions,
  type CoreSurroundings,
} from '../../src/arch/x86/index';
import { AtomicSimpleCPU, TimingSimpleCPU } from '../../src/cpu/index';
import { M5 } from '../../src/m5/m5';
import { Process, SEWorkload, SimpleMemory, System, SystemXBar } from '../../src/m5/objects';
import { nodeClass } from '../../src/sim/index';
import { inFolder } from '../support/command';
import { guestPath } from '../support/guests';
import { Root, SrcClockDomain, VoltageDomain } from '../support/simulation';

/** Fewer than the program has, and more than a block has. */
const FEW = 150;

class ForgetfulAtomicCPU extends AtomicSimpleCPU {
  protected override makeCore(memory: CoreMemoryOptions, around: CoreSurroundings): SoftwareCore {
    return new SoftwareCore(memory, { ...around, mostForms: FEW });
  }
}

class ForgetfulTimingCPU extends TimingSimpleCPU {
  protected override makeCore(memory: CoreMemoryOptions, around: CoreSurroundings): SteppedCore {
    return new SteppedCore(memory, { ...around, mostForms: FEW });
  }
}

const models = {
  atomic: [nodeClass(AtomicSimpleCPU), nodeClass(ForgetfulAtomicCPU)],
  timing: [nodeClass(TimingSimpleCPU), nodeClass(ForgetfulTimingCPU)],
} as const;

/** Runs a program. @returns its output, and how many instructions it was */
function run(memMode: keyof typeof models, isForgetful: boolean): readonly [string, number] {
  return inFolder(folder => {
    const m5 = new M5(folder);
    m5.host.print = () => undefined;
    const [Usual, Forgetful] = models[memMode];
    const cpu = isForgetful ? new Forgetful() : new Usual();
    const binary = guestPath('hello');
    const system = new System({
      clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
      ...{ memMode, memRanges: ['64MiB'], cpu, membus: new SystemXBar() },
      memory: new SimpleMemory({ range: '64MiB' }),
      workload: SEWorkload.initCompatible(binary),
    });
    cpu.icachePort = system.membus.cpuSidePorts;
    cpu.dcachePort = system.membus.cpuSidePorts;
    system.memory.port = system.membus.memSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    cpu.workload = new Process({ cmd: [binary], output: 'out' });
    try {
      m5.instantiate(new Root({ fullSystem: false, system }));
      expect(m5.simulate().code).to.equal(0);
      return [readFileSync(join(folder, 'out'), 'utf8'), cpu.simObject().totalInsts()];
    } finally {
      m5.simulation.dispose();
    }
  });
}

describe('A program with more forms of instructions than a core knows at a time', () => {
  for (const memMode of ['atomic', 'timing'] as const) {
    it(`is executed the same in memory mode ${memMode}`, () => {
      const usual = run(memMode, false);
      expect(usual[0]).to.not.equal('');
      expect(run(memMode, true)).to.deep.equal(usual);
    });
  }
});
