/** Builders and stand-ins for tests of the memory system. */
import { setLogSink } from '../../src/base/index';
import type { AddrRange, RequestorID, Tick } from '../../src/base/index';
import {
  CoherentXBar,
  ioXBarSchema,
  MemCmd,
  NoncoherentXBar,
  Packet,
  Request,
  RequestPort,
  ResponsePort,
  SimpleMemory as SimpleMemoryModel,
  simpleMemorySchema,
  System as SystemModel,
  systemSchema,
  systemXBarSchema,
} from '../../src/mem/index';
import {
  defineSchema,
  EventFunctionWrapper,
  nodeClass,
  param,
  Parent,
  requestPort,
  responsePort,
  SimObject,
  simObjectSchema,
} from '../../src/sim/index';
import type { ParamsOf, Port, Simulation } from '../../src/sim/index';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from './simulation';

export const System = nodeClass(SystemModel, systemSchema);
export const SimpleMemory = nodeClass(SimpleMemoryModel, simpleMemorySchema);
export const SystemXBar = nodeClass(CoherentXBar, systemXBarSchema);
export const IOXBar = nodeClass(NoncoherentXBar, ioXBarSchema);

const requestorSchema = defineSchema('TestRequestor', simObjectSchema, {
  description: 'Sends what a test tells it to',
  params: {
    system: param.SimObject<SystemModel>('System', Parent.any, 'its system'),
    snooping: param.Bool(false, 'whether it wants to see what others do'),
  },
  ports: { port: requestPort('sends requests') },
});

/** Sends the requests of a test, and keeps what comes back. */
export class TestRequestorModel extends SimObject {
  static override readonly schema = requestorSchema;
  readonly port: TestRequestPort;
  readonly system: SystemModel;
  readonly requestorId: RequestorID;

  constructor(params: ParamsOf<typeof requestorSchema>) {
    super(params);
    this.port = new TestRequestPort(`${params.name}.port`, this, params.snooping);
    this.system = params.system;
    this.requestorId = params.system.getRequestorId(this);
  }

  override getPort(name: string, index: number): Port {
    return name === 'port' ? this.port : super.getPort(name, index);
  }

  /** A request of this requestor. */
  request(addr: number, size: number, flags = 0): Request {
    return new Request(addr, size, flags, this.requestorId);
  }

  /** A packet that reads `size` bytes. */
  readPacket(addr: number, size: number, cmd: MemCmd = MemCmd.ReadReq): Packet {
    const pkt = new Packet(this.request(addr, size), cmd);
    pkt.allocate();
    return pkt;
  }

  /** A packet that writes the bytes. */
  writePacket(addr: number, bytes: readonly number[], cmd: MemCmd = MemCmd.WriteReq): Packet {
    const pkt = new Packet(this.request(addr, bytes.length), cmd);
    pkt.dataStatic(Uint8Array.from(bytes));
    return pkt;
  }

  /** Reads at once. */
  read(addr: number, size: number): number[] {
    const pkt = this.readPacket(addr, size);
    this.port.sendAtomic(pkt);
    return [...pkt.data];
  }

  /** Writes at once; the ticks that it would take. */
  write(addr: number, bytes: readonly number[]): Tick {
    return this.port.sendAtomic(this.writePacket(addr, bytes));
  }

  /** Sends a packet at a tick by the timing protocol, again after refusals. */
  sendAt(when: Tick, pkt: Packet): void {
    const event = new EventFunctionWrapper(() => {
      this.port.trySend(pkt);
    }, this.name());
    this.schedule(event, when);
  }
}

export const TestRequestor = nodeClass(TestRequestorModel, requestorSchema);

/** The port of a `TestRequestor`; writes down what happens to it. */
export class TestRequestPort extends RequestPort {
  /** What happened and when: `resp@42000 ReadResp`. */
  readonly journal: string[] = [];
  /** The packets that came back. */
  readonly responses: Packet[] = [];
  /** Set to refuse the next responses; `accept` ends it. */
  refuse = false;
  #owesRetry = false;
  readonly #snooping: boolean;
  readonly #waiting: Packet[] = [];

  constructor(name: string, owner: SimObject, snooping: boolean) {
    super(name, owner);
    this.#snooping = snooping;
  }

  override isSnooping(): boolean {
    return this.#snooping;
  }

  note(what: string): void {
    this.journal.push(what.replace(' ', `@${String(this.owner.curTick())} `));
  }

  trySend(pkt: Packet): void {
    if (this.#waiting.length > 0) {
      this.#waiting.push(pkt);
      return;
    }
    // By name, since a packet that was taken may be its own response already.
    const name = pkt.cmdString();
    if (this.sendTimingReq(pkt)) {
      this.note(`sent ${name}`);
    } else {
      this.note(`refused ${name}`);
      this.#waiting.push(pkt);
    }
  }

