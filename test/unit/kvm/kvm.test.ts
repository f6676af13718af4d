import { expect } from 'chai';
import type { ErrnoName } from '../../../src/host/index';
import { Errno } from '../../../src/host/index';
import * as abi from '../../../src/kvm/abi';
import { kvmCpuid2, kvmMsrList } from '../../../src/kvm/abiVcpu';
import { encodeCpuid } from '../../../src/kvm/cpuid';
import { Kvm } from '../../../src/kvm/kvm';
import { KvmError, KvmUnavailableError, requestName } from '../../../src/kvm/kvmError';
import { groupToJoin } from '../../../src/kvm/openKvm';
import { FakeKvm } from '../../support/fakeKvm';

function unavailable(make: () => unknown): KvmUnavailableError {
  try {
    make();
  } catch (error) {
    expect(error).to.be.instanceOf(KvmUnavailableError);
    return error as KvmUnavailableError;
  }
  throw new Error('KVM was available');
}

function whenOpenFails(openErrno: ErrnoName, device = '/dev/kvm'): KvmUnavailableError {
  const calls = new FakeKvm();
  calls.openErrno = openErrno;
  return unavailable(() => new Kvm({ calls, device }));
}

describe('Kvm', () => {
  const open: Kvm[] = [];
  const aKvm = (calls = new FakeKvm()): Kvm => {
    const kvm = new Kvm({ calls });
    open.push(kvm);
    return kvm;
  };
  afterEach(() => {
    for (const kvm of open.splice(0)) kvm.dispose();
  });

  it('says that the device is missing and how to get it', () => {
    const error = whenOpenFails('ENOENT');
    expect(error.reason).to.equal('no-device');
    expect(error.kind).to.equal('fatal');
    expect(error.message).to.include('/dev/kvm').and.to.include('kvm_intel');
  });

  it('says that permission is missing and how to ask for it', () => {
    const error = whenOpenFails('EACCES', '/nonexistent/kvm');
    expect(error.reason).to.equal('no-permission');
    expect(error.message).to.include('setfacl');
  });

  it('names the group to join where the device belongs to one', () => {
    const groups = 'root:x:0:\nkvm:x:104:somebody\n';
    expect(groupToJoin(104, groups)).to.equal('kvm');
    expect(groupToJoin(105, groups)).to.equal('105');
    expect(groupToJoin(0, groups)).to.equal(undefined);
  });

  it('tells a device without a driver from a missing one', () => {
    expect(whenOpenFails('ENODEV').reason).to.equal('no-driver');
    expect(whenOpenFails('ENXIO').reason).to.equal('no-driver');
  });

  it('reports any other failure to open with its name', () => {
    const error = whenOpenFails('EMFILE');
    expect(error.reason).to.equal('open-failed');
    expect(error.message).to.include('EMFILE');
  });

  it('refuses another version of the interface and closes the device', () => {
    const calls = new FakeKvm().answer(abi.KVM_GET_API_VERSION, () => 11);
    expect(unavailable(() => new Kvm({ calls })).reason).to.equal('wrong-version');
    expect(calls.openDescriptors.size).to.equal(0);
  });

  it('refuses a device that is not KVM', () => {
    const calls = new FakeKvm().refuse(abi.KVM_GET_API_VERSION, 'ENOTTY');
    expect(unavailable(() => new Kvm({ calls })).reason).to.equal('no-driver');
  });

  it('refuses a KVM that cannot take guest memory from this process', () => {
    const calls = new FakeKvm().capability(abi.KVM_CAP_USER_MEMORY, 0);
    expect(unavailable(() => new Kvm({ calls })).reason).to.equal('missing-capability');
    expect(calls.openDescriptors.size).to.equal(0);
  });

  it('answers each capability query from its own extension', () => {
    const kvm = aKvm();
    expect(kvm.capUserMemory()).to.equal(true);
    expect(kvm.capSetTSSAddress()).to.equal(true);
    expect(kvm.capExtendedCPUID()).to.equal(true);
    expect(kvm.capUserNMI()).to.equal(true);
    expect(kvm.capCoalescedMMIO()).to.equal(2);
    expect(kvm.capNumMemSlots()).to.equal(4);
    expect(kvm.capOneReg()).to.equal(true);
    expect(kvm.capIRQChip()).to.equal(true);
    expect(kvm.capVCPUEvents()).to.equal(true);
    expect(kvm.capDebugRegs()).to.equal(true);
    expect(kvm.capXCRs()).to.equal(true);
    expect(kvm.capXSave()).to.equal(true);
    expect(kvm.capXSave2()).to.equal(4096);
    expect(kvm.capImmediateExit()).to.equal(true);
    expect(kvm.capSyncRegs()).to.equal(7);
    expect(kvm.capMaxVCPUs()).to.equal(8);
    expect(kvm.capIRQLineLayout2()).to.equal(false);
    expect(kvm.capReadonlyMem()).to.equal(true);
    expect(kvm.capDeviceControl()).to.equal(true);
    expect(kvm.getAPIVersion()).to.equal(12);
    expect(kvm.capMPState()).to.equal(true);
  });

  it('assumes four vCPUs where the kernel says nothing', () => {
    const kvm = aKvm(new FakeKvm().capability(abi.KVM_CAP_MAX_VCPUS, 0));
    expect(kvm.capMaxVCPUs()).to.equal(4);
  });

  it('asks for a capability once', () => {
    const calls = new FakeKvm();
    const kvm = aKvm(calls);
    const before = calls.requests.length;
    kvm.capXSave();
    kvm.capXSave();
    expect(calls.requests.length - before).to.equal(1);
  });

  it('asks for the CPUID with larger lists until the answer fits', () => {
    const leaves = Array.from({ length: 200 }, (_, i) => ({
      ...{ function: i, index: i % 3, indexed: i % 3 > 0 },
      ...{ eax: i, ebx: 0xffffffff, ecx: 2, edx: 3 },
    }));
    const calls = new FakeKvm().answer(abi.KVM_GET_SUPPORTED_CPUID, struct => {
      if (struct.getUint32(kvmCpuid2.offset.nent, true) < leaves.length) return -Errno.E2BIG;
      const answer = new Uint8Array(encodeCpuid(leaves).buffer);
      new Uint8Array(struct.buffer).set(answer);
      return 0;
    });
    expect(aKvm(calls).getSupportedCPUID()).to.deep.equal(leaves);
  });

  it('asks for the MSRs with larger lists until the answer fits', () => {
    const calls = new FakeKvm().answer(abi.KVM_GET_MSR_INDEX_LIST, struct => {
      if (struct.getUint32(kvmMsrList.offset.nmsrs, true) < 100) return -Errno.E2BIG;
      struct.setUint32(kvmMsrList.offset.nmsrs, 2, true);
      struct.setUint32(kvmMsrList.offset.indices, 0x10, true);
      struct.setUint32(kvmMsrList.offset.indices + 4, 0xc0000080, true);
      return 0;
    });
    expect(aKvm(calls).getSupportedMSRs()).to.deep.equal([0x10, 0xc0000080]);
  });

  it('gives up on a list that never fits', () => {
    const calls = new FakeKvm().refuse(abi.KVM_GET_MSR_INDEX_LIST, 'E2BIG');
    expect(() => aKvm(calls).getSupportedMSRs()).to.throw(KvmError);
  });

  it('makes a request again that a signal interrupted', () => {
    let interruptions = 3;
    const calls = new FakeKvm();
    calls.answer(abi.KVM_CREATE_VM, () =>
      interruptions-- > 0 ? -Errno.EINTR : calls.newDescriptor(),
    );
    const vm = aKvm(calls).createVM();
    expect(vm.isOpen).to.equal(true);
    expect(calls.made(abi.KVM_CREATE_VM).length).to.equal(4);
    vm.dispose();
  });

  it('names the request, the error and the remedy when KVM refuses', () => {
    const calls = new FakeKvm().refuse(abi.KVM_CREATE_VM, 'EMFILE');
    const kvm = aKvm(calls);
    try {
      kvm.createVM('the VM system.kvm_vm');
      expect.fail('the VM was created');
    } catch (error) {
      expect(error).to.be.instanceOf(KvmError);
      const { request, code, remedy, message } = error as KvmError;
      expect(request).to.equal('KVM_CREATE_VM');
      expect(code).to.equal('EMFILE');
      expect(remedy).to.include('ulimit -n');
      expect(message).to.include('the VM system.kvm_vm').and.to.include('ulimit -n');
    }
  });

  it('closes its descriptor once', () => {
    const calls = new FakeKvm();
    const kvm = aKvm(calls);
    expect(calls.openDescriptors.size).to.equal(1);
    kvm.dispose();
    kvm.dispose();
    expect(calls.openDescriptors.size).to.equal(0);
    expect(kvm.isOpen).to.equal(false);
    expect(() => kvm.checkExtension(abi.KVM_CAP_HLT)).to.throw('used after it was closed');
  });
});

describe('requestName', () => {
  it('gives the name of every request number of the tables', () => {
    const requests = Object.entries<number | bigint>(abi).filter(
      ([, value]) => typeof value === 'number' && ((value >> 8) & 0xff) === abi.KVMIO,
    );
    expect(requests.length).to.be.greaterThan(50);
    for (const [name, value] of requests) expect(requestName(Number(value))).to.equal(name);
  });

  it('gives an unknown number in hexadecimal', () => {
    expect(requestName(0x12345678)).to.equal('KVM request 0x12345678');
  });
});
