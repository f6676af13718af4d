/**
 * How interrupts reach a thread whose local APIC is not in the kernel: at an entry at which the guest
 * can take one, or else through an interrupt window.
 *
 * Source of the behaviour: gem5 `arch/x86/kvm/x86_cpu.cc` (deliverInterrupts, kvmRun).
 */
import {
  initThreadState,
  MpState,
  startThreadAt,
  type Interrupt,
  type X86ThreadState,
} from '../arch/x86/index';
import type { VcpuPort } from './vcpu';

/** The CPU that the interrupts are for. */
export interface InterruptedCPU {
  state(): X86ThreadState;
  vcpu(): VcpuPort;
  /** Brings the registers here. */
  syncThreadState(): void;
  /** Has KVM complete an access that it waits to complete, and brings the registers here. */
  completeAccess(): void;
  /** Gives the vCPU all that was changed here, by requests. */
  pushNow(): void;
  /** Lets the thread wait for a startup interrupt. */
  suspend(): void;
  /** An interrupt is about to be delivered. */
  noteDelivery(interrupt: Interrupt): void;
}

/** Whether the thread runs only when a startup interrupt has come. */
export function waitsForStartup(state: X86ThreadState): boolean {
  const { mpState } = state;
  return mpState === MpState.Uninitialized || mpState === MpState.InitReceived;
}

/** Delivers what is requested of one CPU. */
export class X86Interrupts {
  readonly #cpu: InterruptedCPU;

  constructor(cpu: InterruptedCPU) {
    this.#cpu = cpu;
  }

  /** To be called before each entry. May suspend the thread. */
  deliver(): void {
    const { interrupts } = this.#cpu.state();
    if (!interrupts.isPending) {
      this.#cpu.vcpu().setInterruptWindowRequest(false);
      return;
    }
    if (!interrupts.hasUnmaskable() && !this.#cpu.vcpu().readyForInterruptInjection) {
      this.#cpu.vcpu().setInterruptWindowRequest(true);
      return;
    }
    // KVM is wrong where the registers have been changed since, so they say the last word.
    this.#cpu.syncThreadState();
    while (interrupts.isDeliverable(this.#cpu.state())) {
      if (this.#deliverOne(interrupts.take())) break;
    }
    this.#cpu.vcpu().setInterruptWindowRequest(interrupts.isPending);
  }

  /** Whether a waiting thread has something to wake up for; its registers are here. */
  hasDeliverable(): boolean {
    const state = this.#cpu.state();
    return state.interrupts.isPending && state.interrupts.isDeliverable(state);
  }

  /** @returns whether there can be no other at this entry */
  #deliverOne(interrupt: Interrupt): boolean {
    const state = this.#cpu.state();
    this.#cpu.noteDelivery(interrupt);
    switch (interrupt.mode) {
      case 'fixed':
        // What was changed here goes first: it may hold events that would undo the injection.
        this.#cpu.pushNow();
        this.#cpu.vcpu().interrupt(interrupt.vector);
        return true;
      case 'nmi':
        this.#cpu.pushNow();
        this.#cpu.vcpu().nonMaskableInterrupt();
        return true;
      case 'init':
        // Completed after the reset, a load would change a register of it, and RIP.
        this.#cpu.completeAccess();
        initThreadState(state);
        state.mpState = MpState.InitReceived;
        if (state.interrupts.hasStartup) return false;
        this.#cpu.suspend();
        return true;
      case 'startup':
        if (!waitsForStartup(state)) return false;
        startThreadAt(state, interrupt.vector);
        state.mpState = MpState.Runnable;
        return false;
    }
  }
}
