/**
 * How a coherent crossbar shows requests to those above it. Source: gem5 `mem/coherent_xbar.cc`.
 */
import { panic } from '../base/index';
import type { Tick } from '../base/index';
import { Distribution, InvalidPortID, Scalar, unit } from '../sim/index';
import type { ClockedObject } from '../sim/index';
import { MemCmd } from './memCmd';
import { PacketFlag } from './packet';
import type { Packet } from './packet';
import type { ResponsePort } from './responsePort';
import type { SnoopFilter } from './snoopFilter';

/** The snooping ports of a crossbar, with their filter and statistics. */
export class XBarSnooper {
  readonly #xbar: ClockedObject;
  readonly #filter: SnoopFilter | null;
  readonly #snoops: Scalar;
  readonly #snoopTraffic: Scalar;
  readonly #snoopFanout: Distribution;
  /** The ticks that the last atomic snoop took. A field, so that an access makes no object. */
  latency: Tick = 0;
  #ports: readonly ResponsePort[] = [];

  constructor(xbar: ClockedObject, filter: SnoopFilter | null) {
    this.#xbar = xbar;
    this.#filter = filter;
    this.#snoops = new Scalar(xbar.stats, 'snoops', unit.Count, 'snoops');
    this.#snoopTraffic = new Scalar(xbar.stats, 'snoopTraffic', unit.Byte, 'bytes of snoops');
    this.#snoopFanout = new Distribution(
      xbar.stats,
      'snoopFanout',
      unit.Count,
      'ports that each request was shown to',
    );
  }

  /** The ports whose requestors snoop. */
  get ports(): readonly ResponsePort[] {
    return this.#ports;
  }

  /** Finds out which ports snoop. */
  setPorts(ports: readonly ResponsePort[]): void {
    this.#ports = ports.filter(port => port.isSnooping());
    this.#filter?.setCPUSidePorts(ports);
  }

  /** Sizes the statistics. */
  regStats(): void {
    this.#snoopFanout.init(0, this.#ports.length, 1);
  }

  /** Counts a snoop that passes through. */
  countSnoop(bytes: number): void {
    this.#snoops.value++;
    this.#snoopTraffic.value += bytes;
  }

  /** Shows a timing request from above to the others above; it cannot be refused. */
  timingRequest(pkt: Packet, source: ResponsePort): void {
    const filter = this.#filter;
    let ports = this.#ports;
    if (filter !== null) {
      ports = filter.lookupRequest(pkt, source);
      pkt.headerDelay += filter.lookupLatency * this.#xbar.clockPeriod();
    }
    if (filter !== null && pkt.isEviction()) this.#noteEviction(pkt, ports);
    else this.#forwardTiming(pkt, source.id, ports);
    pkt.headerDelay += pkt.snoopDelay;
    pkt.snoopDelay = 0;
  }

  /** Shows a timing snoop from below to those above. */
  timingSnoop(pkt: Packet): void {
    const filter = this.#filter;
    let ports = this.#ports;
    if (filter !== null) {
      ports = filter.lookupSnoop(pkt);
      pkt.headerDelay += filter.lookupLatency * this.#xbar.clockPeriod();
    }
    this.#forwardTiming(pkt, InvalidPortID, ports);
    pkt.headerDelay += pkt.snoopDelay;
    pkt.snoopDelay = 0;
  }

  /** An eviction need not be shown: all it asks is whether others hold the block. */
  #noteEviction(pkt: Packet, holders: readonly ResponsePort[]): void {
    if (holders.length > 0) pkt.flags |= PacketFlag.BLOCK_CACHED;
  }

  #forwardTiming(pkt: Packet, exclude: number, ports: readonly ResponsePort[]): void {
    let fanout = 0;
    for (const port of ports) {
      if (port.id === exclude) continue;
      port.sendTimingSnoopReq(pkt);
      fanout++;
    }
    this.#snoopFanout.sample(fanout);
  }

  /**
   * Shows an atomic request from above to the others above.
   *
   * @returns the command of the answer, or `InvalidCmd`; `latency` has its ticks
   */
  atomicRequest(pkt: Packet, source: ResponsePort): MemCmd {
    const filter = this.#filter;
    this.latency = 0;
    if (filter === null) return this.#forwardAtomic(pkt, source, this.#ports);
    const ports = filter.lookupRequest(pkt, source);
    // Before it is sent, since snoops from below may come in between and change the filter.
    filter.finishRequest(false);
    this.latency = filter.lookupLatency * this.#xbar.clockPeriod();
    if (pkt.isEviction()) {
      this.#noteEviction(pkt, ports);
      return MemCmd.InvalidCmd;
    }
    return this.#forwardAtomic(pkt, source, ports);
  }

  /** Shows an atomic snoop from below to those above; returns as `atomicRequest`. */
  atomicSnoop(pkt: Packet): MemCmd {
    const filter = this.#filter;
    this.latency = 0;
    if (filter === null) return this.#forwardAtomic(pkt, null, this.#ports);
    this.latency = filter.lookupLatency * this.#xbar.clockPeriod();
    return this.#forwardAtomic(pkt, null, filter.lookupSnoop(pkt));
  }

  #forwardAtomic(pkt: Packet, source: ResponsePort | null, ports: readonly ResponsePort[]): MemCmd {
    const { cmd: request } = pkt;
    let cmd: MemCmd = MemCmd.InvalidCmd;
    let { latency } = this;
    let fanout = 0;
    for (const port of ports) {
      if (port === source) continue;
      const taken = port.sendAtomicSnoop(pkt);
      fanout++;
      // All must see it, even after one has answered.
      if (!pkt.isResponse()) continue;
      if (cmd !== MemCmd.InvalidCmd) panic(`${pkt.toString()} is answered by two caches`);
      cmd = pkt.cmd;
      latency += taken;
      if (source === null) this.#filter?.updateSnoopForward(pkt);
      else this.#filter?.updateSnoopResponse(pkt, port, source);
      pkt.setCmd(request);
    }
    this.latency = latency;
    this.#snoopFanout.sample(fanout);
    return cmd;
  }

  /** Shows a functional access to those above, but for the port it came from, until one answers. */
  functional(pkt: Packet, exclude: number): void {
    for (const port of this.#ports) {
      if (port.id === exclude) continue;
      port.sendFunctionalSnoop(pkt);
      if (pkt.isResponse()) break;
    }
  }
}
