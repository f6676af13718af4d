import { expect } from 'chai';
import { ioAddressBase } from '../../../src/arch/x86/index';
import { FwCfgItem } from '../../../src/dev/index';
import { aDeviceBench, QemuFwCfgIo, restoreState, savedState } from '../../support/devices';
import {
  aClock,
  instantiated,
  IOXBar,
  messagesOf,
  SimpleMemory,
  System,
  TestRequestor,
} from '../../support/memory';
import type { TestRequestorModel } from '../../support/memory';

const SELECTOR = ioAddressBase + 0x510;
const DATA = SELECTOR + 1;

function select(cpu: TestRequestorModel, key: number): void {
  cpu.write(SELECTOR, [key & 0xff, key >> 8]);
}

function readItem(cpu: TestRequestorModel, key: number, length: number): number[] {
  select(cpu, key);
  return Array.from({ length }, () => cpu.read(DATA, 1)[0]!);
}

describe('QemuFwCfgIo', () => {
  it('says that it is the one of QEMU, without direct memory access', () => {
    const { cpu } = aDeviceBench(new QemuFwCfgIo());
    const signature = String.fromCharCode(...readItem(cpu, FwCfgItem.Signature, 4));
    expect(signature).to.equal('QEMU');
    expect(readItem(cpu, FwCfgItem.Id, 4)).to.deep.equal([1, 0, 0, 0]);
  });

  it('tells the size of memory and the number of processors', () => {
    const system = new System({
      clkDomain: aClock(),
      bus: new IOXBar(),
      cpu: new TestRequestor(),
      memory: new SimpleMemory({ range: '3MiB' }),
      fwCfg: new QemuFwCfgIo(),
    });
    system.fwCfg.pio = system.bus.memSidePorts;
    system.memory.port = system.bus.memSidePorts;
    system.cpu.port = system.bus.cpuSidePorts;
    system.systemPort = system.bus.cpuSidePorts;
    const simulation = instantiated(system);
    const cpu = system.cpu.simObject();
    for (const _ of [1, 2]) {
      system.simObject().registerThreadContext({
        contextId: 0,
        sectionName: 'system.cpu.xc.0',
        setContextId: () => undefined,
        status: () => 'Suspended',
        activate: () => undefined,
        suspend: () => undefined,
      });
    }
    expect(readItem(cpu, FwCfgItem.RamSize, 8)).to.deep.equal([0, 0, 0x30, 0, 0, 0, 0, 0]);
    expect(readItem(cpu, FwCfgItem.NumCpus, 2)).to.deep.equal([2, 0]);
    expect(readItem(cpu, FwCfgItem.MaxCpus, 2)).to.deep.equal([2, 0]);
    simulation.dispose();
  });

  it('hands out the command line with its final 0', () => {
    const { cpu } = aDeviceBench(new QemuFwCfgIo({ commandLine: 'a=1' }));
    expect(readItem(cpu, FwCfgItem.CommandLineSize, 4)).to.deep.equal([4, 0, 0, 0]);
    expect(readItem(cpu, FwCfgItem.CommandLineData, 4)).to.deep.equal([0x61, 0x3d, 0x31, 0]);
  });

  it('reads as zeros beyond an item, and where there is none', () => {
    const { cpu } = aDeviceBench(new QemuFwCfgIo());
    expect(cpu.read(DATA, 1)).to.deep.equal([0]);
    expect(readItem(cpu, FwCfgItem.Signature, 6).slice(4)).to.deep.equal([0, 0]);
    expect(readItem(cpu, 0x1234, 2)).to.deep.equal([0, 0]);
    expect(readItem(cpu, FwCfgItem.FileDirectory, 4)).to.deep.equal([0, 0, 0, 0]);
  });

  it('begins an item anew when it is selected again', () => {
    const { cpu } = aDeviceBench(new QemuFwCfgIo());
    expect(readItem(cpu, FwCfgItem.Signature, 2)).to.deep.equal([0x51, 0x45]);
    expect(readItem(cpu, FwCfgItem.Signature, 2)).to.deep.equal([0x51, 0x45]);
  });

  it('ignores other accesses, with one warning', () => {
    const { cpu } = aDeviceBench(new QemuFwCfgIo());
    const messages = messagesOf(() => {
      cpu.write(DATA, [1]);
      cpu.write(SELECTOR, [1]);
      expect(cpu.read(SELECTOR, 2)).to.deep.equal([0, 0]);
    });
    expect(messages.length).to.be.at.most(1);
    select(cpu, FwCfgItem.Signature);
    expect(cpu.read(DATA, 1)).to.deep.equal([0x51]);
  });

  it('saves and restores how far an item has been read', () => {
    const made = aDeviceBench(new QemuFwCfgIo());
    readItem(made.cpu, FwCfgItem.Signature, 2);
    const restored = aDeviceBench(new QemuFwCfgIo());
    restoreState(restored.device, savedState(made.device));
    expect(restored.cpu.read(DATA, 1)).to.deep.equal([0x4d]);
  });
});
