import { expect } from 'chai';
import * as abi from '../../../src/kvm/abi';
import { kvmDeviceAttr } from '../../../src/kvm/abiVm';
import { KvmDevice } from '../../../src/kvm/kvmDevice';
import { KvmError } from '../../../src/kvm/kvmError';
import { FakeKvm } from '../../support/fakeKvm';
import { readProcessMemory, writeProcessMemory } from '../../support/processMemory';

const aDevice = (calls: FakeKvm): KvmDevice =>
  new KvmDevice(calls.newDescriptor(), 'the device', calls);

const addressIn = (struct: DataView): bigint =>
  struct.getBigUint64(kvmDeviceAttr.offset.addr, true);

/** Bytes of a struct, as hexadecimal digits. */
const bytes = (struct: DataView | undefined): string =>
  struct === undefined ? '' : Buffer.from(struct.buffer, 0, 16).toString('hex');

describe('KvmDevice', () => {
  it('asks whether an attribute exists, and takes any refusal for a no', () => {
    const calls = new FakeKvm();
    const device = aDevice(calls);
    expect(device.hasAttr(1, 0x1_0000_0002n)).to.equal(true);
    calls.refuse(abi.KVM_HAS_DEVICE_ATTR, 'ENXIO');
    expect(device.hasAttr(1, 2)).to.equal(false);
    const [asked] = calls.made(abi.KVM_HAS_DEVICE_ATTR);
    // flags 0, group 1, then the attribute in 8 bytes
    expect(bytes(asked?.struct)).to.equal('00000000' + '01000000' + '0200000001000000');
    expect(asked?.struct?.byteLength).to.equal(24);
  });

  it('hands the kernel the address of as many bytes as the attribute has', () => {
    const seen: string[] = [];
    const calls = new FakeKvm()
      .answer(abi.KVM_SET_DEVICE_ATTR, struct => {
        seen.push(Buffer.from(readProcessMemory(addressIn(struct), 8)).toString('hex'));
        return 0;
      })
      .answer(abi.KVM_GET_DEVICE_ATTR, struct => {
        writeProcessMemory(addressIn(struct), Uint8Array.of(0x78, 0x56, 0x34, 0xf2));
        return 0;
      });
    const device = aDevice(calls);
    device.setAttr(0, 0, -1, 8);
    device.setAttrPtr(0, 0, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    expect(seen).to.deep.equal(['ffffffffffffffff', '0102030405060708']);
    expect(device.getAttr(0, 0, 4)).to.equal(0xf2345678n);
  });

  it('names device, attribute and group when the kernel refuses', () => {
    const calls = new FakeKvm()
      .refuse(abi.KVM_SET_DEVICE_ATTR, 'ENXIO')
      .refuse(abi.KVM_GET_DEVICE_ATTR, 'EPERM');
    const device = aDevice(calls);
    expect(() => {
      device.setAttr(3, 0x10, 5, 4);
    }).to.throw(KvmError, /KVM_SET_DEVICE_ATTR.*setting attribute 0x10 of group 3.*no such/s);
    expect(() => device.getAttr(3, 0x10, 4)).to.throw(KvmError, 'KVM_GET_DEVICE_ATTR');
  });

  it('closes its descriptor once', () => {
    const calls = new FakeKvm();
    const device = aDevice(calls);
    device.dispose();
    device.dispose();
    expect([calls.openDescriptors.size, device.isOpen]).to.deep.equal([0, false]);
  });
});
