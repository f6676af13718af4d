/** A guest of a few hand-assembled bytes on an X86KvmCPU, with a device and nothing else around it. */
import { ioAddressBase, ioPortCount, resetThreadState, RSP } from '../../src/arch/x86/index';
import { AddrRange, type Tick } from '../../src/base/index';
import { KvmVM as KvmVMModel, kvmVMSchema } from '../../src/kvm/kvmVM';
import { X86KvmCPU as X86KvmCPUModel, x86KvmCPUSchema } from '../../src/kvm/x86KvmCPU';
import {
  ResponsePort,
  SimpleMemory as SimpleMemoryModel,
  simpleMemorySchema,
  System as SystemModel,
  systemSchema,
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
  type SimulationHost,
} from '../../src/sim/index';
import { CODE, setGuestMode, STACK_TOP, writeGuestTables, type GuestMode } from './bareGuest';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from './simulation';

const deviceSchema = defineSchema('EchoDevice', simObjectSchema, {
  description: 'Remembers what is written and answers every read with a counter',
  ports: { port: responsePort('accesses'), other: responsePort('fetches') },
});

class EchoPort extends ResponsePort {
  readonly #device: EchoDevice;

  constructor(name: string, device: EchoDevice) {
    super(name, device);
    this.#device = device;
  }

  override getAddrRanges(): readonly AddrRange[] {
    return [AddrRange.rangeSize(ioAddressBase, ioPortCount)];
  }

  override recvAtomic(pkt: Packet): Tick {
    this.#device.serve(pkt);
    return 1000;
  }

  override recvFunctional(pkt: Packet): void {
    this.#device.serve(pkt);
  }
}

/** The only device: it hears every access outside memory. */
export class EchoDevice extends SimObject {
  static override readonly schema = deviceSchema;
  /** What was written, with its address and tick. */
  readonly writes: { address: number; data: number[]; tick: Tick }[] = [];
  /** How often it was written to. */
  writeCount = 0;
  /** Whether {@link writes} is kept. */
  recording = true;
  /** What reads are answered with, byte by byte, counting up. */
  next = 1;
  /** Called at each write. */
  onWrite: () => void = () => undefined;
  readonly #port: EchoPort;
  readonly #other: EchoPort;

  constructor(params: ParamsOf<typeof deviceSchema>) {
    super(params);
    this.#port = new EchoPort(`${params.name}.port`, this);
    this.#other = new EchoPort(`${params.name}.other`, this);
  }

  override getPort(name: string): Port {
    return name === 'port' ? this.#port : this.#other;
  }

  serve(pkt: Packet): void {
    const isWrite = pkt.isWrite();
    const bytes = pkt.data.subarray(pkt.dataOffset, pkt.dataOffset + pkt.size);
    if (!isWrite) for (let i = 0; i < bytes.length; i++) bytes[i] = this.next++;
    else this.#note(pkt.addr, bytes);
    pkt.makeResponse();
    if (isWrite) this.onWrite();
  }

  #note(address: number, bytes: Uint8Array): void {
    this.writeCount++;
    if (this.recording) this.writes.push({ address, data: [...bytes], tick: this.curTick() });
  }
}

const System = nodeClass(SystemModel, systemSchema);
const SimpleMemory = nodeClass(SimpleMemoryModel, simpleMemorySchema);
const KvmVM = nodeClass(KvmVMModel, kvmVMSchema);
const X86KvmCPU = nodeClass(X86KvmCPUModel, x86KvmCPUSchema);
const EchoDeviceNode = nodeClass(EchoDevice, deviceSchema);

export interface BareKvmCpuOptions {
  readonly code: readonly number[];
  /** Default: `user`, which runs natively on every host. */
  readonly mode?: GuestMode;
  readonly host?: SimulationHost;
  readonly useCoalescedMMIO?: boolean;
  readonly usePerf?: boolean;
  readonly hostFreq?: string;
  readonly coalescedMMIO?: readonly AddrRange[];
}

/** The guest and what is around it. */
export interface BareKvmCpu {
  readonly simulation: Simulation;
  readonly system: SystemModel;
  readonly cpu: X86KvmCPUModel;
  readonly vm: KvmVMModel;
  readonly device: EchoDevice;
}

/** Builds the system, with the guest about to run; the caller disposes of the simulation. */
export function aBareKvmCpu(options: BareKvmCpuOptions): BareKvmCpu {
  const { code, mode = 'user', host, useCoalescedMMIO = false, coalescedMMIO = [] } = options;
  const { usePerf = false, hostFreq = '2GHz' } = options;
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode: 'atomic_noncaching',
    kvmVm: new KvmVM({ coalescedMMIO }),
    cpu: new X86KvmCPU({ useCoalescedMMIO, usePerf, hostFreq }),
    memory: new SimpleMemory({ range: '1MiB' }),
    device: new EchoDeviceNode(),
  });
  system.cpu.dcachePort = system.device.port;
  system.cpu.icachePort = system.device.other;
  system.systemPort = system.memory.port;
  const simulation = aSimulation(host);
  simulation.instantiate(new Root({ system, fullSystem: true }));
  const model = system.simObject();
  const cpu = system.cpu.simObject();
  startGuest(model, cpu, code, mode);
  return {
    ...{ simulation, cpu, system: model },
    vm: system.kvmVm.simObject(),
    device: system.device.simObject(),
  };
}

/** Puts a guest's tables and code into memory, and a CPU at its beginning. */
export function startGuest(
  system: SystemModel,
  cpu: X86KvmCPUModel,
  code: readonly number[],
  mode: GuestMode,
): void {
  const { bytes } = system.physicalMemory.storeFor(0) ?? { bytes: new Uint8Array(0) };
  writeGuestTables(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  bytes.set(code, CODE);
  const { state } = cpu.thread;
  resetThreadState(state);
  const sregs = state.bytesOf('sregs');
  setGuestMode(new DataView(sregs.buffer, sregs.byteOffset, sregs.byteLength), mode);
  state.rip = BigInt(CODE);
  state.setGpr(RSP, BigInt(STACK_TOP));
  cpu.thread.activate();
}
