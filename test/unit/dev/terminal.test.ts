import { expect } from 'chai';
import { FatalError, PanicError } from '../../../src/base/index';
import type { SerialChannel } from '../../../src/dev/serialChannel';
import { Terminal as TerminalModel, terminalSchema } from '../../../src/dev/terminal';
import type { TerminalParams } from '../../../src/dev/terminal';
import { nodeClass, type Simulation } from '../../../src/sim/index';
import { restoreState, savedState, Terminal } from '../../support/devices';
import { aClock, instantiated, System } from '../../support/memory';

/** A channel that a test reads and writes. */
class FakeChannel implements SerialChannel {
  isInput: boolean;
  readonly sent: number[] = [];
  readonly incoming: Uint8Array[] = [];
  polls = 0;
  forks = 0;
  disposals = 0;

  constructor(isInput: boolean) {
    this.isInput = isInput;
  }

  send(bytes: Uint8Array): void {
    this.sent.push(...bytes);
  }

  receive(): Uint8Array | null {
    this.polls++;
    return this.incoming.shift() ?? null;
  }

  notifyFork(): void {
    this.forks++;
  }

  dispose(): void {
    this.disposals++;
  }
}

interface Bench {
  readonly simulation: Simulation;
  readonly terminal: TerminalModel;
}

function aTerminal(channels: readonly SerialChannel[]): Bench {
  class FakeTerminal extends TerminalModel {
    constructor(params: TerminalParams) {
      super(params, channels);
    }
  }
  const Node = nodeClass(FakeTerminal, terminalSchema);
  const system = new System({ clkDomain: aClock(), terminal: new Node({ pollInterval: '1us' }) });
  return { simulation: instantiated(system), terminal: system.terminal.simObject() };
}

const TWO_POLLS = 2_000_000;

function readAll(terminal: TerminalModel): number[] {
  const bytes: number[] = [];
  while (terminal.dataAvailable()) bytes.push(terminal.readData());
  return bytes;
}

describe('Terminal', () => {
  it('sends every byte to all of its channels at once', () => {
    const channels = [new FakeChannel(false), new FakeChannel(true)];
    const { terminal } = aTerminal(channels);
    for (const byte of [0x68, 0x69]) terminal.writeData(byte);
    expect(channels.map(channel => channel.sent)).to.deep.equal([
      [0x68, 0x69],
      [0x68, 0x69],
    ]);
  });

  it('looks for what is typed as simulated time goes by, and tells the interface', () => {
    const channel = new FakeChannel(true);
    const { simulation, terminal } = aTerminal([channel]);
    let told = 0;
    terminal.regInterfaceCallback(() => told++);
    channel.incoming.push(Uint8Array.of(1, 2), Uint8Array.of(3));
    expect(terminal.dataAvailable()).to.equal(false);
    simulation.simulate(TWO_POLLS);
    expect(told).to.equal(1);
    expect(readAll(terminal)).to.deep.equal([1, 2]);
    simulation.simulate(TWO_POLLS);
    expect(told).to.equal(2);
    expect(readAll(terminal)).to.deep.equal([3]);
  });

  it('leaves what is typed on the host until there is room for it', () => {
    const channel = new FakeChannel(true);
    const { simulation, terminal } = aTerminal([channel]);
    channel.incoming.push(Uint8Array.of(1), Uint8Array.of(2));
    simulation.simulate(5 * TWO_POLLS);
    expect(channel.incoming).to.have.length(1);
    expect(readAll(terminal)).to.deep.equal([1]);
  });

  it('keeps the bytes when the channel uses its buffer again', () => {
    const channel = new FakeChannel(true);
    const { simulation, terminal } = aTerminal([channel]);
    const buffer = Uint8Array.of(7);
    channel.incoming.push(buffer);
    simulation.simulate(TWO_POLLS);
    buffer[0] = 8;
    expect(readAll(terminal)).to.deep.equal([7]);
  });

  it('has nothing to do in simulated time when nothing can be typed', () => {
    const output = new FakeChannel(false);
    const { simulation } = aTerminal([output]);
    simulation.simulate(TWO_POLLS);
    expect(output.polls).to.equal(0);
    const input = new FakeChannel(true);
    const { simulation: other } = aTerminal([input]);
    other.simulate(TWO_POLLS);
    input.isInput = false; // its end was reached
    other.simulate(TWO_POLLS);
    const polls = input.polls;
    other.simulate(TWO_POLLS);
    expect(input.polls).to.equal(polls);
  });

  it('does not make up data', () => {
    const { terminal } = aTerminal([]);
    expect(() => terminal.readData()).to.throw(PanicError, 'no data to read');
  });

  it('tells its channels of forks and of the end', () => {
    const channel = new FakeChannel(true);
    const { simulation, terminal } = aTerminal([channel]);
    terminal.notifyFork();
    simulation.dispose();
    expect([channel.forks, channel.disposals]).to.deep.equal([1, 1]);
  });

  it('saves and restores what was typed and not read', () => {
    const channel = new FakeChannel(true);
    const made = aTerminal([channel]);
    channel.incoming.push(Uint8Array.of(1, 2, 3));
    made.simulation.simulate(TWO_POLLS);
    made.terminal.readData();
    const restored = aTerminal([]);
    restoreState(restored.terminal, savedState(made.terminal));
    expect(readAll(restored.terminal)).to.deep.equal([2, 3]);
  });

  it('refuses a file outside the output directory', () => {
    for (const filename of ['../serial', '/serial', 'a/../../serial', '..']) {
      const system = new System({
        clkDomain: aClock(),
        terminal: new Terminal({ filename }),
      });
      expect(() => instantiated(system), filename).to.throw(
        FatalError,
        'is no file in the output directory',
      );
    }
  });
});
