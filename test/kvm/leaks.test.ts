import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  hostResources,
  mappingCount,
  openDescriptorCount,
  virtualMemoryBytes,
} from '../../src/host/index';
import { aBareKvmCpu } from '../support/bareKvmCpu';
import { collectGarbage } from '../support/garbage';
import { describeWithKvm } from '../support/kvm';
import { withoutMessages } from '../support/messages';

const MILLISECOND = 1e9;
const VMS = 500;

/** POSIX timers of this process. */
const timerCount = (): number =>
  readFileSync('/proc/self/timers', 'latin1').match(/^ID:/gm)?.length ?? 0;

/** Pages that vCPUs share with this process, by their name among its mappings. */
const vcpuMappingCount = (): number =>
  readFileSync('/proc/self/maps', 'latin1').match(/anon_inode:kvm-vcpu/g)?.length ?? 0;

/** Descriptors, timers and vCPU pages while a machine ran. */
let live: number[] = [];

/** A machine that is built, runs until its guest has written to a port, and is closed. */
function once(): void {
  const { simulation, device } = aBareKvmCpu({ code: [0xe6, 0xe9, 0xeb, 0xfe] });
  device.onWrite = () => {
    simulation.exitSimLoop('written');
    live = [openDescriptorCount(), timerCount(), vcpuMappingCount()];
  };
  try {
    expect(simulation.simulate(10_000 * MILLISECOND).cause).to.equal('written');
  } finally {
    simulation.dispose();
  }
}

describeWithKvm(`${String(VMS)} VMs in one process, one after the other`, () => {
  withoutMessages();

  it('leave no descriptor, timer or mapping behind', () => {
    const counts = (): Record<string, number> => ({
      descriptors: openDescriptorCount(),
      timers: timerCount(),
      vcpuMappings: vcpuMappingCount(),
      resources: hostResources.size,
    });
    for (let i = 0; i < 20; i++) once(); // until the engine has what it needs
    collectGarbage();
    const before = counts();
    const mappings = mappingCount();
    const addressSpace = virtualMemoryBytes();
    for (let i = 0; i < VMS; i++) once();
    collectGarbage();
    expect(counts()).to.deep.equal(before);
    // What was counted is what a machine has: three descriptors, a timer, a page.
    expect(live).to.deep.equal([before['descriptors']! + 3, before['timers']! + 1, 1]);
    // Two for each VM would be ours: its memory and its vCPU's page. The engine's own heap has some.
    expect(mappingCount() - mappings).to.be.lessThan(VMS);
    // Guest memory: 65 MiB for each VM at the least.
    expect(virtualMemoryBytes() - addressSpace).to.be.lessThan(VMS * 65 * 2 ** 20);
  }).timeout(300_000);
});
