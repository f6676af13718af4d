/**
 * The classes that configuration scripts build their trees from, as `from m5.objects import *` in
 * gem5.
 */
import * as cpu from '../cpu/index';
import * as dev from '../dev/index';
import * as kvm from '../kvm/index';
import * as mem from '../mem/index';
import * as se from '../se/index';
import * as sim from '../sim/index';
import { nodeClass } from '../sim/index';

export { x86IOAddress, x86PciConfigRange } from '../arch/x86/index';
export { AddrRange } from '../base/index';
export { LIBRARY_FOLDERS } from '../se/index';

/** The root of the tree; `m5.instantiate` takes it. */
export const Root = nodeClass(sim.Root);
export type Root = InstanceType<typeof Root>;

/** A supply voltage. */
export const VoltageDomain = nodeClass(sim.VoltageDomain);
export type VoltageDomain = InstanceType<typeof VoltageDomain>;

/** A clock of its own. */
export const SrcClockDomain = nodeClass(sim.SrcClockDomain);
export type SrcClockDomain = InstanceType<typeof SrcClockDomain>;

/** A clock that is a division of another. */
export const DerivedClockDomain = nodeClass(sim.DerivedClockDomain);
export type DerivedClockDomain = InstanceType<typeof DerivedClockDomain>;

/** What shares an address space: memories, CPUs, and what runs on them. */
export const System = nodeClass(mem.System);
export type System = InstanceType<typeof System>;

/** Memory with a fixed latency and a limited bandwidth. */
export const SimpleMemory = nodeClass(mem.SimpleMemory);
export type SimpleMemory = InstanceType<typeof SimpleMemory>;

/** The bus between CPUs and memory. */
export const SystemXBar = nodeClass(mem.CoherentXBar, mem.systemXBarSchema);
export type SystemXBar = InstanceType<typeof SystemXBar>;

/** The bus between L1 caches and an L2 cache. */
export const L2XBar = nodeClass(mem.CoherentXBar, mem.l2XBarSchema);
export type L2XBar = InstanceType<typeof L2XBar>;

/** The bus between devices, which does not keep caches coherent. */
export const IOXBar = nodeClass(mem.NoncoherentXBar, mem.ioXBarSchema);
export type IOXBar = InstanceType<typeof IOXBar>;

/** A crossbar that does not keep caches coherent, with latencies and width to choose. */
export const NoncoherentXBar = nodeClass(mem.NoncoherentXBar);
export type NoncoherentXBar = InstanceType<typeof NoncoherentXBar>;

/** The way from one bus to another. */
export const Bridge = nodeClass(mem.Bridge);
export type Bridge = InstanceType<typeof Bridge>;

/** A PC's board: where interrupt lines lead, and which chips KVM emulates. */
export const Pc = nodeClass(dev.Pc);
export type Pc = InstanceType<typeof Pc>;

/** A serial interface. */
export const Uart8250 = nodeClass(dev.Uart8250);
export type Uart8250 = InstanceType<typeof Uart8250>;

/** A terminal on a serial line. */
export const Terminal = nodeClass(dev.Terminal);
export type Terminal = InstanceType<typeof Terminal>;

/** A serial line that leads nowhere. */
export const SerialNullDevice = nodeClass(dev.SerialNullDevice);
export type SerialNullDevice = InstanceType<typeof SerialNullDevice>;

/** A device that answers, and does nothing else. */
export const IsaFake = nodeClass(dev.IsaFake);
export type IsaFake = InstanceType<typeof IsaFake>;

/** Answers that there is nothing at an address. */
export const BadAddr = nodeClass(dev.IsaFake, dev.badAddrSchema);
export type BadAddr = InstanceType<typeof BadAddr>;

/** A device whose use ends the simulation. */
export const BadDevice = nodeClass(dev.BadDevice);
export type BadDevice = InstanceType<typeof BadDevice>;

/** A port through which a guest ends the run. */
export const IsaDebugExit = nodeClass(dev.IsaDebugExit);
export type IsaDebugExit = InstanceType<typeof IsaDebugExit>;

/** Tells a guest without firmware about the machine. */
export const QemuFwCfgIo = nodeClass(dev.QemuFwCfgIo);
export type QemuFwCfgIo = InstanceType<typeof QemuFwCfgIo>;

/** No program: for systems that only generate traffic. */
export const StubWorkload = nodeClass(mem.StubWorkload);
export type StubWorkload = InstanceType<typeof StubWorkload>;

/** A program without an operating system. */
export const X86BareMetalWorkload = nodeClass(cpu.BareMetalWorkload);
export type X86BareMetalWorkload = InstanceType<typeof X86BareMetalWorkload>;

/** A CPU that executes an instruction each cycle, in software. */
export const AtomicSimpleCPU = nodeClass(cpu.AtomicSimpleCPU);
export type AtomicSimpleCPU = InstanceType<typeof AtomicSimpleCPU>;

/** The atomic CPU that goes past all caches. */
export const NonCachingSimpleCPU = nodeClass(cpu.NonCachingSimpleCPU);
export type NonCachingSimpleCPU = InstanceType<typeof NonCachingSimpleCPU>;

/** A CPU whose accesses to memory are packets that take their time. */
export const TimingSimpleCPU = nodeClass(cpu.TimingSimpleCPU);
export type TimingSimpleCPU = InstanceType<typeof TimingSimpleCPU>;

/** A virtual machine of the host's KVM. */
export const KvmVM = nodeClass(kvm.KvmVM);
export type KvmVM = InstanceType<typeof KvmVM>;

/** A CPU that runs on the host's own, through KVM. */
export const X86KvmCPU = nodeClass(kvm.X86KvmCPU);
export type X86KvmCPU = InstanceType<typeof X86KvmCPU>;

/** A program that runs on emulated system calls. */
export const Process = nodeClass(se.Process);
export type Process = InstanceType<typeof Process>;

/** x86-64 Linux, emulated for programs. */
export const X86EmuLinux = nodeClass(se.X86EmuLinux);
export type X86EmuLinux = InstanceType<typeof X86EmuLinux>;

/** Chooses the operating system that a program needs. */
export const SEWorkload = {
  /**
   * The workload for a program.
   * @param path - the program's file.
   * @throws {FatalError} when no workload can run it, saying why.
   */
  initCompatible(path: string): X86EmuLinux {
    se.checkProgram(path);
    return new X86EmuLinux();
  },
};
