/**
 * A crossbar between requestors that keep copies, and memory. Source: gem5
 * `mem/coherent_xbar.{hh,cc}`, `mem/XBar.py`.
 */
import { panic, warn } from '../base/index';
import type { Cycles, Tick } from '../base/index';
import { InvalidPortID } from '../sim/index';
import { BaseXBar } from './baseXBar';
import { coherentXBarSchema } from './coherentXBarSchema';
import type { CoherentXBarParams } from './coherentXBarSchema';
import { MemCmd } from './memCmd';
import { PacketFlag } from './packet';
import type { Packet } from './packet';
import { RequestFlag, type Request } from './request';
import type { ResponsePort } from './responsePort';
import type { SnoopFilter } from './snoopFilter';
import type { System } from './system';
import { CoherentXBarFlag } from './xbarFlags';
import { XBarLayer } from './xbarLayer';
import { SnoopRespPort } from './xbarPorts';
import { XBarSnooper } from './xbarSnooper';

/** Flags of cache maintenance that says how far down it goes. */
const MaintenanceFlags = RequestFlag.DST_POC | RequestFlag.DST_POU;

/**
 * Passes requests to the responder of their address and responses back, after having shown them to
 * the snooping requestors (caches and CPUs that watch addresses) that may care.
 */
export class CoherentXBar extends BaseXBar {
  static override readonly schema = coherentXBarSchema;

  readonly forwardsSnoops = true;
  readonly #system: System;
  readonly #snooper: XBarSnooper;
  readonly #snoopFilter: SnoopFilter | null;
  readonly #snoopRespPorts: readonly SnoopRespPort[];
  readonly #snoopLayers: readonly XBarLayer<ResponsePort>[];
  readonly #pointOfCoherency: boolean;
  readonly #pointOfUnification: boolean;
  readonly #snoopResponseLatency: Cycles;
  readonly #maxOutstandingSnoops: number;
  readonly #maxRoutingTableSize: number;
  /** Requests of ours that a cache above has promised to answer. */
  readonly #outstandingSnoop = new Set<Request>();

