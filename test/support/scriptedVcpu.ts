/** A vCPU that plays a script instead of running a guest, and remembers what was done to it. */
import type { CpuidLeaf } from '../../src/arch/x86/index';
import { kvmSyncRegs } from '../../src/kvm/abiVcpu';
import { CoalescedRing } from '../../src/kvm/coalescedRing';
import type { VcpuExit } from '../../src/kvm/exits';
import type { RefusedMsr, VcpuPort } from '../../src/kvm/vcpu';
import { VCPU_STATE, type VcpuStateName } from '../../src/kvm/vcpuState';

/** What a vCPU was asked, in order: `run`, `read regs`, `write xsave`, `interrupt 32`. */
export type VcpuLog = string[];

export class ScriptedVcpu implements VcpuPort {
  readonly log: VcpuLog = [];
  readonly syncRegs = new Uint8Array(kvmSyncRegs.size);
  readonly parts: Record<VcpuStateName, Uint8Array>;
  readonly msrs = new Map<number, bigint>();
  readonly refusedMsrs = new Set<number>();
  readyForInterruptInjection = true;
  cr8 = 0;
  apicBase = 0xfee00900n;
  immediateExit = false;
  interruptWindowRequest = false;
  validSyncRegs = 0;
  dirtySyncRegs = 0;
  disposed = false;
  runNs = NaN;
  readonly clock = 'a script';
  cpuid: readonly CpuidLeaf[] = [];
  /** What each run does; the last goes on for ever. */
  readonly #script: (() => VcpuExit)[];

  /** @param script - exits, or functions that act before they exit */
  constructor(script: readonly (VcpuExit | (() => VcpuExit))[] = [{ kind: 'hlt' }]) {
    this.#script = script.map(exit => (typeof exit === 'function' ? exit : () => exit));
    const parts = Object.entries(VCPU_STATE).map(([name, { size }]) => [
      name,
      new Uint8Array(size),
    ]);
    this.parts = Object.fromEntries(parts) as Record<VcpuStateName, Uint8Array>;
  }

  run(): VcpuExit {
    this.log.push(this.immediateExit ? 'half run' : 'run');
    if (this.dirtySyncRegs !== 0) this.log.push(`took sync regs ${String(this.dirtySyncRegs)}`);
    this.dirtySyncRegs = 0;
    if (this.immediateExit) return { kind: 'interrupted' };
    const next = this.#script.length > 1 ? this.#script.shift() : this.#script[0];
    if (next === undefined) throw new Error('the script is empty');
    return next();
  }

  setImmediateExit(on: boolean): void {
    this.immediateExit = on;
  }

  setInterruptWindowRequest(on: boolean): void {
    this.interruptWindowRequest = on;
  }

  setValidSyncRegs(sets: number): void {
    this.validSyncRegs = sets;
  }

  setDirtySyncRegs(sets: number): void {
    this.dirtySyncRegs = sets;
  }

  read(name: VcpuStateName, into: Uint8Array): void {
    this.log.push(`read ${name}`);
    into.set(this.parts[name]);
  }

  write(name: VcpuStateName, from: Uint8Array): void {
    this.log.push(`write ${name}`);
    this.parts[name].set(from.subarray(0, this.parts[name].length));
  }

  readMsrs(indices: readonly number[], into: BigUint64Array): RefusedMsr[] {
    this.log.push(`read ${String(indices.length)} MSRs`);
    for (const [i, index] of indices.entries()) {
      if (!this.refusedMsrs.has(index)) into[i] = this.msrs.get(index) ?? 0n;
    }
    return this.#refused(indices);
  }

  writeMsrs(indices: readonly number[], from: BigUint64Array): RefusedMsr[] {
    this.log.push(`write ${String(indices.length)} MSRs`);
    for (const [i, index] of indices.entries()) {
      if (!this.refusedMsrs.has(index)) this.msrs.set(index, from[i] ?? 0n);
    }
    return this.#refused(indices);
  }

  setCpuid(entries: readonly CpuidLeaf[]): void {
    this.log.push('set CPUID');
    this.cpuid = entries;
  }

  setSignalMask(blocked: bigint): void {
    this.log.push(`signal mask ${blocked.toString(16)}`);
  }

  interrupt(vector: number): void {
    this.log.push(`interrupt ${String(vector)}`);
  }

  nonMaskableInterrupt(): void {
    this.log.push('nmi');
  }

  /** Where the ring lies, for tests that put stores into it. */
  readonly ringPage = new DataView(new ArrayBuffer(4096));

  coalescedRing(): CoalescedRing {
    return new CoalescedRing(this.ringPage, 0);
  }

  dispose(): void {
    this.disposed = true;
  }

  #refused(indices: readonly number[]): RefusedMsr[] {
    return indices.filter(index => this.refusedMsrs.has(index)).map(index => ({ index }));
  }
}
