/**
 * Several X86KvmCPUs behind a crossbar, in atomic or timing mode, running hand-assembled bytes. All
 * ports and one range of addresses belong to a device that remembers.
 */
import { ioAddressBase, ioPortCount, resetThreadState } from '../../src/arch/x86/index';
import { AddrRange, type Tick } from '../../src/base/index';
import { PioDevice, pioDeviceSchema } from '../../src/dev/index';
import { PerfSoftware, PerfType } from '../../src/host/index';
import { GuestCounters } from '../../src/kvm/guestCounters';
import type { Kick } from '../../src/kvm/kickSignal';
import type { KvmEngineParts } from '../../src/kvm/kvmEngine';
import { KvmVM as KvmVMModel, kvmVMSchema } from '../../src/kvm/kvmVM';
import { X86KvmCPU as X86KvmCPUModel, x86KvmCPUSchema } from '../../src/kvm/x86KvmCPU';
import {
  CoherentXBar,
  systemXBarSchema,
  SimpleMemory as SimpleMemoryModel,
  simpleMemorySchema,
  System as SystemModel,
  systemSchema,
  type MemoryMode,
  type Packet,
} from '../../src/mem/index';
import { defineSchema, nodeClass, type Simulation } from '../../src/sim/index';
import type { GuestMode } from './bareGuest';
import { startGuest } from './bareKvmCpu';
import { Pc } from './devices';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from './simulation';

/** Where the device answers besides the ports. */
export const DEVICE_ADDRESS = 0x1000_0000;
const DEVICE_BYTES = 0x1000;
/** How long it takes, in ticks. */
export const DEVICE_TICKS = 100_000;

const recorderSchema = defineSchema('Recorder', pioDeviceSchema, {
  description: 'Remembers what is written and answers every read with a counter',
});

/** One write, as the device saw it. */
export interface RecordedWrite {
  readonly address: number;
  readonly data: readonly number[];
  readonly tick: Tick;
}

export class RecorderModel extends PioDevice {
  static override readonly schema = recorderSchema;
  readonly writes: RecordedWrite[] = [];
  /** What reads are answered with, byte by byte, counting up. */
  next = 1;
  /** Called at each write. */
  onWrite: () => void = () => undefined;

  override getAddrRanges(): readonly AddrRange[] {
    return [
      AddrRange.rangeSize(ioAddressBase, ioPortCount),
      AddrRange.rangeSize(DEVICE_ADDRESS, DEVICE_BYTES),
    ];
  }

  override read(pkt: Packet): Tick {
    const bytes = pkt.data.subarray(pkt.dataOffset, pkt.dataOffset + pkt.size);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.next++;
    pkt.makeAtomicResponse();
    return DEVICE_TICKS;
  }

  override write(pkt: Packet): Tick {
    const data = [...pkt.data.subarray(pkt.dataOffset, pkt.dataOffset + pkt.size)];
    const isPort = pkt.addr >= ioAddressBase;
    const address = isPort ? pkt.addr - ioAddressBase : pkt.addr;
    this.writes.push({ address, data, tick: this.curTick() });
    pkt.makeAtomicResponse();
    this.onWrite();
    return DEVICE_TICKS;
  }
}

const System = nodeClass(SystemModel, systemSchema);
const SimpleMemory = nodeClass(SimpleMemoryModel, simpleMemorySchema);
const SystemXBar = nodeClass(CoherentXBar, systemXBarSchema);
const KvmVM = nodeClass(KvmVMModel, kvmVMSchema);
const X86KvmCPU = nodeClass(X86KvmCPUModel, x86KvmCPUSchema);

/**
 * A CPU whose performance counters are the kernel's clock of the thread, in nanoseconds, which every
 * machine has: for cycles and for instructions.
 */
class ClockedX86KvmCPUModel extends X86KvmCPUModel {
  protected override engineParts(): KvmEngineParts {
    const { Software } = PerfType;
    const { TaskClock } = PerfSoftware;
    const source = { type: Software, cycles: TaskClock, instructions: TaskClock };
    const makeCounters = (kick: Kick): GuestCounters =>
      new GuestCounters(this.name(), kick, { ...source, excludeHost: false });
    return { makeCounters };
  }
}

