/**
 * What waits to interrupt a processor that has no local APIC of KVM's.
 *
 * Sources of the behaviour: gem5 `arch/x86/interrupts.{hh,cc}` (requestInterrupt, checkInterrupts,
 * getInterrupt), without the registers of the APIC; SDM volume 3, 6.9 and 12.8.3. Unlike there, INIT
 * comes before NMI, as the SDM has it.
 */
import { fatal, panic } from '../../base/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../../sim/index';
import { RFlags } from './flags';
import type { X86ThreadState } from './threadState';

/** How an interrupt is meant. `startup` starts a processor at page `vector` after an `init`. */
export type DeliveryMode = 'fixed' | 'nmi' | 'init' | 'startup';

/** An interrupt that a processor takes now. */
export interface Interrupt {
  readonly mode: DeliveryMode;
  /** 0 to 255; what it means depends on the mode. */
  readonly vector: number;
}

const VECTORS = 256;
/** Vectors below belong to exceptions. */
const FIRST_VECTOR = 32;

/** Interrupts requested and not yet taken, of one thread. */
export class InterruptRequests implements Serializable {
  /** One byte for each vector: whether it was requested. */
  readonly #vectors = new Uint8Array(VECTORS);
  /** The highest vector requested, -1 for none. */
  #highest = -1;
  #nmi = false;
  #init = false;
  #startup = -1;

  /**
   * Notes a request. One that waits already is not noted twice.
   * @throws {FatalError} when there is no such vector
   */
  request(vector: number, mode: DeliveryMode): void {
    if (!Number.isInteger(vector) || vector < 0 || vector >= VECTORS) {
      fatal(`there is no interrupt vector ${String(vector)}; vectors are numbered from 0 to 255`);
    }
    switch (mode) {
      case 'fixed':
        if (vector < FIRST_VECTOR) {
          fatal(`interrupt vector ${String(vector)} belongs to an exception; use 32 to 255`);
        }
        this.#vectors[vector] = 1;
        this.#highest = Math.max(this.#highest, vector);
        break;
      case 'nmi':
        this.#nmi = true;
        break;
      case 'init':
        this.#init = true;
        break;
      case 'startup':
        this.#startup = vector;
        break;
    }
  }

  /** Whether anything waits that no flag of the processor can hold off. */
  hasUnmaskable(): boolean {
    return this.#nmi || this.#init || this.hasStartup;
  }

  /** Whether a startup interrupt waits. */
  get hasStartup(): boolean {
    return this.#startup >= 0;
  }

  /** Whether anything waits, taken now or later. */
  get isPending(): boolean {
    return this.#highest >= 0 || this.hasUnmaskable();
  }

  /** Whether the processor takes something now: RFLAGS.IF and the priority in CR8 allow it. */
  isDeliverable(state: X86ThreadState): boolean {
    if (this.hasUnmaskable()) return true;
    if (this.#highest < 0 || (state.rflags & BigInt(RFlags.IF)) === 0n) return false;
    return this.#highest >> 4 > Number(state.cr8 & 0xfn);
  }

  /**
   * Takes the most urgent.
   * @throws {PanicError} when nothing waits
   */
  take(): Interrupt {
    if (this.#init) {
      this.#init = false;
      return { mode: 'init', vector: 0 };
    }
    if (this.#startup >= 0) {
      const vector = this.#startup;
      this.#startup = -1;
      return { mode: 'startup', vector };
    }
    if (this.#nmi) {
      this.#nmi = false;
      return { mode: 'nmi', vector: 2 };
    }
    const vector = this.#highest;
    if (vector < 0) panic('no interrupt waits');
    this.#vectors[vector] = 0;
    this.#highest = this.#vectors.lastIndexOf(1);
    return { mode: 'fixed', vector };
  }

  serialize(out: CheckpointOut): void {
    out.paramOut('interrupts.vectors', this.#vectors.slice());
    out.paramOut('interrupts.nmi', this.#nmi);
    out.paramOut('interrupts.init', this.#init);
    out.paramOut('interrupts.startup', this.#startup);
  }

  unserialize(from: CheckpointIn): void {
    this.#vectors.set(from.bytes('interrupts.vectors'));
    this.#highest = this.#vectors.lastIndexOf(1);
    this.#nmi = from.boolean('interrupts.nmi');
    this.#init = from.boolean('interrupts.init');
    this.#startup = from.number('interrupts.startup');
  }
}
