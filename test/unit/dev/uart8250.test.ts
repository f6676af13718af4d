import { expect } from 'chai';
import { FatalError, PanicError } from '../../../src/base/index';
import { Fcr, Ier, Iir, Lcr, Lsr, Mcr, Msr, UartRegister } from '../../../src/dev/uartRegisters';
import type { Uart8250 as Uart8250Model } from '../../../src/dev/index';
import { NULL, type Simulation } from '../../../src/sim/index';
import {
  aDeviceBench,
  restoreState,
  savedState,
  TestPlatform,
  TestSerial,
  Uart8250,
} from '../../support/devices';
import type { TestPlatformModel, TestSerialModel } from '../../support/devices';
import type { TestRequestorModel } from '../../support/memory';

const BASE = 0x3f8;
const IDLE = Lsr.HoldingRegisterEmpty | Lsr.TransmitterEmpty;
const { Data, Ier: IER, Iir: IIR, Fcr: FCR, Lcr: LCR, Mcr: MCR, Lsr: LSR, Msr: MSR } = UartRegister;
const FIFOS = Fcr.Enable;
/** Longer than the delay of an interrupt, in ticks. */
const SOON = 300_000;

class Bench {
  readonly simulation: Simulation;
  readonly cpu: TestRequestorModel;
  readonly uart: Uart8250Model;
  readonly line: TestSerialModel;
  readonly board: TestPlatformModel;

  constructor() {
    const line = new TestSerial();
    const platform = new TestPlatform();
    const device = new Uart8250({ pioAddr: BASE, device: line, platform });
    const { simulation, cpu, device: uart } = aDeviceBench(device);
    this.simulation = simulation;
    this.cpu = cpu;
    this.uart = uart;
    this.line = line.simObject();
    this.board = platform.simObject();
  }

  read(register: number): number {
    return this.cpu.read(BASE + register, 1)[0]!;
  }

  write(register: number, value: number): void {
    this.cpu.write(BASE + register, [value]);
  }

  /** The most urgent interrupt, without the bits that say that there are FIFOs. */
  interrupt(): number {
    return this.read(IIR) & 0x0f;
  }

  /** Lets interrupts come, and says what the interrupt line has done since the last time. */
  later(): string[] {
    this.simulation.simulate(SOON);
    return this.board.journal.splice(0);
  }

  lineEvents(): string[] {
    return this.board.journal.splice(0);
  }
}

describe('Uart8250 registers', () => {
  it('are clear after reset, with an empty transmitter and a modem that is there', () => {
    const bench = new Bench();
    const values = [IER, IIR, LCR, MCR, LSR, MSR].map(register => bench.read(register));
    expect(values).to.deep.equal([0, Iir.None, 0, 0, IDLE, Msr.CTS | Msr.DSR | Msr.DCD]);
  });

  it('show the divisor instead of data and interrupts while DLAB is set', () => {
    const bench = new Bench();
    bench.write(IER, Ier.LineStatus);
    bench.write(LCR, Lcr.DLAB | 3);
    expect([bench.read(Data), bench.read(IER)]).to.deep.equal([12, 0]);
    bench.write(Data, 0x34);
    bench.write(IER, 0x12);
    expect([bench.read(Data), bench.read(IER)]).to.deep.equal([0x34, 0x12]);
    bench.write(LCR, 3);
    expect(bench.read(IER)).to.equal(Ier.LineStatus);
    expect(bench.line.written).to.deep.equal([]);
  });

  it('keep what is written to the scratch register', () => {
    const bench = new Bench();
    bench.write(UartRegister.Scratch, 0xa5);
    expect(bench.read(UartRegister.Scratch)).to.equal(0xa5);
  });

  it('have only the bits that the chip has', () => {
    const bench = new Bench();
    bench.write(IER, 0xff);
    bench.write(MCR, 0xff);
    expect([bench.read(IER), bench.read(MCR)]).to.deep.equal([0x0f, 0x1f]);
  });

  it('ignore writes to the status registers', () => {
    const bench = new Bench();
    bench.write(LSR, 0);
    bench.write(MSR, 0);
    expect([bench.read(LSR), bench.read(MSR)]).to.deep.equal([IDLE, 0xb0]);
  });

  it('are reached one after the other by a wide access', () => {
    const bench = new Bench();
    bench.cpu.write(BASE + LCR, [0x1b, Mcr.DTR]);
    expect(bench.cpu.read(BASE + LCR, 2)).to.deep.equal([0x1b, Mcr.DTR]);
  });

  it('do not reach beyond the device', () => {
    const bench = new Bench();
    const pkt = bench.cpu.readPacket(BASE + 7, 2);
    expect(() => bench.uart.read(pkt)).to.throw(PanicError, 'does not answer for all of');
  });
});

