/**
 * What all crossbars have in common: ports, routing by address, timing and statistics. Source: gem5
 * `mem/xbar.{hh,cc}`, `mem/XBar.py`.
 */
import { dprintf, panic } from '../base/index';
import type { AddrRange, Cycles, DebugFlag, Tick } from '../base/index';
import {
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  InvalidPortID,
  param,
  requestPort,
  vectorRequestPort,
  vectorResponsePort,
} from '../sim/index';
import type { EventQueue, ParamsOf, Port } from '../sim/index';
import type { MemCmd } from './memCmd';
import type { Packet } from './packet';
import { RequestRoutes } from './requestRoutes';
import type { RequestPort } from './requestPort';
import type { ResponsePort } from './responsePort';
import { XBarAddressMap } from './xbarAddressMap';
import { XBarLayer } from './xbarLayer';
import { XBarRequestPort, XBarResponsePort } from './xbarPorts';
import type { XBarTraffic } from './xbarPorts';
import { XBarStats } from './xbarStats';

export const baseXBarSchema = defineSchema('BaseXBar', clockedObjectSchema, {
  description: 'Base class of crossbars',
  abstract: true,
  params: {
    frontendLatency: param.Cycles('cycles to decide what to do with a request'),
    forwardLatency: param.Cycles('cycles to pass a request on'),
    responseLatency: param.Cycles('cycles to pass a response on'),
    headerLatency: param.Cycles(1, 'cycles that the header of a packet takes the way to a port'),
    width: param.Unsigned('bytes that pass through a port per cycle'),
    useDefaultRange: param.Bool(
      false,
      'whether the default port answers only for the range that it announces',
    ),
  },
  ports: {
    cpuSidePorts: vectorResponsePort('receive requests from CPUs, caches and other crossbars'),
    memSidePorts: vectorRequestPort('send requests to memories and devices'),
    default: requestPort('sends requests to nobody in particular', true),
  },
});

/** Parameters of every crossbar. */
export type BaseXBarParams = ParamsOf<typeof baseXBarSchema>;

/** A header that is later than this has lost its way. */
const MAX_HEADER_SECONDS = 1e-6;

/** A crossbar: any number of requestors, any number of responders, a way from each to each. */
export abstract class BaseXBar extends ClockedObject implements XBarTraffic {
  static override readonly schema = baseXBarSchema;

  abstract readonly forwardsSnoops: boolean;
  protected readonly frontendLatency: Cycles;
  protected readonly forwardLatency: Cycles;
  protected readonly responseLatency: Cycles;
  protected readonly headerLatency: Cycles;
  protected readonly cpuSidePorts: readonly XBarResponsePort[];
  protected readonly memSidePorts: readonly XBarRequestPort[];
  protected readonly addressMap: XBarAddressMap;
  protected readonly reqLayers: readonly XBarLayer<ResponsePort>[];
  protected readonly respLayers: readonly XBarLayer<RequestPort>[];
  protected readonly xbarStats: XBarStats;
  /** Where the response to each request goes: a CPU-side port, or a memory-side one for snoops. */
  protected readonly routeTo = new RequestRoutes();
  readonly #events: EventQueue;
  readonly #width: number;
  readonly #defaultPortId: number;
  readonly #maxHeaderDelay: Tick;

