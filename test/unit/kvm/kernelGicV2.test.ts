import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import * as abi from '../../../src/kvm/abi';
import { KvmKernelGicV2 } from '../../../src/kvm/kernelGicV2';
import { Kvm } from '../../../src/kvm/kvm';
import { KvmError } from '../../../src/kvm/kvmError';
import type { KvmVM } from '../../../src/kvm/kvmVM';
import { FakeKvm } from '../../support/fakeKvm';
import { readProcessMemory, writeProcessMemory } from '../../support/processMemory';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hexOf = (struct: DataView | undefined): string =>
  struct === undefined ? 'none' : hex(new Uint8Array(struct.buffer));

/** A kernel on an Arm host, with whatever an attribute's address leads to, in hexadecimal. */
class ArmKernel extends FakeKvm {
  readonly log: string[] = [];
  /** What the next register reads as. */
  register = 0;

  constructor() {
    super();
    const log = (name: string, struct: DataView, data: string): void => {
      // All of the struct but the address, which differs from run to run.
      const bytes = new Uint8Array(struct.buffer, struct.byteOffset, 16);
      this.log.push([name, hex(bytes), data].join(' ').trim());
    };
    this.answer(abi.KVM_CREATE_DEVICE, struct => {
      this.log.push(`create ${hex(new Uint8Array(struct.buffer))}`);
      struct.setInt32(4, this.newDescriptor(), true);
      return 0;
    });
    this.answer(abi.KVM_SET_DEVICE_ATTR, struct => {
      const size = struct.getUint32(4, true) === 0 ? 8 : 4; // addresses have 8 bytes
      log('set', struct, hex(readProcessMemory(struct.getBigUint64(16, true), size)));
      return 0;
    });
    this.answer(abi.KVM_GET_DEVICE_ATTR, struct => {
      log('get', struct, '');
      const value = new Uint8Array(Uint32Array.of(this.register).buffer);
      writeProcessMemory(struct.getBigUint64(16, true), value);
      return 0;
    });
  }

  lines(): string[] {
    return this.made(abi.KVM_IRQ_LINE).map(({ struct }) => hexOf(struct));
  }
}

/** A GIC, and what of a VM it needs: lines, devices, and contexts 5 and 6 on vCPUs 0 and 2. */
function aGic(calls = new ArmKernel()) {
  const kvm = new Kvm({ calls });
  const vm = kvm.createVM();
  let hasChip = false;
  const face = {
    ...{ kvm, name: () => 'system.vm' },
    createDevice: (type: number) => {
      const struct = new DataView(new ArrayBuffer(12));
      struct.setUint32(0, type, true);
      vm.request(abi.KVM_CREATE_DEVICE, struct, 'creating it');
      return struct.getInt32(4, true);
    },
    setIRQLine: (irq: number, high: boolean) => {
      const struct = new DataView(new ArrayBuffer(8));
      struct.setUint32(0, irq, true);
      struct.setUint32(4, high ? 1 : 0, true);
      vm.request(abi.KVM_IRQ_LINE, struct, 'setting it');
    },
    enableKernelIRQChip: () => (hasChip = true),
    contextIdToVCpuId: (context: number) => [0, 2, 300][context - 5] ?? -1,
  };
  const options = { distAddr: 0x2c00_1000, cpuAddr: 0x2c00_2000, itLines: 128 };
  const gic = new KvmKernelGicV2(face as unknown as KvmVM, options);
  return { gic, calls, hasChip: () => hasChip };
}

describe('KvmKernelGicV2', () => {
  it('is made with its lines and addresses, and is the chip of its VM', () => {
    const { gic, calls, hasChip } = aGic();
    expect(calls.log).to.deep.equal([
      // type 5, no descriptor yet, no flags
      'create 050000000000000000000000',
      // flags, group 3 (number of lines), attribute 0: 128 in 4 bytes
      'set 00000000030000000000000000000000 80000000',
      // group 0 (addresses), attribute 0 (distributor), 8 bytes
      'set 00000000000000000000000000000000 0010002c00000000',
      // attribute 1 (CPU interface)
      'set 00000000000000000100000000000000 0020002c00000000',
    ]);
    expect(hasChip()).to.equal(true);
    expect(gic.distRange.toString()).to.equal('[0x2c001000:0x2c002000]');
    expect(gic.cpuRange.toString()).to.equal('[0x2c002000:0x2c004000]');
  });

  it('raises and lowers shared interrupts and those of one vCPU', () => {
    const { gic, calls } = aGic();
    gic.setSPI(40);
    gic.clearSPI(40);
    gic.setPPI(2, 27);
    gic.clearPPI(2, 27);
    expect(calls.lines()).to.deep.equal([
      // irq 40, vCPU 0, type 1
      ...['2800000101000000', '2800000100000000'],
      // irq 27, vCPU 2, type 2
      ...['1b00020201000000', '1b00020200000000'],
    ]);
  });

  it('names vCPUs above 255 where the kernel can, and else says that it cannot', () => {
    const wide = new ArmKernel();
    wide.capability(abi.KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, 1);
    const { gic } = aGic(wide);
    gic.setPPI(0x342, 27);
    expect(wide.lines()).to.deep.equal(['1b00423201000000']);
    expect(() => {
      gic.setPPI(0x1000, 27);
    }).to.throw(PanicError, 'cannot name vCPU 4096');
    expect(() => {
      aGic().gic.setPPI(256, 27);
    }).to.throw(PanicError, 'cannot name vCPU 256');
    expect(() => {
      gic.setSPI(0x10000);
    }).to.throw(PanicError, 'no interrupt 65536');
  });

  it('reads and writes registers as the vCPU of a context sees them', () => {
    const { gic, calls } = aGic();
    calls.log.length = 0;
    calls.register = 0xfedcba98;
    expect(gic.readDistributor(6, 0x104)).to.equal(0xfedcba98);
    gic.writeDistributor(6, 0x104, 0xffff_0001);
    calls.register = 7;
    expect(gic.readCpu(5, 4)).to.equal(7);
    gic.writeCpu(5, 4, 0xf0);
    expect(calls.log).to.deep.equal([
      // group 1 (distributor), offset 0x104 below, vCPU 2 above
      'get 00000000010000000401000002000000',
      'set 00000000010000000401000002000000 0100ffff',
      // group 2 (CPU interface), offset 4, vCPU 0
      'get 00000000020000000400000000000000',
      'set 00000000020000000400000000000000 f0000000',
    ]);
    expect(() => gic.readCpu(7, 0)).to.throw(PanicError, 'no vCPU 300');
  });

  it('closes its device, also when the kernel refuses an attribute', () => {
    const { gic, calls } = aGic();
    const open = calls.openDescriptors.size;
    gic.dispose();
    expect(calls.openDescriptors.size).to.equal(open - 1);
    const refusing = new ArmKernel();
    refusing.refuse(abi.KVM_SET_DEVICE_ATTR, 'EINVAL');
    expect(() => aGic(refusing)).to.throw(KvmError, 'KVM_SET_DEVICE_ATTR');
    expect(refusing.openDescriptors.size).to.equal(2); // /dev/kvm and the VM
  });

  it('is refused by a host that is no Arm', () => {
    const calls = new ArmKernel();
    calls.refuse(abi.KVM_CREATE_DEVICE, 'ENODEV');
    expect(() => aGic(calls)).to.throw(KvmError, 'no device of this type');
  });
});
