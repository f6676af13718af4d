/**
 * The state of the devices that KVM has in the kernel for one VM: interrupt controllers, interval
 * timer, paravirtual clock. Local APICs belong to the vCPUs.
 *
 * Source: KVM API sections 4.26 and 4.27 (interrupt controllers), 4.29 and 4.30 (clock), 4.71 and 4.72
 * (interval timer).
 */
import type { HostPointer } from '../host/index';
import { EventFunctionWrapper, EventPriority } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Drainable, Serializable, SimObject } from '../sim/index';
import * as abi from './abi';
import { kvmClockData, kvmIrqchip, kvmPitState2 } from './abiVm';
import { KvmError } from './kvmError';

/** The VM that the devices belong to. */
export interface DeviceOwner extends SimObject {
  /** @throws {KvmError} when the kernel refuses */
  ioctl(request: number, argument: HostPointer): number;
  hasKernelIRQChip(): boolean;
}

/** Master PIC, slave PIC, I/O APIC: the kernel's numbers of them. */
const CHIPS = [0, 1, 2];

/** Fetches the state when the simulation drains, and gives it to a VM that is new. */
export class KernelDevices implements Drainable, Serializable {
  readonly #vm: DeviceOwner;
  readonly #pushEvent: EventFunctionWrapper;
  #chips: Uint8Array[] = [];
  #pit: Uint8Array | null = null;
  #clock: bigint | null = null;
  /** Whether the kernel has yet to get what is here. */
  #isNewer = false;

  constructor(vm: DeviceOwner) {
    this.#vm = vm;
    const push = (): void => {
      this.#push();
    };
    const { Minimum_Pri } = EventPriority;
    this.#pushEvent = new EventFunctionWrapper(push, `${vm.name()}.devices`, false, Minimum_Pri);
    vm.simulation.drainManager.register(this);
  }

  name(): string {
    return `${this.#vm.name()}.devices`;
  }

  /** While there still is a VM that can be asked: a child of a fork cannot ask that of its parent. */
  drain(): 'Drained' {
    if (!this.#isNewer) this.#pull();
    return 'Drained';
  }

  drainResume(): void {
    // Not now: the vCPUs may have to be made first.
    if (this.#isNewer) this.#vm.reschedule(this.#pushEvent, this.#vm.curTick(), true);
  }

  notifyFork(): void {
    this.#isNewer = true;
  }

  #pull(): void {
    const vm = this.#vm;
    this.#chips = (vm.hasKernelIRQChip() ? CHIPS : []).flatMap(id => {
      const chip = new Uint8Array(kvmIrqchip.size);
      new DataView(chip.buffer).setUint32(kvmIrqchip.offset.chip_id, id, true);
      return this.#try(abi.KVM_GET_IRQCHIP, chip) ? [chip] : [];
    });
    this.#pit = this.#readPit();
    const clock = new DataView(new ArrayBuffer(kvmClockData.size));
    const hasClock = this.#try(abi.KVM_GET_CLOCK, clock);
    this.#clock = hasClock ? clock.getBigUint64(kvmClockData.offset.clock, true) : null;
  }

  #readPit(): Uint8Array | null {
    const pit = new Uint8Array(kvmPitState2.size);
    return this.#vm.hasKernelIRQChip() && this.#try(abi.KVM_GET_PIT2, pit) ? pit : null;
  }

  /** @returns false for a device that this VM, or this kernel, does not have */
  #try(request: number, argument: HostPointer): boolean {
    try {
      this.#vm.ioctl(request, argument);
      return true;
    } catch (error) {
      if (error instanceof KvmError) return false;
      throw error;
    }
  }

  #push(): void {
    this.#isNewer = false;
    const vm = this.#vm;
    if (this.#clock !== null) {
      const clock = new DataView(new ArrayBuffer(kvmClockData.size));
      clock.setBigUint64(kvmClockData.offset.clock, this.#clock, true);
      this.#try(abi.KVM_SET_CLOCK, clock);
    }
    if (!vm.hasKernelIRQChip()) return;
    for (const chip of this.#chips) vm.ioctl(abi.KVM_SET_IRQCHIP, chip);
    // Last: it may raise an interrupt at once.
    if (this.#pit !== null) vm.ioctl(abi.KVM_SET_PIT2, this.#pit);
  }

  serialize(out: CheckpointOut): void {
    out.paramOut('irqChips', this.#chips.length);
    for (const [id, chip] of this.#chips.entries()) out.paramOut(`irqChip${String(id)}`, chip);
    if (this.#pit !== null) out.paramOut('pit', this.#pit);
    if (this.#clock !== null) out.paramOut('clock', this.#clock);
  }

  unserialize(from: CheckpointIn): void {
    const count = from.number('irqChips');
    if (count !== 0 && count !== CHIPS.length) from.fail(`there are ${String(count)} irqChips`);
    this.#chips = CHIPS.slice(0, count).map(id => {
      const chip = from.bytes(`irqChip${String(id)}`);
      return chip.length === kvmIrqchip.size
        ? chip
        : from.fail('an interrupt controller is damaged');
    });
    this.#pit = from.has('pit') ? from.bytes('pit') : null;
    if (this.#pit !== null && this.#pit.length !== kvmPitState2.size) {
      from.fail('the interval timer is damaged');
    }
    this.#checkDevices(from, 'interrupt controllers', count > 0, this.#vm.hasKernelIRQChip());
    this.#checkDevices(from, 'interval timer', this.#pit !== null, this.#readPit() !== null);
    this.#clock = from.has('clock') ? from.bigint('clock') : null;
    this.#isNewer = true;
  }

  /** State must not be dropped, and a guest that runs would not expect devices that are new. */
  #checkDevices(from: CheckpointIn, what: string, isSaved: boolean, isThere: boolean): void {
    if (isSaved === isThere) return;
    const [saved, built] = isSaved ? ['has', 'lacks'] : ['lacks', 'has'];
    from.fail(
      `the checkpoint ${saved} KVM's ${what}, which this machine ${built}; build it with the ` +
        'kernelChips that it was saved with',
    );
  }
}
