import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import {
  blockSignals,
  Errno,
  HostDescriptor,
  HostMapping,
  ioctl,
  ioctlRaw,
  MapFlag,
  openDescriptorCount,
  pendingSignals,
  PosixTimer,
  realTimeSignals,
  setSignalMask,
  SignalCounters,
  SignalSet,
  signalThread,
  takePendingSignal,
  threadId,
} from '../../src/host/index';
import { describeWithKvm } from '../support/kvm';

// linux/kvm.h; the floor under test knows nothing of KVM, so the test brings its own numbers.
const KVM_CREATE_VM = 0xae01;
const KVM_GET_VCPU_MMAP_SIZE = 0xae04;
const KVM_CREATE_VCPU = 0xae41;
const KVM_SET_USER_MEMORY_REGION = 0x4020ae46;
const KVM_RUN = 0xae80;
const KVM_SET_REGS = 0x4090ae82;
const KVM_GET_SREGS = 0x8138ae83;
const KVM_SET_SREGS = 0x4138ae84;
const KVM_SET_SIGNAL_MASK = 0x4004ae8b;
const IMMEDIATE_EXIT_OFFSET = 1;

const MEMORY_BYTES = 0x4000;
const CODE_ADDRESS = 0x1000;
const JUMP_TO_ITSELF = [0xeb, 0xfe];

/** A vCPU that runs an endless loop, with as little as KVM needs. */
class EndlessGuest {
  readonly #owned: { dispose(): void }[] = [];
  readonly #vcpu: HostDescriptor;
  readonly run: HostMapping;

  constructor() {
    const kvm = this.#own(HostDescriptor.open('/dev/kvm'));
    const vm = this.#own(new HostDescriptor(ioctl(kvm.fd, KVM_CREATE_VM, 0, 'making a VM')));
    const memory = this.#own(new HostMapping({ length: MEMORY_BYTES }));
    memory.bytes.set(JUMP_TO_ITSELF, CODE_ADDRESS);
    const region = new BigUint64Array([0n, 0n, BigInt(MEMORY_BYTES), memory.address]);
    ioctl(vm.fd, KVM_SET_USER_MEMORY_REGION, region, 'giving the VM memory');
    this.#vcpu = this.#own(new HostDescriptor(ioctl(vm.fd, KVM_CREATE_VCPU, 0, 'making a vCPU')));
    const length = ioctl(kvm.fd, KVM_GET_VCPU_MMAP_SIZE, 0, 'asking the size');
    const { fd } = this.#vcpu;
    this.run = this.#own(new HostMapping({ fd, length, flags: MapFlag.Shared }));
    const sregs = new Uint8Array(312);
    ioctl(fd, KVM_GET_SREGS, sregs, 'reading special registers');
    sregs.fill(0, 0, 8); // CS base
    sregs.fill(0, 12, 14); // CS selector
    ioctl(fd, KVM_SET_SREGS, sregs, 'setting special registers');
    const regs = new BigUint64Array(18);
    regs[16] = BigInt(CODE_ADDRESS); // RIP
    regs[17] = 2n; // RFLAGS
    ioctl(fd, KVM_SET_REGS, regs, 'setting registers');
  }

  #own<T extends { dispose(): void }>(owned: T): T {
    this.#owned.push(owned);
    return owned;
  }

  /** Lets the guest run until something stops it: 0, or the negated error number. */
  enter(): number {
    return ioctlRaw(this.#vcpu.fd, KVM_RUN, 0);
  }

  /** Lets signals through while the guest runs, except those blocked. */
  unblock(blocked: SignalSet): void {
    const mask = new Uint8Array(12); // length, then the kernel's 8-byte set
    mask[0] = 8;
    mask.set(blocked.bytes.subarray(0, 8), 4);
    ioctl(this.#vcpu.fd, KVM_SET_SIGNAL_MASK, mask, 'setting the signal mask');
  }

  dispose(): void {
    for (const owned of this.#owned.reverse()) owned.dispose();
  }
}

describeWithKvm('interrupting a vCPU that never exits by itself', () => {
  const { SIGINT } = constants.signals;
  const kickSignal = realTimeSignals().first;
  const kicks = new SignalSet([kickSignal]);
  let guest: EndlessGuest;
  beforeEach(() => {
    guest = new EndlessGuest();
  });
  afterEach(() => {
    guest.dispose();
  });

  it('is done by a timer whose blocked signal is unblocked while the guest runs', () => {
    const mask = blockSignals(kicks);
    const timer = new PosixTimer(kickSignal, threadId());
    guest.unblock(new SignalSet());
    for (let round = 0; round < 3; round++) {
      timer.arm(2e6);
      expect(guest.enter()).to.equal(-Errno.EINTR);
      expect(timer.remaining()).to.equal(0);
      expect(pendingSignals().has(kickSignal)).to.equal(true);
      expect(takePendingSignal(kicks)).to.equal(kickSignal);
    }
    timer.dispose();
    setSignalMask(mask);
  });

  it('is done by Ctrl-C, which is counted', () => {
    const counters = new SignalCounters();
    counters.install([SIGINT]);
    const script = `sleep 0.05; kill -INT ${String(process.pid)}`;
    spawn('sh', ['-c', script], { stdio: 'ignore' });
    expect(guest.enter()).to.equal(-Errno.EINTR);
    expect(counters.count(SIGINT)).to.equal(1);
    counters.dispose();
  });

  it('is done by Ctrl-C that came just before the guest was entered', () => {
    const counters = new SignalCounters();
    const flag = guest.run.address + BigInt(IMMEDIATE_EXIT_OFFSET);
    counters.addFlag(flag);
    counters.install([SIGINT]);
    signalThread(threadId(), SIGINT);
    expect(guest.enter()).to.equal(-Errno.EINTR);
    expect(guest.run.bytes[IMMEDIATE_EXIT_OFFSET]).to.equal(1);
    counters.removeFlag(flag);
    counters.dispose();
  });

  it('leaves no descriptor behind', () => {
    const before = openDescriptorCount();
    for (let round = 0; round < 20; round++) new EndlessGuest().dispose();
    expect(openDescriptorCount()).to.equal(before);
  });
});