  /** Takes responses from now on, beginning with the one that was refused. */
  accept(): void {
    this.refuse = false;
    if (!this.#owesRetry) return;
    this.#owesRetry = false;
    this.sendRetryResp();
  }

  override recvReqRetry(): void {
    const waiting = this.#waiting.splice(0);
    for (const pkt of waiting) this.trySend(pkt);
  }

  override recvTimingResp(pkt: Packet): boolean {
    if (this.refuse) {
      this.note(`refuses ${pkt.cmdString()}`);
      this.#owesRetry = true;
      return false;
    }
    this.note(`resp ${pkt.cmdString()}`);
    this.responses.push(pkt);
    return true;
  }

  override recvAtomicSnoop(pkt: Packet): Tick {
    this.note(`snoop ${pkt.cmdString()}`);
    return 0;
  }

  override recvFunctionalSnoop(pkt: Packet): void {
    this.note(`functional-snoop ${pkt.cmdString()}`);
  }

  override recvTimingSnoopReq(pkt: Packet): void {
    this.note(`snoop ${pkt.cmdString()}`);
  }
}

const responderSchema = defineSchema('TestResponder', simObjectSchema, {
  description: 'Answers as a test tells it to',
  params: { range: param.AddrRange('addresses') },
  ports: { port: responsePort('receives requests') },
});

/** Answers requests, and can refuse them. */
export class TestResponderModel extends SimObject {
  static override readonly schema = responderSchema;
  readonly port: TestResponsePort;

  constructor(params: ParamsOf<typeof responderSchema>) {
    super(params);
    this.port = new TestResponsePort(`${params.name}.port`, this, params.range);
  }

  override init(): void {
    this.port.sendRangeChange();
  }

  override getPort(name: string, index: number): Port {
    return name === 'port' ? this.port : super.getPort(name, index);
  }
}

export const TestResponder = nodeClass(TestResponderModel, responderSchema);

/** The port of a `TestResponder`; writes down what it receives. */
export class TestResponsePort extends ResponsePort {
  readonly received: string[] = [];
  /** Timing requests that were taken and are not answered yet. */
  readonly pending: Packet[] = [];
  /** Set to refuse the next requests. */
  refuse = false;
  #ranges: readonly AddrRange[];

  constructor(name: string, owner: SimObject, range: AddrRange) {
    super(name, owner);
    this.#ranges = [range];
  }

  /** Answers for other addresses from now on. */
  setRanges(...ranges: readonly AddrRange[]): void {
    this.#ranges = ranges;
    this.sendRangeChange();
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#ranges;
  }

  override recvAtomic(pkt: Packet): Tick {
    this.received.push(pkt.toString());
    if (pkt.needsResponse()) pkt.makeResponse();
    return 5;
  }

  override recvFunctional(pkt: Packet): void {
    this.received.push(`functional ${pkt.toString()}`);
    if (pkt.needsResponse()) pkt.makeResponse();
  }

  override recvTimingReq(pkt: Packet): boolean {
    if (this.refuse) return false;
    this.received.push(pkt.toString());
    this.pending.push(pkt);
    return true;
  }

  /** Answers the oldest pending request; whether the answer was taken. */
  respond(): boolean {
    const pkt = this.pending[0];
    if (pkt === undefined) throw new Error('nothing is pending');
    if (pkt.isRequest()) pkt.makeResponse();
    const taken = this.sendTimingResp(pkt);
    if (taken) this.pending.shift();
    return taken;
  }

  override recvRespRetry(): void {
    this.respond();
  }
}

/** A clock of 1 GHz: one cycle is 1000 ticks. */
export function aClock(): InstanceType<typeof SrcClockDomain> {
  return new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() });
}

/** Instantiates a system as all there is. */
export function instantiated(system: InstanceType<typeof System>): Simulation {
  const simulation = aSimulation();
  simulation.instantiate(new Root({ system, fullSystem: true }));
  return simulation;
}

/** What the body says to the user, as `level: text`. */
export function messagesOf(body: () => void): string[] {
  const messages: string[] = [];
  const previous = setLogSink({
    message: (level, text) => messages.push(`${level}: ${text}`),
    debug: () => undefined,
  });
  try {
    body();
  } finally {
    setLogSink(previous);
  }
  return messages;
}

/** The trace lines that the body causes. */
export function traceOf(body: () => void): string[] {
  const lines: string[] = [];
  const previous = setLogSink({ message: () => undefined, debug: line => lines.push(line) });
  try {
    body();
  } finally {
    setLogSink(previous);
  }
  return lines;
}