describe('Uart8250 sending', () => {
  it('passes each byte on at once', () => {
    const bench = new Bench();
    for (const byte of [0x68, 0x69, 0x0a]) bench.write(Data, byte);
    expect(bench.line.written).to.deep.equal([0x68, 0x69, 0x0a]);
    expect(bench.read(LSR)).to.equal(IDLE);
  });

  it('interrupts at once when the interrupt is enabled, and never before OUT2 is set', () => {
    const bench = new Bench();
    bench.write(IER, Ier.TransmitterEmpty);
    expect(bench.lineEvents()).to.deep.equal([]);
    bench.write(MCR, Mcr.OUT2);
    expect(bench.lineEvents()).to.deep.equal(['4 high']);
  });

  it('ends the interrupt when IIR tells of it', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.OUT2);
    bench.write(IER, Ier.TransmitterEmpty);
    expect(bench.interrupt()).to.equal(Iir.TransmitterEmpty);
    expect(bench.interrupt()).to.equal(Iir.None);
    expect(bench.later()).to.deep.equal(['4 high', '4 low']);
  });

  it('interrupts again some time after a byte', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.OUT2);
    bench.write(IER, Ier.TransmitterEmpty);
    bench.write(Data, 0x41);
    expect(bench.lineEvents()).to.deep.equal(['4 high', '4 low']);
    expect(bench.interrupt()).to.equal(Iir.None);
    expect(bench.later()).to.deep.equal(['4 high']);
    expect(bench.interrupt()).to.equal(Iir.TransmitterEmpty);
  });

  it('forgets the interrupt when it is disabled', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.OUT2);
    bench.write(IER, Ier.TransmitterEmpty);
    bench.write(Data, 0x41);
    bench.write(IER, 0);
    bench.lineEvents();
    expect(bench.later()).to.deep.equal([]);
  });
});

describe('Uart8250 receiving', () => {
  it('hands out one byte after the other to a driver that polls', () => {
    const bench = new Bench();
    bench.line.type(1, 2, 3);
    const received: number[] = [];
    for (let i = 0; i < 10; i++) {
      if ((bench.read(LSR) & Lsr.DataReady) !== 0) received.push(bench.read(Data));
      bench.later();
    }
    expect(received).to.deep.equal([1, 2, 3]);
  });

  it('reads as 0 when there is nothing', () => {
    expect(new Bench().read(Data)).to.equal(0);
  });

  it('interrupts when a byte comes, until it is read', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.OUT2);
    bench.write(IER, Ier.ReceivedData);
    bench.line.type(0x41);
    expect(bench.lineEvents()).to.deep.equal(['4 high']);
    expect(bench.interrupt()).to.equal(Iir.ReceivedData);
    expect(bench.read(Data)).to.equal(0x41);
    expect(bench.later()).to.deep.equal(['4 low']);
  });

  it('interrupts for each byte without FIFOs, some time after the one before was read', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.OUT2);
    bench.write(IER, Ier.ReceivedData);
    bench.line.type(1, 2);
    bench.read(Data);
    expect(bench.read(LSR) & Lsr.DataReady).to.equal(0);
    expect(bench.later()).to.deep.equal(['4 high', '4 low', '4 high']);
    expect(bench.read(Data)).to.equal(2);
  });

  it('tells of data that was there before the interrupt was enabled', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.OUT2);
    bench.line.type(1);
    bench.write(IER, Ier.ReceivedData);
    expect(bench.lineEvents()).to.deep.equal(['4 high']);
  });

  it('holds sixteen bytes with FIFOs, and leaves the rest at the far end', () => {
    const bench = new Bench();
    bench.write(FCR, FIFOS);
    bench.line.type(...Array.from({ length: 20 }, (_, i) => i));
    const first: number[] = [];
    while ((bench.read(LSR) & Lsr.DataReady) !== 0) first.push(bench.read(Data));
    expect(first).to.have.length(16);
    bench.later();
    const rest: number[] = [];
    while ((bench.read(LSR) & Lsr.DataReady) !== 0) rest.push(bench.read(Data));
    expect(rest).to.deep.equal([16, 17, 18, 19]);
  });

  it('says that fewer bytes than the trigger level have timed out', () => {
    const bench = new Bench();
    bench.write(FCR, FIFOS | (2 << Fcr.TriggerShift)); // 8 bytes
    bench.write(IER, Ier.ReceivedData);
    bench.line.type(1, 2, 3);
    expect(bench.read(IIR)).to.equal(Iir.FifosEnabled | Iir.CharacterTimeout);
    bench.read(Data);
    expect(bench.interrupt()).to.equal(Iir.None);
    bench.later();
    expect(bench.interrupt()).to.equal(Iir.CharacterTimeout);
  });

  it('goes on interrupting while the trigger level is reached', () => {
    const bench = new Bench();
    bench.write(FCR, FIFOS | (1 << Fcr.TriggerShift)); // 4 bytes
    bench.write(IER, Ier.ReceivedData);
    bench.line.type(1, 2, 3, 4, 5);
    expect(bench.read(IIR)).to.equal(Iir.FifosEnabled | Iir.ReceivedData);
    bench.read(Data);
    expect(bench.interrupt()).to.equal(Iir.ReceivedData);
    bench.read(Data);
    expect(bench.interrupt()).to.equal(Iir.None);
  });

  it('forgets what it holds when the FIFO is cleared or switched', () => {
    const bench = new Bench();
    bench.write(FCR, FIFOS);
    for (const value of [FIFOS | Fcr.ClearReceiver, 0, FIFOS]) {
      bench.line.type(1);
      bench.write(FCR, value);
      expect(bench.read(LSR) & Lsr.DataReady, String(value)).to.equal(0);
    }
    expect(bench.read(IIR) & Iir.FifosEnabled).to.equal(Iir.FifosEnabled);
  });
});

