/**
 * The registers of a 16550A and their bits. Source: National Semiconductor PC16550D data sheet,
 * section 8.
 */

/** Offsets of the registers. Some mean one thing to a read and another to a write. */
export const UartRegister = {
  /** Received bytes; written: bytes to send; with `Lcr.DLAB`: the divisor's low byte. */
  Data: 0,
  /** Which interrupts are wanted; with `Lcr.DLAB`: the divisor's high byte. */
  Ier: 1,
  /** Read: which interrupt there is. */
  Iir: 2,
  /** Written: what the FIFOs do. */
  Fcr: 2,
  Lcr: 3,
  Mcr: 4,
  Lsr: 5,
  Msr: 6,
  Scratch: 7,
} as const;

/** Interrupt enable register. */
export const Ier = {
  ReceivedData: 0x01,
  TransmitterEmpty: 0x02,
  LineStatus: 0x04,
  ModemStatus: 0x08,
  All: 0x0f,
} as const;

/** Interrupt identification register, the low four bits. */
export const Iir = {
  ModemStatus: 0x00,
  None: 0x01,
  TransmitterEmpty: 0x02,
  ReceivedData: 0x04,
  LineStatus: 0x06,
  /** Bytes wait in the FIFO, fewer than its trigger level, and no more have come for a while. */
  CharacterTimeout: 0x0c,
  /** Or-ed to the others while FIFOs are enabled. */
  FifosEnabled: 0xc0,
} as const;

/** FIFO control register. */
export const Fcr = {
  Enable: 0x01,
  ClearReceiver: 0x02,
  ClearTransmitter: 0x04,
  TriggerShift: 6,
} as const;

/** Line control register. */
export const Lcr = { DLAB: 0x80 } as const;

/** Modem control register. */
export const Mcr = {
  DTR: 0x01,
  RTS: 0x02,
  OUT1: 0x04,
  /** On a PC, connects the interrupt output to the interrupt controller. */
  OUT2: 0x08,
  Loop: 0x10,
  All: 0x1f,
} as const;

/** Line status register. */
export const Lsr = {
  DataReady: 0x01,
  OverrunError: 0x02,
  /** Overrun, parity, framing, break: what the line status interrupt is about. */
  Errors: 0x1e,
  HoldingRegisterEmpty: 0x20,
  TransmitterEmpty: 0x40,
} as const;

/** Modem status register; the four low bits say which of the four high ones have changed. */
export const Msr = {
  Deltas: 0x0f,
  /** The trailing edge of RI: the one delta that is not for both edges. */
  TrailingRing: 0x04,
  CTS: 0x10,
  DSR: 0x20,
  RI: 0x40,
  DCD: 0x80,
  Lines: 0xf0,
} as const;

/** Bytes in each FIFO. */
export const FIFO_BYTES = 16;

/** Bytes that must wait for an interrupt, by the two trigger bits of FCR. */
export const TRIGGER_LEVELS: readonly number[] = [1, 4, 8, 14];
