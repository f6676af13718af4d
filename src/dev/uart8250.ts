/**
 * A serial interface. Sources of the behaviour: gem5 `dev/serial/uart8250.{hh,cc}` (delays of
 * interrupts); National Semiconductor PC16550D data sheet (registers, FIFOs, modem lines).
 */
import { debugFlag, dprintf } from '../base/index';
import type { Tick } from '../base/index';
import type { Packet } from '../mem/index';
import { defineSchema, EventFunctionWrapper, param, Parent } from '../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../sim/index';
import { ModemLines } from './modemLines';
import { BasicPioDevice, basicPioDeviceSchema } from './pioDevice';
import type { Platform } from './platform';
import { ReceiveFifo } from './receiveFifo';
import type { SerialDevice } from './serialDevice';
import { Fcr, Ier, Iir, Lcr, Lsr, TRIGGER_LEVELS, UartRegister } from './uartRegisters';

/** Traces the registers and interrupts of UARTs. */
export const UartFlag = debugFlag('Uart', 'Registers and interrupts of UARTs');

export const uartSchema = defineSchema('Uart', basicPioDeviceSchema, {
  description: 'Base class of serial interfaces',
  abstract: true,
  params: {
    platform: param.SimObjectOrNull<Platform>(
      'Platform',
      Parent.any,
      'board that the interrupt line leads to; NULL to leave it open',
    ),
    device: param.SimObject<SerialDevice>('SerialDevice', Parent.any, 'what hangs on the line'),
  },
});

export const uart8250Schema = defineSchema('Uart8250', uartSchema, {
  description: 'Serial interface with the registers and FIFOs of a 16550A',
  params: {
    pioSize: param.Addr(0x8, 'bytes that the device answers for'),
    irq: param.UInt8(4, 'interrupt line on the board'),
  },
});

/** Parameters of a `Uart8250`. */
export type Uart8250Params = ParamsOf<typeof uart8250Schema>;

/** From a byte to the next interrupt about it, in seconds: a driver must get out of its handler. */
const INTERRUPT_DELAY_SECONDS = 225e-9;
/** 9600 baud. */
const DIVISOR_AFTER_RESET = 12;

/**
 * A 16550A on a line without speed: a byte that is written is sent at once, and bytes to receive fill
 * the FIFO at once, so that it is always time for the interrupt that a FIFO below its trigger level
 * raises. What does not fit into the FIFO waits at the far end; only loopback overruns it.
 */
export class Uart8250 extends BasicPioDevice {
  static override readonly schema = uart8250Schema;
  declare readonly params: Uart8250Params;

  readonly #device: SerialDevice;
  readonly #platform: Platform | null;
  readonly #interruptDelay: Tick;
  readonly #transmitEvent: EventFunctionWrapper;
  readonly #receiveEvent: EventFunctionWrapper;
  readonly #fifo = new ReceiveFifo();
  readonly #modem = new ModemLines();
  #ier = 0;
  /** What was written to FCR, without the bits that clear. */
  #fcr = 0;
  #lcr = 0;
  #scratch = 0;
  #divisor = DIVISOR_AFTER_RESET;
  /** `Lsr.Errors` bits since LSR was last read. */
  #errors = 0;
  /** The holding register has become empty since IIR last said so. */
  #transmitPending = false;
  /** Bytes have waited in the FIFO for long enough. */
  #timedOut = false;
  #lineHigh = false;

