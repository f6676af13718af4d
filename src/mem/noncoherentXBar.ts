/**
 * A crossbar for requestors that keep no copies. Source: gem5 `mem/noncoherent_xbar.{hh,cc}`,
 * `mem/XBar.py`.
 */
import { panic } from '../base/index';
import type { Tick } from '../base/index';
import { defineSchema } from '../sim/index';
import type { ParamsOf } from '../sim/index';
import { BaseXBar, baseXBarSchema } from './baseXBar';
import type { Packet } from './packet';
import { NoncoherentXBarFlag } from './xbarFlags';

export const noncoherentXBarSchema = defineSchema('NoncoherentXBar', baseXBarSchema, {
  description: 'Crossbar for requestors that keep no copies of memory',
});

/** Parameters of a `NoncoherentXBar`. */
export type NoncoherentXBarParams = ParamsOf<typeof noncoherentXBarSchema>;

export const ioXBarSchema = defineSchema('IOXBar', noncoherentXBarSchema, {
  description: 'Crossbar between devices, 128 bits wide',
  outputType: 'NoncoherentXBar',
  defaults: { width: 16, frontendLatency: 2, forwardLatency: 1, responseLatency: 2 },
});

/** Passes requests to the responder of their address, and responses back; nothing snoops. */
export class NoncoherentXBar extends BaseXBar {
  static override readonly schema = noncoherentXBarSchema;

  readonly forwardsSnoops = false;

  override recvTimingReq(pkt: Packet, cpuSideId: number): boolean {
    const source = this.cpuSidePort(cpuSideId);
    if (pkt.isExpressSnoop()) panic(`${source.name()} does not expect ${pkt.toString()}`);
    const memSideId = this.addressMap.findPort(pkt);
    const layer = this.reqLayer(memSideId);
    if (!layer.tryTiming(source)) {
      if (NoncoherentXBarFlag.enabled) {
        this.trace(NoncoherentXBarFlag, 'recvTimingReq', source, pkt, ' BUSY');
      }
      return false;
    }
    const { cmd, headerDelay: oldHeaderDelay, payloadDelay: oldPayloadDelay } = pkt;
    const bytes = pkt.hasData() ? pkt.size : 0;
    this.calcPacketTiming(pkt, (this.frontendLatency + this.forwardLatency) * this.clockPeriod());
    const finish = this.clockEdge(1) + pkt.payloadDelay;
    const expectResponse = pkt.needsResponse() && !pkt.cacheResponding();
    if (!this.memSidePort(memSideId).sendTimingReq(pkt)) {
      if (NoncoherentXBarFlag.enabled) {
        this.trace(NoncoherentXBarFlag, 'recvTimingReq', source, pkt, ' RETRY');
      }
      pkt.headerDelay = oldHeaderDelay;
      pkt.payloadDelay = oldPayloadDelay;
      layer.failedTiming(source, this.clockEdge(1));
      return false;
    }
    if (NoncoherentXBarFlag.enabled) this.trace(NoncoherentXBarFlag, 'recvTimingReq', source, pkt);
    if (expectResponse) this.routeTo.set(pkt.req, cpuSideId);
    layer.succeededTiming(finish);
    this.xbarStats.count(cpuSideId, memSideId, cmd, bytes);
    return true;
  }

  override recvTimingResp(pkt: Packet, memSideId: number): boolean {
    return this.routeResponse(pkt, memSideId, 1);
  }

  override recvAtomic(pkt: Packet, cpuSideId: number): Tick {
    if (NoncoherentXBarFlag.enabled) {
      this.trace(NoncoherentXBarFlag, 'recvAtomic', this.cpuSidePort(cpuSideId), pkt);
    }
    const memSideId = this.addressMap.findPort(pkt);
    const bytes = pkt.hasData() ? pkt.size : 0;
    const latency = this.accessResponder(pkt, cpuSideId, memSideId, pkt.cmd, bytes);
    pkt.payloadDelay = latency;
    return latency;
  }

  override recvFunctional(pkt: Packet, cpuSideId: number): void {
    if (NoncoherentXBarFlag.enabled && !pkt.isPrint()) {
      this.trace(NoncoherentXBarFlag, 'recvFunctional', this.cpuSidePort(cpuSideId), pkt);
    }
    this.functionalBelow(pkt);
  }
}
