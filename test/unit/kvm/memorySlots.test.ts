import { expect } from 'chai';
import {
  KVM_GET_DIRTY_LOG,
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_SET_USER_MEMORY_REGION,
} from '../../../src/kvm/abi';
import { kvmUserspaceMemoryRegion } from '../../../src/kvm/abiVm';
import { KvmDescriptor } from '../../../src/kvm/descriptor';
import { KvmError } from '../../../src/kvm/kvmError';
import { MemorySlots } from '../../../src/kvm/memorySlots';
import { FakeKvm } from '../../support/fakeKvm';

const MiB = 1 << 20;
const REGION = kvmUserspaceMemoryRegion.offset;

function someSlots(limit = 4): { calls: FakeKvm; slots: MemorySlots; regions: () => unknown[] } {
  const calls = new FakeKvm();
  const vm = new KvmDescriptor(calls, calls.newDescriptor(), 'a VM');
  const regions = (): unknown[] =>
    calls.made(KVM_SET_USER_MEMORY_REGION).map(({ struct }) => ({
      slot: struct?.getUint32(REGION.slot, true),
      flags: struct?.getUint32(REGION.flags, true),
      guest: struct?.getBigUint64(REGION.guest_phys_addr, true),
      size: struct?.getBigUint64(REGION.memory_size, true),
      host: struct?.getBigUint64(REGION.userspace_addr, true),
    }));
  return { calls, slots: new MemorySlots(vm, limit), regions };
}

describe('MemorySlots', () => {
  it('numbers slots from 0', () => {
    const { slots } = someSlots();
    expect([slots.alloc(MiB), slots.alloc(MiB)].map(slot => slot.num)).to.deep.equal([0, 1]);
  });

  it('gives out exactly as many slots as the VM has', () => {
    const { slots } = someSlots(3);
    for (let i = 0; i < 3; i++) slots.alloc(MiB);
    expect(() => slots.alloc(MiB)).to.throw('all 3 memory slots of the VM are taken');
  });

  it('gives a freed slot out again', () => {
    const { slots } = someSlots(2);
    const first = slots.alloc(MiB);
    slots.alloc(MiB);
    slots.free(first);
    expect(slots.alloc(2 * MiB).num).to.equal(0);
  });

  it('refuses a slot without a size', () => {
    expect(() => someSlots().slots.alloc(0)).to.throw('size');
  });

  it('tells the kernel address, size and flags of a slot', () => {
    const { slots, regions } = someSlots();
    slots.alloc(MiB);
    slots.setup(slots.alloc(2 * MiB), 0x7f00_0000_0000n, 0x1_0000_0000, 2);
    expect(regions()).to.deep.equal([
      { slot: 1, flags: 2, guest: 0x1_0000_0000n, size: 0x20_0000n, host: 0x7f00_0000_0000n },
    ]);
  });

  it('removes a slot by giving it no size', () => {
    const { slots, regions } = someSlots();
    const slot = slots.alloc(MiB);
    slots.setup(slot, 0x1000n, 0, 0);
    slots.disable(slot);
    expect(regions()[1]).to.deep.equal({ slot: 0, flags: 0, guest: 0n, size: 0n, host: 0n });
  });

  it('removes an active slot when it is freed, and nothing when it is not active', () => {
    const { slots, regions } = someSlots();
    const slot = slots.alloc(MiB);
    slots.free(slot);
    expect(regions()).to.deep.equal([]);
    slots.setup(slots.alloc(MiB), 0x1000n, 0, 0);
    slots.free(slot);
    slots.disable(slot);
    expect(regions().length).to.equal(2);
  });

  it('refuses to map a slot that was freed', () => {
    const { slots } = someSlots();
    const slot = slots.alloc(MiB);
    slots.free(slot);
    expect(() => {
      slots.setup(slot, 0x1000n, 0, 0);
    }).to.throw('memory slot 0 is not allocated');
  });

  it('refuses a slot of another VM', () => {
    const { slots } = someSlots();
    expect(() => {
      slots.disable({ num: 7 });
    }).to.throw('there is no memory slot 7');
  });

  it('leaves a slot inactive when the kernel refuses it, and says why', () => {
    const { calls, slots } = someSlots();
    calls.refuse(KVM_SET_USER_MEMORY_REGION, 'EEXIST');
    const slot = slots.alloc(MiB);
    expect(() => {
      slots.setup(slot, 0x1000n, 0x4000, 0);
    })
      .to.throw(KvmError, 'overlaps')
      .with.property('message')
      .that.includes('guest 0x4000');
    calls.answer(KVM_SET_USER_MEMORY_REGION, () => 0);
    slots.disable(slot);
    expect(calls.made(KVM_SET_USER_MEMORY_REGION).length).to.equal(1);
  });

  it('reads a dirty log only of a slot that keeps one', () => {
    const { calls, slots } = someSlots();
    const slot = slots.alloc(100 * 4096);
    slots.setup(slot, 0x1000n, 0, 0);
    expect(() => slots.dirtyLog(slot)).to.throw('does not log');
    slots.setup(slot, 0x1000n, 0, KVM_MEM_LOG_DIRTY_PAGES);
    expect(slots.dirtyLog(slot).length).to.equal(16);
    expect(calls.made(KVM_GET_DIRTY_LOG).length).to.equal(1);
  });
});