describe('Uart8250 loopback', () => {
  it('receives what it sends, and sends nothing', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.Loop);
    bench.write(Data, 0x55);
    expect(bench.line.written).to.deep.equal([]);
    expect(bench.read(LSR)).to.equal(IDLE | Lsr.DataReady);
    expect(bench.read(Data)).to.equal(0x55);
  });

  it('overruns, and says so once', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.Loop);
    bench.write(IER, Ier.LineStatus);
    bench.write(Data, 1);
    bench.write(Data, 2);
    expect(bench.interrupt()).to.equal(Iir.LineStatus);
    expect(bench.read(LSR)).to.equal(IDLE | Lsr.DataReady | Lsr.OverrunError);
    expect(bench.interrupt()).to.equal(Iir.None);
    expect(bench.read(LSR)).to.equal(IDLE | Lsr.DataReady);
    expect(bench.read(Data)).to.equal(2);
  });

  it('loses the new byte when the FIFO is full', () => {
    const bench = new Bench();
    bench.write(FCR, FIFOS);
    bench.write(MCR, Mcr.Loop);
    for (let i = 0; i < 17; i++) bench.write(Data, i);
    expect(bench.read(LSR) & Lsr.OverrunError).to.equal(Lsr.OverrunError);
    const received = Array.from({ length: 16 }, () => bench.read(Data));
    expect(received).to.deep.equal(Array.from({ length: 16 }, (_, i) => i));
  });

  it('leads the outputs of MCR to the inputs of MSR, and notes what changes', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.Loop | Mcr.RTS | Mcr.OUT2);
    // DSR has fallen; CTS and DCD are as before, since a connected modem asserts them.
    expect(bench.read(MSR)).to.equal(Msr.CTS | Msr.DCD | 0x02);
    expect(bench.read(MSR)).to.equal(Msr.CTS | Msr.DCD);
    bench.write(MCR, Mcr.Loop | Mcr.OUT1);
    expect(bench.read(MSR)).to.equal(Msr.RI | 0x01 | 0x08);
    bench.write(MCR, Mcr.Loop);
    expect(bench.read(MSR)).to.equal(Msr.TrailingRing);
  });

  it('reports changes of the modem lines by an interrupt that reading MSR ends', () => {
    const bench = new Bench();
    bench.write(IER, Ier.ModemStatus);
    bench.write(MCR, Mcr.Loop);
    expect(bench.interrupt()).to.equal(Iir.ModemStatus);
    bench.read(MSR);
    expect(bench.interrupt()).to.equal(Iir.None);
  });

  it('keeps the interrupt line down', () => {
    const bench = new Bench();
    bench.write(IER, Ier.TransmitterEmpty);
    bench.write(MCR, Mcr.Loop | Mcr.OUT2);
    expect(bench.later()).to.deep.equal([]);
  });
});

