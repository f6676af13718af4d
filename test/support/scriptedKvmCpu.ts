/**
 * A KVM CPU whose vCPU plays a script, in a system with one device, on a double of the kernel: all
 * of the CPU's own behaviour without /dev/kvm and without real time.
 */
import type { AddrRange } from '../../src/base/index';
import { type Tick } from '../../src/base/index';
import type { Kick } from '../../src/kvm/kickSignal';
import { Kvm } from '../../src/kvm/kvm';
import type { KvmEngineParts } from '../../src/kvm/kvmEngine';
import { PosixKvmTimer } from '../../src/kvm/kvmTimer';
import { KvmVM, kvmVMSchema, type KvmVMParams } from '../../src/kvm/kvmVM';
import type { VcpuExit } from '../../src/kvm/exits';
import { X86KvmCPU, x86KvmCPUSchema } from '../../src/kvm/x86KvmCPU';
import {
  ResponsePort,
  SimpleMemory as SimpleMemoryModel,
  simpleMemorySchema,
  System as SystemModel,
  systemSchema,
  type MemoryMode,
  type Packet,
} from '../../src/mem/index';
import {
  defineSchema,
  nodeClass,
  responsePort,
  SimObject,
  simObjectSchema,
  type ParamsOf,
  type Port,
  type Simulation,
} from '../../src/sim/index';
import { FakeKvm } from './fakeKvm';
import { ScriptedVcpu } from './scriptedVcpu';
import { aSimulation, QuietHost, Root, SrcClockDomain, VoltageDomain } from './simulation';

const deviceSchema = defineSchema('TestDevice', simObjectSchema, {
  description: 'A device that answers everything and remembers it',
  ports: { port: responsePort('accesses'), other: responsePort('fetches') },
});

/** One access as the device saw it. */
export interface DeviceAccessRecord {
  readonly tick: Tick;
  readonly isWrite: boolean;
  readonly address: number;
  readonly data: number[];
}

/** Where pseudo-instructions are. */
export const M5OPS_BASE = 0xffff0000;

/** How long the device takes in atomic mode, in ticks. */
export const DEVICE_LATENCY = 7000;

class DevicePort extends ResponsePort {
  readonly #device: TestDevice;

  constructor(name: string, device: TestDevice) {
    super(name, device);
    this.#device = device;
  }

  override getAddrRanges(): readonly AddrRange[] {
    return [];
  }

  override recvAtomic(pkt: Packet): Tick {
    this.#device.serve(pkt);
    return DEVICE_LATENCY;
  }

  override recvFunctional(pkt: Packet): void {
    this.#device.serve(pkt);
  }

  override recvTimingReq(pkt: Packet): boolean {
    return this.#device.accept(pkt);
  }
}

/** Answers reads with 1, 2, 3 and so on, byte by byte. */
export class TestDevice extends SimObject {
  static override readonly schema = deviceSchema;
  readonly accesses: DeviceAccessRecord[] = [];
  /** Packets taken in timing mode and not answered yet. */
  readonly waiting: Packet[] = [];
  /** Refuses that many timing requests before it takes one. */
  refusals = 0;
  readonly port: ResponsePort;
  readonly #other: ResponsePort;

  constructor(params: ParamsOf<typeof deviceSchema>) {
    super(params);
    this.port = new DevicePort(`${params.name}.port`, this);
    this.#other = new DevicePort(`${params.name}.other`, this);
  }

  override getPort(name: string): Port {
    return name === 'port' ? this.port : this.#other;
  }

  serve(pkt: Packet): void {
    const bytes = pkt.data.subarray(pkt.dataOffset, pkt.dataOffset + pkt.size);
    if (pkt.isRead()) bytes.forEach((_, i) => (bytes[i] = i + 1));
    this.accesses.push({
      tick: this.curTick(),
      isWrite: pkt.isWrite(),
      address: pkt.addr,
      data: [...bytes],
    });
    pkt.makeResponse();
  }

  accept(pkt: Packet): boolean {
    if (this.refusals > 0) {
      this.refusals--;
      return false;
    }
    this.waiting.push(pkt);
    return true;
  }

  /** Answers the oldest packet of timing mode. */
  answer(): void {
    const pkt = this.waiting.shift();
    if (pkt === undefined) throw new Error('no packet waits');
    this.serve(pkt);
    this.port.sendTimingResp(pkt);
  }
}

