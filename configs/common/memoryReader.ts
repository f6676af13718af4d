/** A stand-in for a processor's misses: it reads memory line by line, one at a time. */
import {
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  EventFunctionWrapper,
  Histogram,
  nodeClass,
  Packet,
  param,
  Parent,
  Request,
  requestPort,
  RequestPort,
  unit,
  type ParamsOf,
  type Port,
  type RequestorID,
  type System,
  type Tick,
} from 'mini-gem5/model';

const memoryReaderSchema = defineSchema('MemoryReader', clockedObjectSchema, {
  description: 'Reads memory line by line, each when the one before has come',
  params: { system: param.SimObject<System>('System', Parent.any, 'the system it belongs to') },
  ports: { port: requestPort('sends the requests') },
});

const LINE_BYTES = 64;

/** The model behind `MemoryReader`. It does nothing until {@link MemoryReaderModel.read}. */
export class MemoryReaderModel extends ClockedObject {
  static override readonly schema = memoryReaderSchema;
  readonly latency = new Histogram(
    this.stats,
    'latency',
    unit.Tick,
    'time from a request to its response',
  ).init(16);
  /** A checksum of everything that was read. */
  checksum = 0;
  readonly #port = new ReaderPort(`${this.name()}.port`, this);
  readonly #sendEvent = new EventFunctionWrapper(() => this.#send(), `${this.name()}.send`);
  readonly #requestor: RequestorID;
  #address = 0;
  #lines = 0;
  #sentAt: Tick = 0;

  constructor(params: ParamsOf<typeof memoryReaderSchema>) {
    super(params);
    this.#requestor = params.system.getRequestorId(this);
  }

  override getPort(name: string, index: number): Port {
    return name === 'port' ? this.#port : super.getPort(name, index);
  }

  /** Reads so many lines from an address on; the run ends when all have come. */
  read(address: number, lines: number): void {
    this.#address = address;
    this.#lines = lines;
    this.schedule(this.#sendEvent, this.nextCycle());
  }

  #send(): void {
    const pkt = Packet.createRead(new Request(this.#address, LINE_BYTES, 0, this.#requestor));
    pkt.allocate();
    this.#sentAt = this.curTick();
    this.#port.sendTimingReq(pkt);
  }

  /** A line has come. */
  received(pkt: Packet): void {
    this.latency.sample(this.curTick() - this.#sentAt);
    for (const byte of pkt.data) this.checksum = (Math.imul(this.checksum, 31) + byte) | 0;
    this.#address += LINE_BYTES;
    this.#lines--;
    if (this.#lines > 0) this.schedule(this.#sendEvent, this.nextCycle());
    else this.simulation.exitSimLoop('all lines were read');
  }

  /** Whoever refused the request can take it now. */
  retry(): void {
    this.#send();
  }
}

class ReaderPort extends RequestPort {
  readonly #reader: MemoryReaderModel;

  constructor(name: string, reader: MemoryReaderModel) {
    super(name, reader);
    this.#reader = reader;
  }

  override recvTimingResp(pkt: Packet): boolean {
    this.#reader.received(pkt);
    return true;
  }

  override recvReqRetry(): void {
    this.#reader.retry();
  }
}

/** The class for scripts. */
export const MemoryReader = nodeClass(MemoryReaderModel, memoryReaderSchema);