describe('Uart8250 interrupts', () => {
  it('come in the order of their urgency', () => {
    const bench = new Bench();
    bench.write(IER, Ier.All);
    bench.write(MCR, Mcr.Loop); // modem lines change
    bench.write(Data, 1);
    bench.write(Data, 2); // overrun, and data
    bench.later(); // transmitter empty
    const order: number[] = [];
    for (const end of [LSR, Data, IIR, MSR]) {
      order.push(bench.interrupt());
      // Reading IIR has ended the one interrupt that it ends.
      if (end !== IIR) bench.read(end);
    }
    expect(order).to.deep.equal([
      Iir.LineStatus,
      Iir.ReceivedData,
      Iir.TransmitterEmpty,
      Iir.ModemStatus,
    ]);
    expect(bench.interrupt()).to.equal(Iir.None);
  });

  it('do without a board', () => {
    const device = new Uart8250({ pioAddr: BASE, device: new TestSerial(), platform: NULL });
    const { cpu } = aDeviceBench(device);
    cpu.write(BASE + MCR, [Mcr.OUT2]);
    cpu.write(BASE + IER, [Ier.TransmitterEmpty]);
    expect(cpu.read(BASE + IIR, 1)).to.deep.equal([Iir.TransmitterEmpty]);
  });

  it('use the line that the script says', () => {
    const board = new TestPlatform();
    const device = new Uart8250({
      pioAddr: BASE,
      device: new TestSerial(),
      platform: board,
      irq: 3,
    });
    const { cpu } = aDeviceBench(device);
    cpu.write(BASE + MCR, [Mcr.OUT2]);
    cpu.write(BASE + IER, [Ier.TransmitterEmpty]);
    expect(board.simObject().journal).to.deep.equal(['3 high']);
  });

  it('drive the line again after a drain, for a controller that is new', () => {
    const bench = new Bench();
    bench.write(MCR, Mcr.OUT2);
    bench.write(IER, Ier.TransmitterEmpty);
    bench.simulation.drain();
    bench.lineEvents();
    expect(bench.later()).to.deep.equal(['4 high']);
  });
});

describe('Uart8250 checkpoints', () => {
  it('hold registers, received bytes and interrupts on their way', () => {
    const made = new Bench();
    made.write(LCR, Lcr.DLAB);
    made.write(Data, 0x21);
    made.write(LCR, 0x03);
    made.write(UartRegister.Scratch, 0x77);
    made.write(FCR, FIFOS | (3 << Fcr.TriggerShift));
    made.write(MCR, Mcr.OUT2 | Mcr.DTR);
    made.write(IER, Ier.ReceivedData | Ier.TransmitterEmpty);
    made.line.type(5, 6, 7);
    made.read(Data);
    made.write(Data, 0x41);
    const restored = new Bench();
    restoreState(restored.uart, savedState(made.uart));
    expect(restored.lineEvents()).to.deep.equal([]);
    expect(restored.interrupt()).to.equal(Iir.None);
    expect(restored.later()).to.deep.equal(['4 high']);
    expect(restored.read(IIR)).to.equal(Iir.FifosEnabled | Iir.CharacterTimeout);
    expect([restored.read(Data), restored.read(Data)]).to.deep.equal([6, 7]);
    expect(restored.interrupt()).to.equal(Iir.TransmitterEmpty);
    const registers = [UartRegister.Scratch, LCR, MCR, IER].map(r => restored.read(r));
    expect(registers).to.deep.equal([0x77, 0x03, Mcr.OUT2 | Mcr.DTR, 0x03]);
    restored.write(LCR, Lcr.DLAB);
    expect(restored.read(Data)).to.equal(0x21);
  });
});

describe('A serial device', () => {
  it('belongs to one UART', () => {
    const { device } = aDeviceBench(new Uart8250({ pioAddr: BASE, device: new TestSerial() }));
    expect(() => {
      device.params.device.regInterfaceCallback(() => undefined);
    }).to.throw(FatalError, 'the device of two UARTs');
  });
});