  constructor(params: BaseXBarParams) {
    super(params);
    this.frontendLatency = params.frontendLatency;
    this.forwardLatency = params.forwardLatency;
    this.responseLatency = params.responseLatency;
    this.headerLatency = params.headerLatency;
    this.#events = this.eventQueue();
    this.#width = params.width;
    this.#maxHeaderDelay = MAX_HEADER_SECONDS * this.simulation.ticksPerSecond;
    this.xbarStats = new XBarStats(this.stats);
    const {
      memSidePorts = 0,
      cpuSidePorts = 0,
      default: defaults = 0,
    } = params.portConnectionCount;
    const requestPorts = count(memSidePorts).map(
      id => new XBarRequestPort(`${params.name}.mem_side_port[${String(id)}]`, this, id),
    );
    this.#defaultPortId = defaults === 0 ? InvalidPortID : memSidePorts;
    if (defaults !== 0) {
      requestPorts.push(new XBarRequestPort(`${params.name}.default`, this, memSidePorts));
    }
    this.memSidePorts = requestPorts;
    this.reqLayers = requestPorts.map(
      (_, id) => new XBarLayer<ResponsePort>(this, `reqLayer${String(id)}`, p => p.sendRetryReq()),
    );
    this.cpuSidePorts = count(cpuSidePorts).map(
      id => new XBarResponsePort(`${params.name}.cpu_side_port[${String(id)}]`, this, id),
    );
    this.respLayers = this.cpuSidePorts.map(
      (_, id) => new XBarLayer<RequestPort>(this, `respLayer${String(id)}`, p => p.sendRetryResp()),
    );
    this.addressMap = new XBarAddressMap(
      this,
      requestPorts,
      this.#defaultPortId,
      params.useDefaultRange,
    );
  }

  override readonly mayStartFresh = true;

