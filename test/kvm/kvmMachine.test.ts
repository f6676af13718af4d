import { expect } from 'chai';
import { PanicError, setLogSink } from '../../src/base/index';
import { pendingSignals, realTimeSignals, signalThread, threadId } from '../../src/host/index';
import { MpState, RAX, RBX, RCX } from '../../src/arch/x86/index';
import { describeWithKvm } from '../support/kvm';
import {
  aKvmMachine,
  DEVICE_ADDRESS,
  DEVICE_TICKS,
  ROM_ADDRESS,
  type KvmMachine,
  type KvmMachineOptions,
} from '../support/kvmMachine';
import { runUntil } from '../support/runUntil';

const MILLISECOND = 1e9;
/** Longer than anything here takes: a limit for what goes wrong. */
const LONG = 20_000 * MILLISECOND;
const OUT_E9 = [0xe6, 0xe9];
const HLT = [0xf4];
const ENDLESS = [0xeb, 0xfe];

describeWithKvm('A machine of KVM CPUs', () => {
  const made: KvmMachine[] = [];
  const machine = (options: KvmMachineOptions): KvmMachine => {
    const built = aKvmMachine(options);
    made.push(built);
    return built;
  };
  let messages: string[] = [];
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    messages = [];
    previousSink = setLogSink({
      message: (level, text) => messages.push(`${level}: ${text}`),
      debug: () => undefined,
    });
  });
  afterEach(() => {
    for (const { simulation } of made.splice(0)) simulation.dispose();
    if (previousSink !== undefined) setLogSink(previousSink);
  });

  /** Runs until the device has been written to so often. */
  const untilWrites = ({ simulation, device }: KvmMachine, count: number): void => {
    device.onWrite = () => {
      if (device.writes.length === count) simulation.exitSimLoop('enough');
    };
    expect(simulation.simulate(LONG).cause).to.equal('enough');
  };
  const ports = ({ device }: KvmMachine): number[] => device.writes.map(({ address }) => address);

  /** in al, 0xe9; mov [rbx], al; mov cl, [rbx]; mov al, cl; out 0xe9, al; jmp . */
  const READ_AND_WRITE = [
    ...[0xe4, 0xe9, 0x88, 0x03, 0x8a, 0x0b, 0x88, 0xc8],
    ...[...OUT_E9, ...ENDLESS],
  ];

  for (const memMode of ['atomic_noncaching', 'timing'] as const) {
    it(`reaches devices through a crossbar in ${memMode} mode, and waits for them`, () => {
      const built = machine({ code: READ_AND_WRITE, memMode });
      const [cpu] = built.cpus;
      cpu!.thread.state.setGpr(RBX, BigInt(DEVICE_ADDRESS));
      untilWrites(built, 2);
      expect(built.device.writes.map(({ address, data }) => [address, ...data])).to.deep.equal([
        [DEVICE_ADDRESS, 1],
        [0xe9, 2],
      ]);
      const [store, out] = built.device.writes;
      // Between the two lie the store's own latency and the load's.
      expect(out!.tick - store!.tick).to.be.greaterThan(2 * DEVICE_TICKS);
      expect([cpu!.kvmStats.numIO.value, cpu!.kvmStats.numMMIO.value]).to.deep.equal([2, 2]);
    });
  }

  it('drains in timing mode with an access under way, which is done once', () => {
    const built = machine({ code: READ_AND_WRITE, memMode: 'timing' });
    const { simulation, device } = built;
    const [cpu] = built.cpus;
    cpu!.thread.state.setGpr(RBX, BigInt(DEVICE_ADDRESS));
    while (cpu!.status !== 'RunningMMIOPending') simulation.simulate(1000);
    expect(() => {
      simulation.drain({ ticks: 1 });
    }).to.throw(/system\.cpu.* \(an access of the guest waits for its response\)/);
    expect(cpu!.status).to.equal('RunningMMIOPending');
    simulation.drain();
    expect(cpu!.status).to.equal('Idle');
    untilWrites(built, 2);
    expect(device.writes.map(({ data }) => data[0])).to.deep.equal([1, 2]);
  });

  it('lets a read-only memory be read, and sends stores to it past the guest', () => {
    // mov al, [rbx]; mov [rbx], cl; mov cl, [rbx]; out 0xe9, al; mov al, cl; out 0xe9, al; jmp .
    const code = [
      ...[0x8a, 0x03, 0x88, 0x0b, 0x8a, 0x0b, ...OUT_E9, 0x88, 0xc8, ...OUT_E9],
      ...ENDLESS,
    ];
    const built = machine({ code, rom: [0x5a] });
    const [cpu] = built.cpus;
    cpu!.thread.state.setGpr(RBX, BigInt(ROM_ADDRESS));
    cpu!.thread.state.setGpr(RCX, 0x77n);
    untilWrites(built, 2);
    expect(built.device.writes.map(({ data }) => data[0])).to.deep.equal([0x5a, 0x5a]);
    expect(cpu!.kvmStats.numMMIO.value).to.equal(1);
  });

  it('logs the pages of main memory that the guest writes', () => {
    // mov [rbx], al; out 0xe9, al; jmp .
    const built = machine({ code: [0x88, 0x03, ...OUT_E9, ...ENDLESS] });
    const { vm } = built;
    built.cpus[0]!.thread.state.setGpr(RBX, 0x4_5000n);
    vm.logDirtyPages();
    untilWrites(built, 1);
    const [main] = vm.mappedStores;
    const log = vm.getDirtyLog(main!.slot);
    const dirty = [...log.keys()].filter(i => log[i] !== 0);
    expect([dirty.includes(0x45 >> 3), log[0x45 >> 3]]).to.deep.equal([true, 1 << (0x45 & 7)]);
    expect(vm.getDirtyLog(main!.slot).some(byte => byte !== 0)).to.equal(false);
    vm.logDirtyPages(false);
    expect(() => vm.getDirtyLog(main!.slot)).to.throw(PanicError, 'does not log');
  });

  it('starts a second processor by INIT and SIPI of the in-kernel chip', () => {
    const built = machine({ code: BOOT_SECOND, mode: 'long', cpus: 2, kernelChips: 'irqchip' });
    mapLocalApic(built);
    built.system.physicalMemory.writeBytes(0xa000, Uint8Array.from(SECOND));
    untilWrites(built, 2);
    expect(ports(built)).to.have.members([0xea, 0xe9]);
    const [first, second] = built.cpus;
    expect(second!.getContext(0).state.mpState).to.be.oneOf([MpState.Runnable, MpState.Halted]);
    expect(built.vm.contextIdToVCpuId(second!.thread.contextId)).to.equal(1);
    expect(built.vm.validEnvironment()).to.equal(true);
    expect(first!.thread.status()).to.equal('Active');
  });

  it('lets one processor wait in the kernel without spending the other’s time', () => {
    // The second processor is never started.
    const built = machine({ code: ENDLESS, cpus: 2, kernelChips: 'irqchip' });
    const start = performance.now();
    built.simulation.simulate(200 * MILLISECOND);
    const elapsed = performance.now() - start;
    expect(built.simulation.curTick()).to.equal(200 * MILLISECOND);
    // Waiting in turn would take twice as long. The host may be busy, so the ratio of what ran counts.
    const [first, second] = built.cpus.map(cpu => cpu.baseStats.numCycles.value);
    expect(second!).to.be.lessThan(first! / 2);
    expect(elapsed).to.be.greaterThan(150);
  });

  it('runs two processors in turn without a chip in the kernel, started by the script', () => {
    const built = machine({ code: [...OUT_E9, ...ENDLESS], cpus: 2 });
    built.system.physicalMemory.writeBytes(0xa000, Uint8Array.from([0xe6, 0xea, ...HLT]));
    const [, second] = built.cpus;
    second!.requestInterrupt(0x0a, 'startup');
    untilWrites(built, 2);
    expect(ports(built)).to.have.members([0xe9, 0xea]);
    runUntil(built.simulation, () => second!.thread.status() === 'Suspended');
    // INIT and SIPI start it over.
    second!.requestInterrupt(0, 'init');
    second!.requestInterrupt(0x0a, 'startup');
    untilWrites(built, 3);
  });

  it('takes interrupts and NMIs while the guest runs, through windows where it must', () => {
    // real mode: cli; out 0xe9; nop ... sti; jmp .   handlers: out, then iret
    const code = [0xfa, ...OUT_E9, 0xfb, 0x90, ...ENDLESS];
    const built = machine({ code, mode: 'real' });
    const memory = built.system.physicalMemory;
    const handler = (vector: number, address: number, port: number): void => {
      memory.writeBytes(vector * 4, Uint8Array.of(address & 0xff, address >> 8, 0, 0));
      memory.writeBytes(address, Uint8Array.of(0xe6, port, 0xcf));
    };
    handler(0x40, 0x9000, 0xea);
    handler(0x50, 0x9100, 0xeb);
    handler(2, 0x9200, 0xec);
    const [cpu] = built.cpus;
    built.device.onWrite = () => {
      const { length } = built.device.writes;
      if (length === 1) {
        cpu!.requestInterrupt(0x40);
        cpu!.requestInterrupt(0x50);
        cpu!.requestInterrupt(0, 'nmi');
      }
      if (length === 4) built.simulation.exitSimLoop('enough');
    };
    expect(built.simulation.simulate(LONG).cause).to.equal('enough');
    // The NMI at once, the others by priority once the guest has allowed them.
    expect(ports(built)).to.deep.equal([0xe9, 0xec, 0xeb, 0xea]);
    expect(cpu!.kvmStats.numInterrupts.value).to.equal(3);
  });

  it('wakes a guest that waits in HLT', () => {
    const built = machine({ code: [0xfb, ...HLT, ...OUT_E9, ...ENDLESS], mode: 'real' });
    built.system.physicalMemory.writeBytes(0x40 * 4, Uint8Array.of(0x00, 0x90, 0, 0));
    built.system.physicalMemory.writeBytes(0x9000, Uint8Array.of(0xcf));
    const [cpu] = built.cpus;
    runUntil(built.simulation, () => cpu!.thread.status() === 'Suspended');
    cpu!.requestInterrupt(0x40);
    untilWrites(built, 1);
    expect(ports(built)).to.deep.equal([0xe9]);
  });

  it('carries the local APIC in the kernel from one vCPU to the next', () => {
    const built = machine({ code: ENDLESS, kernelChips: 'irqchip' });
    const { simulation, vm } = built;
    const [cpu] = built.cpus;
    simulation.simulate(MILLISECOND);
    simulation.drain();
    const lapic = cpu!.thread.state.bytesOf('lapic');
    expect(lapic[0x30]).to.be.greaterThan(0); // version
    lapic[0x3e0] = 0xb; // divide configuration of the timer
    vm.notifyFork();
    cpu!.notifyFork();
    simulation.simulate(MILLISECOND);
    simulation.drain();
    expect(cpu!.thread.state.bytesOf('lapic')[0x3e0]).to.equal(0xb);
  });

  it('hands its thread to another CPU of the VM, registers and all', () => {
    // inc rax; jmp back
    const built = machine({ code: [0x48, 0xff, 0xc0, 0xeb, 0xfb], spare: true });
    const { simulation, cpus, spare, vm } = built;
    const [first] = cpus;
    simulation.simulate(5 * MILLISECOND);
    const pattern = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
    first!.getContext(0).state.fpu.setYmm(9, pattern);
    simulation.drain();
    const counted = first!.thread.state.gpr(RAX);
    first!.switchOut();
    spare!.takeOverFrom(first!);
    expect(vm.contextIdToVCpuId(0)).to.equal(spare!.getVCpuID());
    runUntil(simulation, () => spare!.getContext(0).state.gpr(RAX) > counted);
    expect(first!.thread.status()).to.equal('Halted');
    const { state } = spare!.getContext(0);
    expect([...state.fpu.ymm(9)]).to.deep.equal([...pattern]);
  });

  it('shows each part of its state to scripts, line by line', () => {
    const built = machine({ code: DEADBEEF });
    untilWrites(built, 1);
    const [cpu] = built.cpus;
    const dumps: readonly [dump: () => void, shows: RegExp][] = [
      [() => cpu!.dumpIntRegs(), /rax .*deadbeef/],
      [() => cpu!.dumpSpecRegs(), /cr3/],
      [() => cpu!.dumpFpuRegs(), /mxcsr/],
      [() => cpu!.dumpXSave(), /in use/],
      [() => cpu!.dumpXCRs(), /xcr0/],
      [() => cpu!.dumpDebugRegs(), /dr7/],
      [() => cpu!.dumpMSRs(), /LSTAR/],
      [() => cpu!.dumpVCpuEvents(), /injected/],
      [() => cpu!.dump(), /rax[\s\S]*LSTAR/],
    ];
    for (const [dump, shows] of dumps) {
      messages = [];
      dump();
      expect(messages.join('\n')).to.match(shows);
    }
  });

  it('carries CR8 both ways, which every entry takes from elsewhere', () => {
    // Supervisor code: mov rax, cr8; out 0xe9, al; mov eax, 5; mov cr8, rax; out 0xe9, al; jmp .
    const code = [
      ...[0x44, 0x0f, 0x20, 0xc0, ...OUT_E9, 0xb8, 5, 0, 0, 0, 0x44, 0x0f, 0x22, 0xc0],
      ...[...OUT_E9, ...ENDLESS],
    ];
    const built = machine({ code, mode: 'long' });
    const { state } = built.cpus[0]!.thread;
    state.cr8 = 3n;
    untilWrites(built, 2);
    expect(built.device.writes.map(({ data }) => data[0])).to.deep.equal([3, 5]);
    expect(built.cpus[0]!.getContext(0).state.cr8).to.equal(5n);
  });

  it('keeps registers here with alwaysSyncTC, whatever it ends with', () => {
    const built = machine({ code: [0xb0, 7, ...OUT_E9, ...ENDLESS], cpu: { alwaysSyncTC: true } });
    const seen: bigint[] = [];
    built.device.onWrite = () => {
      // Looked at without asking for it: it is here already.
      seen.push(built.cpus[0]!.thread.state.gpr(RAX) & 0xffn);
      built.simulation.exitSimLoop('enough');
    };
    built.simulation.simulate(LONG);
    expect(seen).to.deep.equal([7n]);
  });

  it('is woken by wakeup(), and ended by haltContext()', () => {
    const built = machine({ code: [...HLT, ...OUT_E9, ...ENDLESS], mode: 'real' });
    const [cpu] = built.cpus;
    runUntil(built.simulation, () => cpu!.status === 'Idle');
    expect(cpu!.thread.status()).to.equal('Suspended');
    cpu!.wakeup();
    untilWrites(built, 1);
    cpu!.thread.halt();
    expect([cpu!.status, cpu!.thread.status()]).to.deep.equal(['Idle', 'Halted']);
    const { numVMExits } = cpu!.kvmStats;
    const before = numVMExits.value;
    built.simulation.simulate(MILLISECOND);
    expect(numVMExits.value).to.equal(before);
  });

  it('needs no kick from the thread that runs it, where the guest does not run now', () => {
    const built = machine({ code: ENDLESS });
    built.simulation.simulate(MILLISECOND);
    const signal = realTimeSignals().first;
    built.cpus[0]!.kick();
    expect(pendingSignals().has(signal)).to.equal(false);
    // The signal itself would end the next run at once, and be taken away by it.
    signalThread(threadId(), signal);
    expect(pendingSignals().has(signal)).to.equal(true);
    while (pendingSignals().has(signal)) built.simulation.simulate(MILLISECOND);
  });

  it('wakes a processor that waits in the kernel by an interrupt of another', () => {
    const built = machine({ code: BOOT_AND_CALL, mode: 'long', cpus: 2, kernelChips: 'irqchip' });
    mapLocalApic(built);
    const memory = built.system.physicalMemory;
    memory.writeBytes(0xa000, Uint8Array.from(SLEEPER));
    memory.writeBytes(0x40 * 4, Uint8Array.of(0x00, 0xb0, 0, 0)); // vector 0x40: 0xb000
    memory.writeBytes(0xb000, Uint8Array.of(0xe6, 0xec, 0xcf));
    untilWrites(built, 3);
    expect(ports(built)).to.deep.equal([0xea, 0xe9, 0xec]);
  });

  it('names the address of an access that nobody answers', () => {
    // mov [rbx], al: no memory and no device
    const built = machine({ code: [0x88, 0x03, ...ENDLESS] });
    built.cpus[0]!.thread.state.setGpr(RBX, 0x2000_0000n);
    expect(() => built.simulation.simulate(LONG)).to.throw(/0x20000000/);
  });
});