  constructor(params: CoherentXBarParams) {
    super(params);
    this.#pointOfCoherency = params.pointOfCoherency;
    this.#pointOfUnification = params.pointOfUnification;
    this.#snoopResponseLatency = params.snoopResponseLatency;
    this.#maxOutstandingSnoops = params.maxOutstandingSnoops;
    this.#maxRoutingTableSize = params.maxRoutingTableSize;
    this.#system = params.system;
    this.#snoopFilter = params.snoopFilter;
    this.#snooper = new XBarSnooper(this, params.snoopFilter);
    this.#snoopRespPorts = this.cpuSidePorts.map(port => new SnoopRespPort(port));
    this.#snoopLayers = this.memSidePorts.map(
      (_, id) => new XBarLayer(this, `snoopLayer${String(id)}`, port => port.sendRetrySnoopResp()),
    );
  }

  override init(): void {
    super.init();
    this.#snooper.setPorts(this.cpuSidePorts);
    // Where caches are passed by nobody expects any.
    if (this.#snooper.ports.length === 0 && !this.#system.bypassCaches()) {
      warn(`CoherentXBar ${this.name()} has no snooping ports attached!`);
    }
  }

  override regStats(): void {
    super.regStats();
    this.#snooper.regStats();
  }

  override recvTimingReq(pkt: Packet, cpuSideId: number): boolean {
    const source = this.cpuSidePort(cpuSideId);
    const isExpressSnoop = pkt.isExpressSnoop();
    if (isExpressSnoop !== pkt.cacheResponding()) panic(`${pkt.toString()} contradicts itself`);
    const memSideId = this.addressMap.findPort(pkt);
    const layer = this.reqLayer(memSideId);
    if (!isExpressSnoop && !layer.tryTiming(source)) {
      if (CoherentXBarFlag.enabled) this.#traceRequest(pkt, cpuSideId, ' BUSY');
      return false;
    }
    // Before it goes on: down there it may become its own response.
    if (CoherentXBarFlag.enabled) this.#traceRequest(pkt, cpuSideId);
    const { cmd, headerDelay, payloadDelay } = pkt;
    const bytes = pkt.hasData() ? pkt.size : 0;
    const cycles = this.frontendLatency + this.forwardLatency;
    this.calcPacketTiming(pkt, cycles * this.clockDomain.period);
    const passed = this.clocked.edge + this.headerLatency * this.clockDomain.period;
    const finish = passed + pkt.payloadDelay;
    if (!this.#passRequestOn(pkt, cpuSideId, memSideId)) {
      if (isExpressSnoop) panic(`${pkt.toString()} must not be refused`);
      if (CoherentXBarFlag.enabled) this.#traceRequest(pkt, cpuSideId, ' RETRY');
      pkt.headerDelay = headerDelay;
      pkt.payloadDelay = payloadDelay;
      layer.failedTiming(source, this.clockEdge(1));
      return false;
    }
    if (isExpressSnoop) this.#snooper.countSnoop(bytes);
    else layer.succeededTiming(finish);
    this.xbarStats.count(cpuSideId, memSideId, cmd, bytes);
    return true;
  }

  /** Shows a request to the snoopers and sends it down, or answers it, whichever is due. */
  #passRequestOn(pkt: Packet, cpuSideId: number, memSideId: number): boolean {
    const isDestination = this.#isDestination(pkt);
    const wasResponding = pkt.cacheResponding();
    const snoops = this.#snoopsCaches(pkt);
    if (snoops) {
      // Snoops cannot be taken back: a clean that goes further down must be able to go there.
      const goesDown = pkt.isClean() && !isDestination;
      if (goesDown && !this.memSidePort(memSideId).tryTiming(pkt)) return false;
      this.#snooper.timingRequest(pkt, this.cpuSidePort(cpuSideId));
    }
    const isResponding = pkt.cacheResponding();
    const expectSnoopResponse = !wasResponding && isResponding;
    const expectResponse = pkt.needsResponse() && !isResponding;
    const sinks = this.#sinks(pkt);
    const forwards = !sinks && this.#forwards(pkt);
    const respondsHere = !sinks && !forwards;
    let sent = true;
    if (forwards) {
      // A cache above owns the line: those below must hear of it at once.
      if (isResponding) pkt.flags |= PacketFlag.EXPRESS_SNOOP;
      if (isDestination && pkt.isWrite()) pkt.flags &= ~PacketFlag.WRITE_THROUGH;
      sent = this.memSidePort(memSideId).sendTimingReq(pkt);
    }
    if (snoops) this.#snoopFilter?.finishRequest(!sent);
    if (!sent) return false;
    if (respondsHere) {
      this.#respond(pkt, cpuSideId);
    } else if (!wasResponding && (expectSnoopResponse || expectResponse)) {
      this.#remember(pkt.req, cpuSideId, expectSnoopResponse);
    }
    return true;
  }

  #remember(req: Request, cpuSideId: number, expectSnoopResponse: boolean): void {
    if (!this.routeTo.add(req, cpuSideId)) this.#refuse('a request is outstanding twice');
    if (expectSnoopResponse) this.#outstandingSnoop.add(req);
    if (expectSnoopResponse && this.#outstandingSnoop.size > this.#maxOutstandingSnoops) {
      this.#refuse(`outstanding snoop requests exceed ${String(this.#maxOutstandingSnoops)}`);
    }
    if (this.routeTo.size > this.#maxRoutingTableSize) {
      this.#refuse(`the routing table exceeds ${String(this.#maxRoutingTableSize)} packets`);
    }
  }

  #refuse(why: string): never {
    return panic(`${this.name()}: ${why}`);
  }

  #respond(pkt: Packet, cpuSideId: number): void {
    pkt.makeResponse();
    this.responseSeen(pkt, cpuSideId);
    const when = this.clockEdge() + pkt.headerDelay;
    pkt.headerDelay = 0;
    this.cpuSidePort(cpuSideId).schedTimingResp(pkt, when);
  }

  protected override responseSeen(pkt: Packet, cpuSideId: number): void {
    if (this.#snoopFilter === null || this.#system.bypassCaches()) return;
    this.#snoopFilter.updateResponse(pkt, this.cpuSidePort(cpuSideId));
  }

  override recvTimingSnoopReq(pkt: Packet, memSideId: number): void {
    const source = this.memSidePort(memSideId);
    if (CoherentXBarFlag.enabled) this.trace(CoherentXBarFlag, 'recvTimingSnoopReq', source, pkt);
    this.xbarStats.transDist.inc(pkt.cmd);
    this.#snooper.countSnoop(pkt.hasData() ? pkt.size : 0);
    this.calcPacketTiming(pkt, this.forwardLatency * this.clockPeriod());
    const wasResponding = pkt.cacheResponding();
    this.#snooper.timingSnoop(pkt);
    if (!wasResponding && pkt.cacheResponding()) this.routeTo.set(pkt.req, memSideId);
  }

  override recvTimingSnoopResp(pkt: Packet, cpuSideId: number): boolean {
    const source = this.cpuSidePort(cpuSideId);
    const id = this.routeTo.get(pkt.req) ?? this.nobodyWaits(pkt);
    // Either somebody above asked, or we have passed a snoop from below on.
    const isNormal = this.#outstandingSnoop.has(pkt.req);
    const taken = isNormal
      ? this.respLayer(id).tryTiming(this.#snoopRespPort(cpuSideId))
      : this.#snoopLayer(id).tryTiming(source);
    if (!taken) return false;
    if (CoherentXBarFlag.enabled) this.trace(CoherentXBarFlag, 'recvTimingSnoopResp', source, pkt);
    const bytes = pkt.hasData() ? pkt.size : 0;
    const cycles = isNormal ? this.responseLatency : this.#snoopResponseLatency;
    const { cmd } = pkt;
    this.calcPacketTiming(pkt, cycles * this.clockPeriod());
    const finish = this.clockEdge(this.headerLatency) + pkt.payloadDelay;
    this.routeTo.delete(pkt.req);
    if (isNormal) {
      this.#outstandingSnoop.delete(pkt.req);
      this.#snoopFilter?.updateSnoopResponse(pkt, source, this.cpuSidePort(id));
      const latency = pkt.headerDelay;
      pkt.headerDelay = 0;
      this.cpuSidePort(id).schedTimingResp(pkt, this.curTick() + latency);
      this.respLayer(id).succeededTiming(finish);
    } else {
      this.#snoopFilter?.updateSnoopForward(pkt);
      if (!this.memSidePort(id).sendTimingSnoopResp(pkt)) {
        panic(`${this.memSidePort(id).name()}: the response to a snoop was refused`);
      }
      this.xbarStats.count(cpuSideId, id, cmd, bytes);
      this.#snoopLayer(id).succeededTiming(finish);
    }
    if (isNormal) this.xbarStats.transDist.inc(cmd);
    this.#snooper.countSnoop(bytes);
    return true;
  }

  #snoopRespPort(id: number): SnoopRespPort {
    return this.#snoopRespPorts[id] ?? panic(`${this.name()} has no port ${String(id)}`);
  }

  #snoopLayer(id: number): XBarLayer<ResponsePort> {
    return this.#snoopLayers[id] ?? panic(`${this.name()} has no snoop layer ${String(id)}`);
  }

  override recvAtomic(pkt: Packet, cpuSideId: number): Tick {
    const source = this.cpuSidePort(cpuSideId);
    if (CoherentXBarFlag.enabled) this.trace(CoherentXBarFlag, 'recvAtomic', source, pkt);
    const { cmd } = pkt;
    const bytes = pkt.hasData() ? pkt.size : 0;
    const isDestination = this.#isDestination(pkt);
    const snooped = this.#snoopsCaches(pkt)
      ? this.#snooper.atomicRequest(pkt, source)
      : MemCmd.InvalidCmd;
    const snoopLatency = this.#snooper.latency;
    const memSideId = this.addressMap.findPort(pkt);
    this.xbarStats.count(cpuSideId, memSideId, cmd, bytes);
    let latency = 0;
    // Even when a cache answers, those below must see the request.
    if (!this.#sinks(pkt)) {
      if (this.#forwards(pkt)) {
        if (pkt.isWrite() && isDestination) pkt.flags &= ~PacketFlag.WRITE_THROUGH;
        latency = this.memSidePort(memSideId).sendAtomic(pkt);
      } else {
        pkt.makeResponse();
      }
    }
    if (pkt.isResponse()) this.responseSeen(pkt, cpuSideId);
    if (snooped !== MemCmd.InvalidCmd) {
      if (pkt.isResponse()) panic(`${pkt.toString()} has two answers`);
      pkt.setCmd(snooped);
      latency = snoopLatency;
    }
    if (pkt.isResponse()) {
      this.xbarStats.count(cpuSideId, memSideId, pkt.cmd, pkt.hasData() ? pkt.size : 0);
    }
    pkt.payloadDelay = latency;
    return latency;
  }

  override recvAtomicSnoop(pkt: Packet, memSideId: number): Tick {
    const source = this.memSidePort(memSideId);
    if (CoherentXBarFlag.enabled) this.trace(CoherentXBarFlag, 'recvAtomicSnoop', source, pkt);
    this.#snooper.countSnoop(pkt.hasData() ? pkt.size : 0);
    const cmd = this.#snooper.atomicSnoop(pkt);
    const { latency } = this.#snooper;
    if (cmd !== MemCmd.InvalidCmd) pkt.setCmd(cmd);
    if (pkt.isResponse()) this.#snooper.countSnoop(0);
    pkt.payloadDelay = latency;
    return latency;
  }

  override recvFunctional(pkt: Packet, cpuSideId: number): void {
    if (CoherentXBarFlag.enabled && !pkt.isPrint()) {
      this.trace(CoherentXBarFlag, 'recvFunctional', this.cpuSidePort(cpuSideId), pkt);
    }
    if (!this.#system.bypassCaches()) this.#snooper.functional(pkt, cpuSideId);
    if (!pkt.isResponse()) this.functionalBelow(pkt);
  }

  override recvFunctionalSnoop(pkt: Packet, memSideId: number): void {
    if (CoherentXBarFlag.enabled && !pkt.isPrint()) {
      this.trace(CoherentXBarFlag, 'recvFunctionalSnoop', this.memSidePort(memSideId), pkt);
    }
    for (const port of this.cpuSidePorts) {
      if (port.trySatisfyFunctional(pkt)) {
        if (pkt.needsResponse()) pkt.makeResponse();
        return;
      }
    }
    this.#snooper.functional(pkt, InvalidPortID);
  }

  /** Whether the request must be shown to those above. */
  #snoopsCaches(pkt: Packet): boolean {
    return !this.#system.bypassCaches() && pkt.cmd !== MemCmd.WriteClean;
  }

  /** Whether cache maintenance need go no further than here. */
  #isDestination(pkt: Packet): boolean {
    if ((pkt.req.flags & MaintenanceFlags) === 0) return false;
    const isAtCoherency = pkt.req.isToPOC && this.#pointOfCoherency;
    return isAtCoherency || (pkt.req.isToPOU && this.#pointOfUnification);
  }

  /**
   * Whether the packet ends here: a cache above answers it and nobody below need know, or it only
   * says something about copies, of which there are none below.
   */
  #sinks(pkt: Packet): boolean {
    const { flags } = pkt;
    const isBlockCached = (flags & PacketFlag.BLOCK_CACHED) !== 0;
    if (isBlockCached && pkt.isCleanEviction()) return true;
    if (pkt.cacheResponding()) {
      const hadWritable = (flags & PacketFlag.RESPONDER_HAD_WRITABLE) !== 0;
      return this.#pointOfCoherency || hadWritable || !pkt.needsWritable();
    }
    const isAnswered = pkt.isRead() || pkt.isWrite() || pkt.needsResponse();
    return this.#pointOfCoherency && !isAnswered;
  }

  /** Whether those below must see the packet; else it is answered here. */
  #forwards(pkt: Packet): boolean {
    if (pkt.isClean()) return !this.#isDestination(pkt);
    return pkt.isRead() || pkt.isWrite() || !this.#pointOfCoherency;
  }

  #traceRequest(pkt: Packet, cpuSideId: number, end = ''): void {
    this.trace(CoherentXBarFlag, 'recvTimingReq', this.cpuSidePort(cpuSideId), pkt, end);
  }
}