  override getPort(name: string, index: number): Port {
    let port: Port | undefined;
    if (name === 'memSidePorts' && index !== this.#defaultPortId) port = this.memSidePorts[index];
    else if (name === 'cpuSidePorts') port = this.cpuSidePorts[index];
    else if (name === 'default') port = this.memSidePorts[this.#defaultPortId];
    return port ?? super.getPort(name, index);
  }

  override regStats(): void {
    super.regStats();
    this.xbarStats.setPorts(this.cpuSidePorts, this.memSidePorts);
  }

  abstract recvAtomic(pkt: Packet, cpuSideId: number): Tick;
  abstract recvFunctional(pkt: Packet, cpuSideId: number): void;
  abstract recvTimingReq(pkt: Packet, cpuSideId: number): boolean;

  /** The ranges of all responders together. */
  getAddrRanges(): readonly AddrRange[] {
    return this.addressMap.ranges;
  }

  recvRangeChange(memSideId: number): void {
    if (!this.addressMap.update(memSideId)) return;
    for (const port of this.cpuSidePorts) port.sendRangeChange();
  }

  /** The port with that id; ids come from the routing table or the ports themselves. */
  protected cpuSidePort(id: number): XBarResponsePort {
    return this.cpuSidePorts[id] ?? this.#hasNo('CPU-side port', id);
  }

  protected memSidePort(id: number): XBarRequestPort {
    return this.memSidePorts[id] ?? this.#hasNo('memory-side port', id);
  }

  protected reqLayer(id: number): XBarLayer<ResponsePort> {
    return this.reqLayers[id] ?? this.#hasNo('request layer', id);
  }

  protected respLayer(id: number): XBarLayer<RequestPort> {
    return this.respLayers[id] ?? this.#hasNo('response layer', id);
  }

  #hasNo(what: string, id: number): never {
    return panic(`${this.name()} has no ${what} ${String(id)}`);
  }

  /**
   * Adds to a packet's delays what the crossbar takes, beginning at the next clock edge. Afterwards
   * `clocked.edge` is that edge.
   *
   * @param headerDelay - ticks that this way takes
   * @throws {PanicError} when the delays have added up beyond reason
   */
  protected calcPacketTiming(pkt: Packet, headerDelay: Tick): void {
    this.clocked.update();
    pkt.headerDelay += this.clocked.edge - this.#events.curTick + headerDelay;
    if (pkt.headerDelay > this.#maxHeaderDelay) this.#tooLate(pkt);
    if (pkt.hasData()) {
      const cycles = Math.ceil(pkt.size / this.#width);
      pkt.payloadDelay = Math.max(pkt.payloadDelay, cycles * this.clockDomain.period);
    }
  }

  #tooLate(pkt: Packet): never {
    return panic(`${this.name()}: the header delay of ${pkt.toString()} exceeds 1 us`);
  }

  /**
   * Takes a response and queues it towards the requestor.
   *
   * @param headerCycles - how long the header takes the way
   * @returns false when the way is taken
   */
  protected routeResponse(pkt: Packet, memSideId: number, headerCycles: Cycles): boolean {
    const source = this.memSidePort(memSideId);
    const id = this.routeTo.get(pkt.req) ?? this.nobodyWaits(pkt);
    const layer = this.respLayer(id);
    if (!layer.tryTiming(source)) return false;
    const cmd = pkt.cmd;
    const bytes = pkt.hasData() ? pkt.size : 0;
    this.calcPacketTiming(pkt, this.responseLatency * this.clockDomain.period);
    const passed = this.clocked.edge + headerCycles * this.clockDomain.period;
    const finish = passed + pkt.payloadDelay;
    this.responseSeen(pkt, id);
    const latency = pkt.headerDelay;
    pkt.headerDelay = 0;
    this.cpuSidePort(id).schedTimingResp(pkt, this.#events.curTick + latency);
    this.routeTo.delete(pkt.req);
    layer.succeededTiming(finish);
    this.xbarStats.count(id, memSideId, cmd, bytes);
    return true;
  }

  /** Reports a response to no request. */
  protected nobodyWaits(pkt: Packet): never {
    return panic(`${this.name()}: nobody waits for ${pkt.toString()}`);
  }

  /** Hook: a response is on its way to a CPU-side port. */
  protected responseSeen(_pkt: Packet, _cpuSideId: number): void {
    // Only coherent crossbars care.
  }

  recvTimingResp(pkt: Packet, memSideId: number): boolean {
    return this.routeResponse(pkt, memSideId, this.headerLatency);
  }

  recvReqRetry(memSideId: number): void {
    // Responses wait in queues, so it is a request that was refused.
    this.reqLayer(memSideId).recvRetry();
  }

  tryTiming(pkt: Packet): boolean {
    return this.memSidePort(this.addressMap.findPort(pkt)).tryTiming(pkt);
  }

  /** Does an access at the responder, and counts request and response. */
  protected accessResponder(
    pkt: Packet,
    cpuSideId: number,
    memSideId: number,
    cmd: MemCmd,
    bytes: number,
  ): Tick {
    this.xbarStats.count(cpuSideId, memSideId, cmd, bytes);
    const latency = this.memSidePort(memSideId).sendAtomic(pkt);
    if (pkt.isResponse()) {
      this.xbarStats.count(cpuSideId, memSideId, pkt.cmd, pkt.hasData() ? pkt.size : 0);
    }
    return latency;
  }

  /**
   * Does a functional access at the queued responses or at the responder.
   */
  protected functionalBelow(pkt: Packet): void {
    for (const port of this.cpuSidePorts) {
      // A response on its way up is newer than anything below.
      if (port.trySatisfyFunctional(pkt)) {
        if (pkt.needsResponse()) pkt.makeResponse();
        return;
      }
    }
    this.memSidePort(this.addressMap.findPort(pkt)).sendFunctional(pkt);
  }

  recvTimingSnoopResp(pkt: Packet, cpuSideId: number): boolean {
    return panic(`${this.cpuSidePort(cpuSideId).name()} does not expect ${pkt.toString()}`);
  }

  recvAtomicSnoop(pkt: Packet, memSideId: number): Tick {
    return panic(`${this.memSidePort(memSideId).name()} does not expect ${pkt.toString()}`);
  }

  recvFunctionalSnoop(pkt: Packet, memSideId: number): void {
    panic(`${this.memSidePort(memSideId).name()} does not expect ${pkt.toString()}`);
  }

  recvTimingSnoopReq(pkt: Packet, memSideId: number): void {
    panic(`${this.memSidePort(memSideId).name()} does not expect ${pkt.toString()}`);
  }

  recvRetrySnoopResp(memSideId: number): void {
    panic(`${this.memSidePort(memSideId).name()} does not expect a retry of a snoop response`);
  }

  /** Traces a packet. Test `flag.enabled` first. */
  protected trace(flag: DebugFlag, what: string, source: Port, pkt: Packet, end = ''): void {
    const text = `${what}: src ${source.name()} packet ${pkt.toString()}${end}`;
    dprintf(flag, this.curTick(), this.name(), text);
  }
}

/** The numbers from 0 up to, but not including, `n`. */
function count(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