/** mov rax, 0xdeadbeef; out 0xe9, al; jmp . */
const DEADBEEF = [0x48, 0xb8, 0xef, 0xbe, 0xad, 0xde, 0, 0, 0, 0, ...OUT_E9, ...ENDLESS];
/**
 * Long mode: has the local APIC send INIT and SIPI to processor 1, waits for its mark, and writes to
 * port 0xe9.
 */
const BOOT_SECOND = [
  ...[0xbb, 0x00, 0x03, 0xe0, 0xfe], // mov ebx, 0xfee00300
  ...[0xc7, 0x83, 0xf0, 0xfd, 0xff, 0xff, 0xff, 1, 0, 0], // mov dword [rbx - 0x210], 0x1ff: enable
  ...[0xc7, 0x43, 0x10, 0, 0, 0, 1], // mov dword [rbx + 0x10], 1 << 24
  ...[0xc7, 0x03, 0x00, 0x45, 0, 0], // mov dword [rbx], 0x4500: INIT
  ...[0xc7, 0x03, 0x0a, 0x46, 0, 0], // mov dword [rbx], 0x460a: SIPI, page 0xa000
  ...[0xb9, 0x00, 0x70, 0, 0], // mov ecx, 0x7000
  ...[0x8a, 0x01, 0x3c, 0x2a, 0x75, 0xfa], // wait: mov al, [rcx]; cmp al, 42; jne wait
  ...[...OUT_E9, ...ENDLESS],
];
/** As above; then sends processor 1 an interrupt of vector 0x40. */
const BOOT_AND_CALL = [
  ...BOOT_SECOND.slice(0, -2), // all but the jump
  ...[0xc7, 0x03, 0x40, 0x40, 0, 0], // mov dword [rbx], 0x4040: fixed, vector 0x40
  ...ENDLESS,
];
/**
 * Real mode: enables its local APIC, which is above 1 MiB, by the x2APIC's MSRs; out 0xea, al; marks;
 * sti; hlt; jmp back.
 */
