/** A requestor that needs no program: it reads and writes at random, and checks what it reads. */
import {
  Average,
  debugFlag,
  defineSchema,
  dprintf,
  EventFunctionWrapper,
  Histogram,
  nodeClass,
  Packet,
  panic,
  param,
  Parent,
  Random,
  Request,
  requestPort,
  RequestPort,
  Scalar,
  SimObject,
  simObjectSchema,
  StatFlag,
  StatGroup,
  unit,
  Vector,
  type AddrRange,
  type ParamsOf,
  type Port,
  type RequestorID,
  type System,
  type Tick,
} from 'mini-gem5/model';

/** Traces the requests and responses. */
export const Traffic = debugFlag('Traffic', 'What the traffic generator sends and receives');

const trafficGeneratorSchema = defineSchema('TrafficGenerator', simObjectSchema, {
  description: 'Reads and writes memory at random',
  params: {
    system: param.SimObject<System>('System', Parent.any, 'the system it belongs to'),
    range: param.AddrRange('where to read and write'),
    requests: param.Unsigned(100, 'how many requests to send'),
    period: param.Latency('10ns', 'time from one request to the next'),
    readPercent: param.Percent(50, 'how many of the requests are reads'),
    seed: param.UInt32(1, 'start of the random sequence'),
  },
  ports: { port: requestPort('sends the requests') },
});

const WORD = 4;

/** A request without a response so far. */
interface Outstanding {
  readonly since: Tick;
  /** What a read must bring. */
  readonly expected: number | undefined;
}

class TrafficStats extends StatGroup {
  readonly requests = new Vector(this, 'requests', unit.Count, 'requests sent')
    .init(2)
    .subnames(['read', 'write'])
    .flags(StatFlag.total);
  readonly refusals = new Scalar(this, 'refusals', unit.Count, 'requests that were refused');
  readonly outstanding = new Average(
    this,
    'outstanding',
    unit.Count,
    'requests without a response, on average',
  );
  readonly latency = new Histogram(
    this,
    'latency',
    unit.Tick,
    'time from a request to its response',
  )
    .init(4)
    .flags(StatFlag.nozero);
}

/** The model behind `TrafficGenerator`. */
export class TrafficGeneratorModel extends SimObject {
  static override readonly schema = trafficGeneratorSchema;
  readonly trafficStats = new TrafficStats(this.stats);
  readonly #port = new GeneratorPort(`${this.name()}.port`, this);
  readonly #sendEvent = new EventFunctionWrapper(() => this.#sendNext(), `${this.name()}.send`);
  readonly #system: System;
  readonly #range: AddrRange;
  readonly #period: Tick;
  readonly #readPercent: number;
  readonly #random: Random;
  #requestorId: RequestorID = 0;
  #toSend: number;
  #toReceive: number;
  /** A request that was refused. It is sent again when the port says so. */
  #refused: Packet | null = null;
  /** What memory must hold: the last value written to each address. */
  readonly #written = new Map<number, number>();
  readonly #outstanding = new Map<Packet, Outstanding>();

  constructor(params: ParamsOf<typeof trafficGeneratorSchema>) {
    super(params);
    this.#system = params.system;
    this.#range = params.range;
    this.#period = params.period;
    this.#readPercent = params.readPercent;
    this.#random = new Random(params.seed);
    this.#toSend = params.requests;
    this.#toReceive = params.requests;
  }

  override getPort(name: string, index: number): Port {
    return name === 'port' ? this.#port : super.getPort(name, index);
  }

  override init(): void {
    this.#requestorId = this.#system.getRequestorId(this);
  }

  override startup(): void {
    this.schedule(this.#sendEvent, this.#period);
  }

  #sendNext(): void {
    const pkt = this.#makePacket();
    this.#trace('sends', pkt);
    if (this.#system.isAtomicMode()) {
      const latency = this.#port.sendAtomic(pkt);
      this.#sent();
      this.received(pkt, this.curTick() + latency);
    } else if (this.#port.sendTimingReq(pkt)) {
      this.#sent();
    } else {
      this.#trace('must wait with', pkt);
      this.trafficStats.refusals.value += 1;
      this.#refused = pkt;
    }
  }

  /** The request is on its way, so the next one can be prepared. */
  #sent(): void {
    this.#toSend--;
    if (this.#toSend > 0) this.schedule(this.#sendEvent, this.curTick() + this.#period);
  }

  /** Whoever refused the request can take it now. */
  retry(): void {
    const pkt = this.#refused ?? panic(`${this.name()} has nothing to send again`);
    this.#refused = null;
    if (this.#port.sendTimingReq(pkt)) this.#sent();
    else this.#refused = pkt;
  }

  /** The packet has come back as its own response. */
  received(pkt: Packet, when: Tick): void {
    this.#trace('receives', pkt);
    const { since, expected } =
      this.#outstanding.get(pkt) ?? panic(`${this.name()} waits for no ${pkt.toString()}`);
    this.#outstanding.delete(pkt);
    this.trafficStats.outstanding.value -= 1;
    this.trafficStats.latency.sample(when - since);
    if (expected !== undefined && pkt.getUint() !== expected) {
      panic(`${this.name()}: ${pkt.getUint()} read, ${expected} expected: ${pkt.toString()}`);
    }
    this.#toReceive--;
    if (this.#toReceive === 0) this.#finish(when);
  }

  /** Ends the run, after a look at everything that was written. */
  #finish(when: Tick): void {
    for (const [addr, value] of this.#written) {
      const pkt = Packet.createRead(new Request(addr, WORD, 0, this.#requestorId));
      pkt.allocate();
      this.#port.sendFunctional(pkt);
      if (pkt.getUint() !== value) panic(`${this.name()}: ${addr} does not hold ${value}`);
    }
    this.simulation.exitSimLoop('all requests were answered', 0, when);
  }

  #makePacket(): Packet {
    const words = Math.floor(this.#range.size / WORD);
    const addr = this.#range.start + WORD * this.#random.nextInt(0, words - 1);
    const req = new Request(addr, WORD, 0, this.#requestorId);
    const isRead = this.#random.nextInt(0, 99) < this.#readPercent;
    const pkt = isRead ? Packet.createRead(req) : Packet.createWrite(req);
    pkt.allocate();
    const expected = isRead ? (this.#written.get(addr) ?? 0) : undefined;
    if (!isRead) {
      const value = this.#random.next32();
      pkt.setUint(value);
      this.#written.set(addr, value);
    }
    this.#outstanding.set(pkt, { since: this.curTick(), expected });
    this.trafficStats.requests.inc(isRead ? 0 : 1);
    this.trafficStats.outstanding.value += 1;
    return pkt;
  }

  #trace(what: string, pkt: Packet): void {
    if (Traffic.enabled) {
      dprintf(Traffic, this.curTick(), this.name(), `${what} ${pkt.toString()}`);
    }
  }
}

class GeneratorPort extends RequestPort {
  readonly #generator: TrafficGeneratorModel;

  constructor(name: string, generator: TrafficGeneratorModel) {
    super(name, generator);
    this.#generator = generator;
  }

  override recvTimingResp(pkt: Packet): boolean {
    this.#generator.received(pkt, this.#generator.curTick());
    return true;
  }

  override recvReqRetry(): void {
    this.#generator.retry();
  }
}

/** The class for scripts. */
export const TrafficGenerator = nodeClass(TrafficGeneratorModel, trafficGeneratorSchema);