const ClockedX86KvmCPU = nodeClass(ClockedX86KvmCPUModel, x86KvmCPUSchema);
const Recorder = nodeClass(RecorderModel, recorderSchema);

export interface KvmMachineOptions {
  /** What the first CPU executes. */
  readonly code: readonly number[];
  /** Default: `user`. */
  readonly mode?: GuestMode;
  /** Default: 1. The others wait for INIT and SIPI. */
  readonly cpus?: number;
  readonly memMode?: MemoryMode;
  readonly kernelChips?: 'none' | 'irqchip' | 'irqchip_pit';
  /** A read-only memory of a page, at 2 MiB, with these bytes. */
  readonly rom?: readonly number[];
  readonly coalescedMMIO?: readonly AddrRange[];
  /** Whether there is another CPU, switched out, that can take over from the first. */
  readonly spare?: boolean;
  /** What the CPUs get besides; with `usePerf` they count nanoseconds instead of instructions. */
  readonly cpu?: {
    readonly usePerf?: boolean;
    readonly alwaysSyncTC?: boolean;
    readonly usePerfOverflow?: boolean;
    readonly hostFreq?: string;
    readonly maxInstsAnyThread?: number;
  };
}

/** The machine. */
export interface KvmMachine {
  readonly simulation: Simulation;
  readonly system: SystemModel;
  readonly cpus: readonly X86KvmCPUModel[];
  /** The CPU that can take over. */
  readonly spare: X86KvmCPUModel | undefined;
  readonly vm: KvmVMModel;
  readonly device: RecorderModel;
}

/** Where the read-only memory is. */
export const ROM_ADDRESS = 0x20_0000;

/** Builds the machine, with the first CPU about to run; the caller disposes of the simulation. */
export function aKvmMachine(options: KvmMachineOptions): KvmMachine {
  const { code, mode = 'user', cpus = 1, memMode = 'atomic_noncaching', rom } = options;
  const { coalescedMMIO = [], kernelChips = 'none' } = options;
  const useCoalescedMMIO = coalescedMMIO.length > 0;
  const CPU = options.cpu?.usePerf === true ? ClockedX86KvmCPU : X86KvmCPU;
  const aCpu = (more: { cpuId: number; switchedOut?: boolean }): InstanceType<typeof X86KvmCPU> =>
    new CPU({ useCoalescedMMIO, ...options.cpu, ...more });
  const memories = [new SimpleMemory({ range: '1MiB' })];
  if (rom !== undefined) {
    const range = AddrRange.rangeSize(ROM_ADDRESS, 4096);
    memories.push(new SimpleMemory({ range, writeable: false }));
  }
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode,
    kvmVm: new KvmVM({ coalescedMMIO }),
    cpu: [
      ...Array.from({ length: cpus }, (_, cpuId) => aCpu({ cpuId })),
      ...(options.spare === true ? [aCpu({ cpuId: 0, switchedOut: true })] : []),
    ],
    membus: new SystemXBar(),
    memory: memories,
    device: new Recorder(),
    pc: new Pc({ kernelChips }),
  });
  for (const cpu of system.cpu.slice(0, cpus)) {
    cpu.dcachePort = system.membus.cpuSidePorts;
    cpu.icachePort = system.membus.cpuSidePorts;
  }
  system.systemPort = system.membus.cpuSidePorts;
  for (const memory of memories) memory.port = system.membus.memSidePorts;
  system.device.pio = system.membus.memSidePorts;
  const simulation = aSimulation();
  simulation.instantiate(new Root({ system, fullSystem: true }));
  const model = system.simObject();
  const models = system.cpu.map(cpu => cpu.simObject());
  for (const cpu of models.slice(0, cpus)) resetThreadState(cpu.thread.state, false);
  const [first] = models;
  if (first === undefined) throw new Error('a machine has a CPU');
  startGuest(model, first, code, mode);
  if (rom !== undefined) model.physicalMemory.writeBytes(ROM_ADDRESS, Uint8Array.from(rom));
  return {
    ...{ simulation, system: model, cpus: models.slice(0, cpus), spare: models[cpus] },
    vm: system.kvmVm.simObject(),
    device: system.device.simObject(),
  };
}
