/** The modem control and status registers of a UART. */
import { Mcr, Msr } from './uartRegisters';

/** What a connected modem asserts. */
const CONNECTED = Msr.CTS | Msr.DSR | Msr.DCD;

/** The lines of a modem that is always there and never rings; in loopback, those of MCR. */
export class ModemLines {
  #mcr = 0;
  #deltas = 0;

  /** The modem control register. */
  get control(): number {
    return this.#mcr;
  }

  /** Which lines have changed since the status was last read: `Msr.Deltas` bits. */
  get deltas(): number {
    return this.#deltas;
  }

  /** Whether what is sent comes back. */
  get isLoop(): boolean {
    return (this.#mcr & Mcr.Loop) !== 0;
  }

  /** Whether a PC passes interrupts on: OUT2 does it, and loopback holds OUT2 down. */
  get interruptsConnected(): boolean {
    return (this.#mcr & (Mcr.OUT2 | Mcr.Loop)) === Mcr.OUT2;
  }

  /** Writes the modem control register. */
  setControl(value: number): void {
    const before = this.#lines();
    this.#mcr = value & Mcr.All;
    const now = this.#lines();
    this.#deltas |= ((before ^ now) >> 4) & ~Msr.TrailingRing;
    if ((before & ~now & Msr.RI) !== 0) this.#deltas |= Msr.TrailingRing;
  }

  /** Reads the modem status register, which forgets what has changed. */
  readStatus(): number {
    const status = this.#lines() | this.#deltas;
    this.#deltas = 0;
    return status;
  }

  /** Takes over saved registers. */
  restore(control: number, deltas: number): void {
    this.#mcr = control;
    this.#deltas = deltas;
  }

  #lines(): number {
    if (!this.isLoop) return CONNECTED;
    const mcr = this.#mcr;
    return (
      ((mcr & Mcr.RTS) !== 0 ? Msr.CTS : 0) |
      ((mcr & Mcr.DTR) !== 0 ? Msr.DSR : 0) |
      ((mcr & Mcr.OUT1) !== 0 ? Msr.RI : 0) |
      ((mcr & Mcr.OUT2) !== 0 ? Msr.DCD : 0)
    );
  }
}
