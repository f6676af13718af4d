/** A terminal on a serial line. Source: gem5 `dev/serial/terminal.{hh,cc}`, `dev/serial/Terminal.py`. */
import { panic } from '../base/index';
import { defineSchema, EventFunctionWrapper, param } from '../sim/index';
import type { CheckpointIn, CheckpointOut, ParamsOf } from '../sim/index';
import { FileChannel, InputChannel, OutputChannel, SocketChannel } from './serialChannel';
import type { SerialChannel } from './serialChannel';
import { SerialDevice, serialDeviceSchema } from './serialDevice';

/** Where a terminal's output can go. */
export const TERMINAL_DUMPS = ['none', 'stdoutput', 'stderror', 'file'] as const;

export const terminalSchema = defineSchema('Terminal', serialDeviceSchema, {
  description: 'A terminal on a serial line: standard output, a file, a socket, standard input',
  params: {
    number: param.Int(0, 'number of the terminal'),
    outfile: param.Enum('TerminalDump', TERMINAL_DUMPS, 'file', 'where the output goes'),
    filename: param.String(
      '',
      "file in the output directory, for outfile 'file'; empty for the object's name",
    ),
    stdin: param.Bool(false, "whether the simulator's standard input is what is typed"),
    socket: param.String(
      '',
      'path of a Unix socket to listen on, whose other end sees the output and types; empty for none',
    ),
    pollInterval: param.Latency('1ms', 'simulated time between two looks at what is typed'),
  },
});

/** Parameters of a `Terminal`. */
export type TerminalParams = ParamsOf<typeof terminalSchema>;

function channelsOf(params: TerminalParams): SerialChannel[] {
  const channels: SerialChannel[] = [];
  switch (params.outfile) {
    case 'none':
      break;
    case 'stdoutput':
      channels.push(new OutputChannel(1, 'standard output'));
      break;
    case 'stderror':
      channels.push(new OutputChannel(2, 'standard error'));
      break;
    case 'file': {
      const name = params.filename === '' ? params.name : params.filename;
      channels.push(new FileChannel(name, () => params.simulation.host.outputDirectory()));
      break;
    }
  }
  if (params.stdin) channels.push(new InputChannel());
  if (params.socket !== '') {
    const { host } = params.simulation;
    channels.push(new SocketChannel(params.socket, () => host.interrupted()));
  }
  return channels;
}

/**
 * Passes every byte on as soon as it is written, so that nothing is lost however the run ends. What
 * is typed is looked for in simulated time, since nothing else happens while a simulation runs.
 */
export class Terminal extends SerialDevice {
  static override readonly schema = terminalSchema;
  declare readonly params: TerminalParams;

  readonly #channels: readonly SerialChannel[];
  readonly #pollEvent: EventFunctionWrapper;
  readonly #sent = new Uint8Array(1);
  /** What was typed, from `#position` on. */
  #typed = new Uint8Array(0);
  #position = 0;

  /** @param channels - default: what the parameters say */
  constructor(params: TerminalParams, channels: readonly SerialChannel[] = channelsOf(params)) {
    super(params);
    this.#channels = channels;
    this.#pollEvent = new EventFunctionWrapper(() => {
      this.#poll();
    }, params.name);
  }

  override startup(): void {
    super.startup();
    this.#schedulePoll();
  }

  #schedulePoll(): void {
    if (!this.#channels.some(channel => channel.isInput)) return;
    this.schedule(this.#pollEvent, this.curTick() + Math.max(this.params.pollInterval, 1));
  }

  #poll(): void {
    // What is typed waits on the host until there is room here.
    if (!this.dataAvailable()) this.#receive();
    this.#schedulePoll();
  }

  #receive(): void {
    for (const channel of this.#channels) {
      const bytes = channel.receive();
      if (bytes === null) continue;
      this.#typed = bytes.slice();
      this.#position = 0;
      this.notifyInterface();
      return;
    }
  }

  override dataAvailable(): boolean {
    return this.#position < this.#typed.length;
  }

  override readData(): number {
    return this.#typed[this.#position++] ?? panic(`${this.name()} has no data to read`);
  }

  override writeData(byte: number): void {
    this.#sent[0] = byte;
    for (const channel of this.#channels) channel.send(this.#sent);
  }

  override notifyFork(): void {
    super.notifyFork();
    for (const channel of this.#channels) channel.notifyFork();
  }

  override dispose(): void {
    for (const channel of this.#channels) channel.dispose();
    super.dispose();
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('typed', this.#typed.slice(this.#position));
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#typed = checkpoint.bytes('typed').slice();
    this.#position = 0;
  }
}