const SLEEPER = [
  ...[0x66, 0xb9, 0x1b, 0, 0, 0], // mov ecx, IA32_APIC_BASE
  ...[0x0f, 0x32, 0x66, 0x0d, 0x00, 0x04, 0, 0, 0x0f, 0x30], // rdmsr; or eax, 1 << 10; wrmsr
  ...[0x66, 0xb9, 0x0f, 0x08, 0, 0], // mov ecx, 0x80f: spurious interrupt vector
  ...[0x66, 0xb8, 0xff, 0x01, 0, 0, 0x66, 0x31, 0xd2, 0x0f, 0x30], // mov eax, 0x1ff; edx = 0; wrmsr
  ...[0xe6, 0xea, 0xc6, 0x06, 0x00, 0x70, 0x2a], // out 0xea, al; mov byte [0x7000], 42
  ...[0xfb, ...HLT, 0xeb, 0xfd],
];
/** Real mode: mov byte [0x7000], 42; out 0xea, al; hlt; jmp back. */
const SECOND = [0xc6, 0x06, 0x00, 0x70, 0x2a, 0xe6, 0xea, ...HLT, 0xeb, 0xfd];

/** Maps the local APIC at its own address, next to the first gigabyte. */
function mapLocalApic({ system }: KvmMachine): void {
  const PDPT = 0x2000;
  const TABLE = 0x7_0000;
  const entry = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);
  const memory = system.physicalMemory;
  memory.writeBytes(PDPT + 3 * 8, entry(BigInt(TABLE) | 7n));
  memory.writeBytes(TABLE + 503 * 8, entry(0xfee0_0087n));
}