/** What the doubles of the next CPU are; constructors take parameters only. */
interface Doubles {
  readonly vcpu: ScriptedVcpu;
  readonly kvm: FakeKvm;
  /** Host time, in nanoseconds. */
  now: number;
  kicks: number;
}

let doubles: Doubles | undefined;

function currentDoubles(): Doubles {
  if (doubles === undefined) throw new Error('no doubles');
  return doubles;
}

class FakeKvmVM extends KvmVM {
  constructor(params: KvmVMParams) {
    super(params, new Kvm({ calls: currentDoubles().kvm }));
  }
}

/** The CPU under test: what differs is only whom it talks to. */
export class ScriptedX86KvmCPU extends X86KvmCPU {
  readonly doubles = currentDoubles();

  protected override createVCPU(): ScriptedVcpu {
    return this.doubles.vcpu;
  }

  protected override engineParts(): KvmEngineParts {
    const { doubles: d } = this;
    const kick: Kick = {
      ...{ signal: 34, thread: 1, guestMask: 0n },
      send: () => d.kicks++,
      discard: () => d.kicks > 0 && d.kicks-- > 0,
    };
    const timer = { arm: () => undefined, disarm: () => undefined, dispose: () => undefined };
    const { hostFactor, hostFreq } = this.params;
    const now = (): number => d.now;
    const ticksPerNs = 1000;
    const time = { hostFactor, hostFreq, ticksPerNs, signal: 34, thread: 1, entryNs: 0, now };
    return { now, makeKick: () => kick, makeTimer: () => new PosixKvmTimer({ ...time, timer }) };
  }
}

const System = nodeClass(SystemModel, systemSchema);
const SimpleMemory = nodeClass(SimpleMemoryModel, simpleMemorySchema);
const VmNode = nodeClass(FakeKvmVM, kvmVMSchema);
const CpuNode = nodeClass(ScriptedX86KvmCPU, x86KvmCPUSchema);
const DeviceNode = nodeClass(TestDevice, deviceSchema);

export interface ScriptedSystemOptions {
  /** What each run of the guest ends with; by default the guest halts at once. */
  readonly script?: readonly (VcpuExit | (() => VcpuExit))[];
  /** Host time that each run takes, in nanoseconds. */
  readonly runNs?: number;
  readonly mode?: MemoryMode;
  readonly kvm?: FakeKvm;
  readonly cpu?: {
    readonly hostFactor?: number;
    readonly alwaysSyncTC?: boolean;
    readonly useCoalescedMMIO?: boolean;
    readonly usePerf?: boolean;
    readonly usePerfOverflow?: boolean;
    readonly numThreads?: number;
  };
}

export interface ScriptedSystem {
  readonly simulation: Simulation;
  readonly host: QuietHost;
  readonly cpu: ScriptedX86KvmCPU;
  readonly vcpu: ScriptedVcpu;
  readonly vm: KvmVM;
  readonly kvm: FakeKvm;
  readonly device: TestDevice;
}

/** Builds the system at 1 GHz; the caller activates the thread and disposes of the simulation. */
export function aScriptedSystem(options: ScriptedSystemOptions = {}): ScriptedSystem {
  const { script, runNs = 1000, mode = 'atomic_noncaching', kvm = new FakeKvm() } = options;
  const vcpu = new ScriptedVcpu(script);
  const made: Doubles = { vcpu, kvm, now: 0, kicks: 0 };
  const run = vcpu.run.bind(vcpu);
  vcpu.run = () => {
    if (!vcpu.immediateExit) made.now += runNs;
    return run();
  };
  doubles = made;
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode: mode,
    m5opsBase: M5OPS_BASE,
    kvmVm: new VmNode(),
    cpu: new CpuNode(options.cpu ?? {}),
    memory: new SimpleMemory({ range: '1MiB' }),
    device: new DeviceNode(),
  });
  system.cpu.dcachePort = system.device.port;
  system.cpu.icachePort = system.device.other;
  system.systemPort = system.memory.port;
  const host = new QuietHost();
  const simulation = aSimulation(host);
  simulation.instantiate(new Root({ system, fullSystem: true }));
  doubles = undefined;
  return {
    ...{ simulation, host, vcpu, kvm },
    cpu: system.cpu.simObject(),
    vm: system.kvmVm.simObject(),
    device: system.device.simObject(),
  };
}
