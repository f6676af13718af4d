/**
 * Which caches above a crossbar may hold which lines, so that not every request need be shown to
 * all of them. Source: gem5 `mem/snoop_filter.{hh,cc}`, `mem/XBar.py`.
 */
import { bitAnd, bitClear, bitOr, dprintf, fatal, panic, popCount } from '../base/index';
import type { Cycles } from '../base/index';
import {
  defineSchema,
  param,
  Parent,
  Scalar,
  SimObject,
  simObjectSchema,
  unit,
} from '../sim/index';
import type { ParamsOf } from '../sim/index';
import type { Packet } from './packet';
import { PacketFlag } from './packet';
import { RequestFlag } from './request';
import type { ResponsePort } from './responsePort';
import type { System } from './system';
import { SnoopFilterFlag } from './xbarFlags';

export const snoopFilterSchema = defineSchema('SnoopFilter', simObjectSchema, {
  description: 'Remembers which caches may hold which lines',
  params: {
    lookupLatency: param.Cycles(1, 'cycles that a lookup takes'),
    system: param.SimObject<System>('System', Parent.any, 'system that the crossbar belongs to'),
    maxCapacity: param.MemorySize('8MiB', 'size of the caches that it can keep track of'),
  },
});

/** Parameters of a `SnoopFilter`. */
export type SnoopFilterParams = ParamsOf<typeof snoopFilterSchema>;

/** Ports are bits of an exact number. */
const MAX_PORTS = 53;
/** The last bit of a line's address is free to tell the secure memory space apart. */
const LINE_SECURE = 1;

/** What is known of a line: bit sets of ports. */
interface SnoopItem {
  /** Who has asked for it and not been answered yet. */
  requested: number;
  /** Who may hold it. */
  holder: number;
}

const NOBODY: readonly ResponsePort[] = [];

/** A directory of the lines that caches above a crossbar hold. */
export class SnoopFilter extends SimObject {
  static override readonly schema = snoopFilterSchema;

  /** Cycles that a lookup takes. */
  readonly lookupLatency: Cycles;
  readonly #lineSize: number;
  readonly #maxEntries: number;
  readonly #lines = new Map<number, SnoopItem>();
  /** The snooping ports; each one's bit is its place here. */
  readonly #ports: ResponsePort[] = [];
  /** The line that `lookupRequest` found or made, and what it was before; for `finishRequest`. */
  #lookedUp: { readonly line: number; readonly requested: number; readonly holder: number } | null =
    null;
  readonly #totRequests = this.#counter('totRequests', 'requests looked up');
  readonly #hitSingleRequests = this.#counter('hitSingleRequests', 'requests with one holder');
  readonly #hitMultiRequests = this.#counter('hitMultiRequests', 'requests with several holders');
  readonly #totSnoops = this.#counter('totSnoops', 'snoops looked up');
  readonly #hitSingleSnoops = this.#counter('hitSingleSnoops', 'snoops with one holder');
  readonly #hitMultiSnoops = this.#counter('hitMultiSnoops', 'snoops with several holders');

  constructor(params: SnoopFilterParams) {
    super(params);
    this.lookupLatency = params.lookupLatency;
    this.#lineSize = params.system.cacheLineSize();
    this.#maxEntries = Math.floor(params.maxCapacity / this.#lineSize);
  }

  override readonly mayStartFresh = true;