  constructor(params: Uart8250Params) {
    super(params, params.pioSize);
    this.#device = params.device;
    this.#platform = params.platform;
    this.#interruptDelay = Math.round(INTERRUPT_DELAY_SECONDS * params.simulation.ticksPerSecond);
    this.#transmitEvent = new EventFunctionWrapper(() => {
      this.#transmitPending = true;
      this.#updateLine();
    }, `${params.name}.TX`);
    this.#receiveEvent = new EventFunctionWrapper(() => {
      this.#receive();
    }, `${params.name}.RX`);
    this.#device.regInterfaceCallback(() => {
      if (!this.#receiveEvent.scheduled) this.#receive();
    });
  }

  override read(pkt: Packet): Tick {
    const offset = this.offsetOf(pkt);
    for (let i = 0; i < pkt.size; i++) {
      const value = this.#readRegister(offset + i);
      if (UartFlag.enabled) this.#trace('read', offset + i, value);
      pkt.data[pkt.dataOffset + i] = value;
    }
    pkt.makeAtomicResponse();
    return this.pioDelay;
  }

  override write(pkt: Packet): Tick {
    const offset = this.offsetOf(pkt);
    for (let i = 0; i < pkt.size; i++) {
      const value = pkt.data[pkt.dataOffset + i] ?? 0;
      if (UartFlag.enabled) this.#trace('write', offset + i, value);
      this.#writeRegister(offset + i, value);
    }
    pkt.makeAtomicResponse();
    return this.pioDelay;
  }

  #readRegister(register: number): number {
    switch (register) {
      case UartRegister.Data:
        return this.#divisorLatch ? this.#divisor & 0xff : this.#readData();
      case UartRegister.Ier:
        return this.#divisorLatch ? this.#divisor >> 8 : this.#ier;
      case UartRegister.Iir:
        return this.#readIir();
      case UartRegister.Lcr:
        return this.#lcr;
      case UartRegister.Mcr:
        return this.#modem.control;
      case UartRegister.Lsr:
        return this.#readLsr();
      case UartRegister.Msr:
        return this.#readMsr();
      case UartRegister.Scratch:
        return this.#scratch;
      default:
        return 0xff; // beyond the chip's eight registers
    }
  }

  #writeRegister(register: number, value: number): void {
    switch (register) {
      case UartRegister.Data:
        if (this.#divisorLatch) this.#divisor = (this.#divisor & 0xff00) | value;
        else this.#writeData(value);
        return;
      case UartRegister.Ier:
        if (this.#divisorLatch) this.#divisor = (this.#divisor & 0xff) | (value << 8);
        else this.#writeIer(value & Ier.All);
        return;
      case UartRegister.Fcr:
        this.#writeFcr(value);
        return;
      case UartRegister.Lcr:
        this.#lcr = value;
        return;
      case UartRegister.Mcr:
        this.#modem.setControl(value);
        this.#updateLine();
        return;
      case UartRegister.Scratch:
        this.#scratch = value;
        return;
      default:
        return; // LSR and MSR are for reading only
    }
  }

  get #divisorLatch(): boolean {
    return (this.#lcr & Lcr.DLAB) !== 0;
  }

  get #fifosEnabled(): boolean {
    return (this.#fcr & Fcr.Enable) !== 0;
  }

  /** Bytes that must wait before they are an interrupt at once. */
  get #trigger(): number {
    return this.#fifosEnabled ? (TRIGGER_LEVELS[this.#fcr >> Fcr.TriggerShift] ?? 1) : 1;
  }

  #readData(): number {
    this.#receiveIfIdle();
    const byte = this.#fifo.count > 0 ? this.#fifo.shift() : 0;
    this.#timedOut = false;
    const more = this.#fifo.count > 0 || (!this.#modem.isLoop && this.#device.dataAvailable());
    if (more) this.#scheduleAfterDelay(this.#receiveEvent);
    this.#updateLine();
    return byte;
  }

  /** Fills the FIFO for a driver that polls, unless a driver that does not is to be told first. */
  #receiveIfIdle(): void {
    if (this.#fifo.count === 0 && !this.#receiveEvent.scheduled) this.#receive();
  }

  /** Fills the FIFO with what the far end has. */
  #receive(): void {
    while (!this.#modem.isLoop && !this.#fifo.isFull && this.#device.dataAvailable()) {
      this.#fifo.push(this.#device.readData());
    }
    this.#timedOut = this.#fifo.count > 0;
    this.#updateLine();
  }

  #writeData(byte: number): void {
    if (this.#modem.isLoop) this.#loopBack(byte);
    else this.#device.writeData(byte);
    this.#transmitPending = false;
    if ((this.#ier & Ier.TransmitterEmpty) !== 0) this.#scheduleAfterDelay(this.#transmitEvent);
    this.#updateLine();
  }

  #loopBack(byte: number): void {
    if (this.#fifo.isFull) {
      this.#errors |= Lsr.OverrunError;
      // Without FIFOs the new byte takes the place of the old one, with them it is lost.
      if (this.#fifosEnabled) return;
      this.#fifo.shift();
    }
    this.#fifo.push(byte);
    this.#timedOut = true;
  }

  #writeIer(ier: number): void {
    const changed = this.#ier ^ ier;
    this.#ier = ier;
    if ((changed & Ier.TransmitterEmpty) !== 0) {
      if (this.#transmitEvent.scheduled) this.deschedule(this.#transmitEvent);
      // The holding register is always empty.
      this.#transmitPending = (ier & Ier.TransmitterEmpty) !== 0;
    }
    if ((ier & Ier.ReceivedData) !== 0) this.#receiveIfIdle();
    this.#updateLine();
  }

  #writeFcr(value: number): void {
    const enable = value & Fcr.Enable;
    const toggled = enable !== (this.#fcr & Fcr.Enable);
    if (toggled || (enable !== 0 && (value & Fcr.ClearReceiver) !== 0)) {
      this.#fifo.reset(enable !== 0);
      this.#timedOut = false;
    }
    // The other bits are not taken without this one.
    this.#fcr = enable === 0 ? 0 : value & ~(Fcr.ClearReceiver | Fcr.ClearTransmitter);
    this.#updateLine();
  }

  #readLsr(): number {
    this.#receiveIfIdle();
    const lsr =
      (this.#fifo.count > 0 ? Lsr.DataReady : 0) |
      this.#errors |
      Lsr.HoldingRegisterEmpty |
      Lsr.TransmitterEmpty;
    this.#errors = 0;
    this.#updateLine();
    return lsr;
  }

  #readMsr(): number {
    const status = this.#modem.readStatus();
    this.#updateLine();
    return status;
  }

  #readIir(): number {
    const interrupt = this.#interrupt();
    if (interrupt === Iir.TransmitterEmpty) {
      this.#transmitPending = false;
      this.#updateLine();
    }
    return interrupt | (this.#fifosEnabled ? Iir.FifosEnabled : 0);
  }

  /** The `Iir` number of the most urgent interrupt there is. */
  #interrupt(): number {
    const ier = this.#ier;
    if ((ier & Ier.LineStatus) !== 0 && this.#errors !== 0) return Iir.LineStatus;
    if ((ier & Ier.ReceivedData) !== 0) {
      if (this.#fifo.count >= this.#trigger) return Iir.ReceivedData;
      if (this.#timedOut) return Iir.CharacterTimeout;
    }
    if ((ier & Ier.TransmitterEmpty) !== 0 && this.#transmitPending) return Iir.TransmitterEmpty;
    if ((ier & Ier.ModemStatus) !== 0 && this.#modem.deltas !== 0) return Iir.ModemStatus;
    return Iir.None;
  }

  #updateLine(): void {
    const high = this.#modem.interruptsConnected && this.#interrupt() !== Iir.None;
    if (high === this.#lineHigh) return;
    this.#lineHigh = high;
    if (UartFlag.enabled) {
      dprintf(UartFlag, this.curTick(), this.name(), `interrupt line ${high ? 'high' : 'low'}`);
    }
    this.#platform?.setInterruptLine(this.params.irq, high);
  }

  #scheduleAfterDelay(event: EventFunctionWrapper): void {
    this.reschedule(event, this.curTick() + this.#interruptDelay, true);
  }

  /** The interrupt controller may be a new one, which does not know the line. */
  override drainResume(): void {
    super.drainResume();
    if (this.#lineHigh) this.#platform?.setInterruptLine(this.params.irq, true);
  }

  #trace(what: string, register: number, value: number): void {
    const text = `${what} register ${String(register)}, 0x${value.toString(16)}`;
    dprintf(UartFlag, this.curTick(), this.name(), text);
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('IER', this.#ier);
    checkpoint.paramOut('FCR', this.#fcr);
    checkpoint.paramOut('LCR', this.#lcr);
    checkpoint.paramOut('MCR', this.#modem.control);
    checkpoint.paramOut('SCR', this.#scratch);
    checkpoint.paramOut('divisor', this.#divisor);
    checkpoint.paramOut('errors', this.#errors);
    checkpoint.paramOut('deltas', this.#modem.deltas);
    checkpoint.paramOut('received', this.#fifo.toArray());
    checkpoint.paramOut('transmitPending', this.#transmitPending);
    checkpoint.paramOut('timedOut', this.#timedOut);
    checkpoint.paramOut('lineHigh', this.#lineHigh);
    checkpoint.paramOut('rxintrwhen', whenOf(this.#receiveEvent));
    checkpoint.paramOut('txintrwhen', whenOf(this.#transmitEvent));
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#ier = checkpoint.number('IER');
    this.#fcr = checkpoint.number('FCR');
    this.#lcr = checkpoint.number('LCR');
    this.#modem.restore(checkpoint.number('MCR'), checkpoint.number('deltas'));
    this.#scratch = checkpoint.number('SCR');
    this.#divisor = checkpoint.number('divisor');
    this.#errors = checkpoint.number('errors');
    this.#fifo.reset(this.#fifosEnabled);
    for (const byte of checkpoint.numbers('received')) this.#fifo.push(byte);
    this.#transmitPending = checkpoint.boolean('transmitPending');
    this.#timedOut = checkpoint.boolean('timedOut');
    this.#lineHigh = checkpoint.boolean('lineHigh');
    this.#restoreEvent(this.#receiveEvent, checkpoint.number('rxintrwhen'));
    this.#restoreEvent(this.#transmitEvent, checkpoint.number('txintrwhen'));
  }

  #restoreEvent(event: EventFunctionWrapper, when: Tick): void {
    if (when !== 0) this.schedule(event, when);
  }
}

/** The tick that an event is scheduled for, 0 when it is not. */
function whenOf(event: EventFunctionWrapper): Tick {
  return event.scheduled ? event.when : 0;
}