  #counter(name: string, description: string): Scalar {
    return new Scalar(this.stats, name, unit.Count, description);
  }

  /** Called by the crossbar once it knows its ports. @throws {FatalError} when they are too many */
  setCPUSidePorts(ports: readonly ResponsePort[]): void {
    this.#ports.push(...ports.filter(port => port.isSnooping()));
    if (this.#ports.length > MAX_PORTS) {
      fatal(
        `${this.name()} supports ${String(MAX_PORTS)} snooping ports, not ` +
          String(this.#ports.length),
      );
    }
  }

  /**
   * Looks a request from above up, and remembers that its sender will hold the line.
   * `finishRequest` must follow.
   *
   * @returns the ports that must see it
   */
  lookupRequest(pkt: Packet, source: ResponsePort): readonly ResponsePort[] {
    const allocate = pkt.fromCache() && !pkt.req.isUncacheable && source.isSnooping();
    this.#lookedUp = null;
    // Without caches there is nothing to look up, and nothing to note.
    if (!allocate && this.#lines.size === 0) return NOBODY;
    const line = this.#lineOf(pkt);
    let item = this.#lines.get(line);
    const isHit = item !== undefined;
    if (item === undefined) {
      if (!allocate) return NOBODY;
      item = { requested: 0, holder: 0 };
      this.#lines.set(line, item);
    }
    const sourceBit = this.#bitOf(source);
    const interested = bitOr(item.holder, item.requested);
    this.#lookedUp = { line, ...item };
    this.#totRequests.value++;
    if (isHit) {
      if (popCount(interested) === 1) this.#hitSingleRequests.value++;
      else this.#hitMultiRequests.value++;
    }
    if (allocate) this.#noteRequest(pkt, item, sourceBit);
    if (SnoopFilterFlag.enabled) this.#trace('lookupRequest', pkt, item);
    return this.#portsOf(bitClear(interested, sourceBit));
  }

  #noteRequest(pkt: Packet, item: SnoopItem, sourceBit: number): void {
    const isHolder = bitAnd(item.holder, sourceBit) !== 0;
    if (pkt.needsResponse()) {
      if (!pkt.cacheResponding()) {
        if (bitAnd(item.requested, sourceBit) !== 0) {
          panic(`${this.name()}: double request ${pkt.toString()}`);
        }
        item.requested = bitOr(item.requested, sourceBit);
      } else if (!isHolder) {
        panic(`${this.name()}: ${pkt.toString()} is answered by a cache that has no copy`);
      }
      return;
    }
    if (!isHolder) panic(`${this.name()}: ${pkt.toString()} evicts what its sender does not hold`);
    if ((pkt.flags & PacketFlag.BLOCK_CACHED) === 0) item.holder = bitClear(item.holder, sourceBit);
  }

  /**
   * Ends what `lookupRequest` began.
   *
   * @param willRetry - whether the request did not go through and will come again
   */
  finishRequest(willRetry: boolean): void {
    const lookedUp = this.#lookedUp;
    if (lookedUp === null) return;
    const item = this.#lines.get(lookedUp.line);
    if (item === undefined) return;
    if (willRetry) {
      item.requested = lookedUp.requested;
      item.holder = lookedUp.holder;
    }
    this.#eraseIfEmpty(lookedUp.line, item);
  }

  /** Looks a snoop from below up. @returns the ports that must see it */
  lookupSnoop(pkt: Packet): readonly ResponsePort[] {
    const line = this.#lineOf(pkt);
    const item = this.#lines.get(line);
    if (item === undefined) {
      if (this.#lines.size >= this.#maxEntries) {
        panic(`${this.name()} exceeded its capacity of ${String(this.#maxEntries)} cache lines`);
      }
      return NOBODY;
    }
    const interested = bitOr(item.holder, item.requested);
    this.#totSnoops.value++;
    if (popCount(interested) === 1) this.#hitSingleSnoops.value++;
    else this.#hitMultiSnoops.value++;
    if (pkt.isInvalidate() && item.requested === 0) {
      item.holder = 0;
      this.#eraseIfEmpty(line, item);
    }
    if (SnoopFilterFlag.enabled) this.#trace('lookupSnoop', pkt, item);
    return this.#portsOf(interested);
  }

  /** A cache answers the request of another one above this crossbar. */
  updateSnoopResponse(pkt: Packet, responder: ResponsePort, requestor: ResponsePort): void {
    if (pkt.req.isUncacheable || !requestor.isSnooping()) return;
    const item = this.#lines.get(this.#lineOf(pkt));
    const requestorBit = this.#bitOf(requestor);
    if (item === undefined || bitAnd(item.holder, this.#bitOf(responder)) === 0) {
      panic(`${this.name()}: the sender of ${pkt.toString()} does not have the line`);
    }
    if (bitAnd(item.requested, requestorBit) === 0) {
      panic(`${this.name()}: nobody has asked for ${pkt.toString()}`);
    }
    // Without sharers it was the only copy, which now moves.
    if ((pkt.flags & PacketFlag.HAS_SHARERS) === 0) item.holder = 0;
    item.holder = bitOr(item.holder, requestorBit);
    item.requested = bitClear(item.requested, requestorBit);
    if (SnoopFilterFlag.enabled) this.#trace('updateSnoopResponse', pkt, item);
  }

  /** A cache answers a request from below this crossbar. */
  updateSnoopForward(pkt: Packet): void {
    const line = this.#lineOf(pkt);
    const item = this.#lines.get(line);
    if (item === undefined || (pkt.flags & PacketFlag.HAS_SHARERS) !== 0) return;
    item.holder = 0;
    this.#eraseIfEmpty(line, item);
    if (SnoopFilterFlag.enabled) this.#trace('updateSnoopForward', pkt, item);
  }

  /** A response from below reaches a port above. */
  updateResponse(pkt: Packet, requestor: ResponsePort): void {
    if (this.#lines.size === 0) return;
    if (pkt.req.isUncacheable || !requestor.isSnooping()) return;
    const line = this.#lineOf(pkt);
    const item = this.#lines.get(line);
    if (item === undefined) return;
    const bit = this.#bitOf(requestor);
    if (bitAnd(item.requested, bit) === 0) {
      panic(`${this.name()}: nobody has asked for ${pkt.toString()}`);
    }
    item.requested = bitClear(item.requested, bit);
    const maintenance = (pkt.req.flags & (RequestFlag.CLEAN | RequestFlag.INVALIDATE)) !== 0;
    if (!maintenance) item.holder = bitOr(item.holder, bit);
    else if (pkt.isInvalidate()) item.holder = bitClear(item.holder, bit);
    this.#eraseIfEmpty(line, item);
    if (SnoopFilterFlag.enabled) this.#trace('updateResponse', pkt, item);
  }

  #eraseIfEmpty(line: number, item: SnoopItem): void {
    if (item.requested === 0 && item.holder === 0) this.#lines.delete(line);
  }

  #lineOf(pkt: Packet): number {
    return pkt.addr - (pkt.addr % this.#lineSize) + (pkt.req.isSecure ? LINE_SECURE : 0);
  }

  #bitOf(port: ResponsePort): number {
    const place = this.#ports.indexOf(port);
    return place === -1 ? 0 : 2 ** place;
  }

  #portsOf(mask: number): readonly ResponsePort[] {
    if (mask === 0) return NOBODY;
    return this.#ports.filter((_, place) => bitAnd(mask, 2 ** place) !== 0);
  }

  #trace(what: string, pkt: Packet, item: SnoopItem): void {
    const value = `${item.requested.toString(2)}.${item.holder.toString(2)}`;
    const text = `${what}: packet ${pkt.toString()} SF value ${value}`;
    dprintf(SnoopFilterFlag, this.curTick(), this.name(), text);
  }
}
