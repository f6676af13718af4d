/**
 * Which port of a crossbar leads to an address. Source: gem5 `mem/xbar.cc`.
 */
import { AddrRange, AddrRangeMap, dprintf, fatal, panic } from '../base/index';
import type { Addr } from '../base/index';
import { InvalidPortID } from '../sim/index';
import type { SimObject } from '../sim/index';
import { mergeRanges } from './mergeRanges';
import type { Packet } from './packet';
import { AddrRanges } from './physicalMemory';
import type { RequestPort } from './requestPort';

// Bound here once: every use of an imported name is a look-up in the other module.
const NoPort = InvalidPortID;

/** The map from addresses to memory-side ports, as their responders announce it. */
export class XBarAddressMap {
  readonly #xbar: SimObject;
  readonly #ports: readonly RequestPort[];
  readonly #defaultPortId: number;
  readonly #useDefaultRange: boolean;
  readonly #map = new AddrRangeMap<number>();
  readonly #announced = new Set<number>();
  #isComplete = false;
  #defaultRange = new AddrRange();
  #ranges: readonly AddrRange[] = [];

  /**
   * @param ports - all memory-side ports by id, the default port last
   * @param defaultPortId - the port for all other addresses, or `InvalidPortID`
   * @param useDefaultRange - whether that port answers only for the range that it announces
   */
  constructor(
    xbar: SimObject,
    ports: readonly RequestPort[],
    defaultPortId: number,
    useDefaultRange: boolean,
  ) {
    this.#xbar = xbar;
    this.#ports = ports;
    this.#defaultPortId = defaultPortId;
    this.#useDefaultRange = useDefaultRange;
    if (useDefaultRange && defaultPortId === InvalidPortID) {
      fatal(`Crossbar ${xbar.name()} uses a default range, but its default port is not connected`);
    }
  }

  /** Whether every responder has announced its ranges. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /**
   * The ranges that the crossbar as a whole answers for.
   *
   * @throws {PanicError} before all responders have announced theirs
   */
  get ranges(): readonly AddrRange[] {
    if (!this.isComplete) panic(`${this.#xbar.name()} does not know all address ranges yet`);
    return this.#ranges;
  }

  /**
   * A responder has announced its ranges, for the first time or anew.
   *
   * @returns whether the crossbar can now announce its own
   * @throws {FatalError} when two responders answer for the same address
   */
  update(id: number): boolean {
    this.#announced.add(id);
    this.#isComplete = this.#announced.size === this.#ports.length;
    const ranges = this.#ports[id]?.getAddrRanges() ?? [];
    if (id === this.#defaultPortId) this.#setDefault(ranges);
    else this.#setRanges(id, ranges);
    if (!this.#isComplete) return false;
    this.#aggregate();
    return true;
  }

  #setDefault(ranges: readonly AddrRange[]): void {
    if (!this.#useDefaultRange) return;
    const [range, ...rest] = ranges;
    if (range === undefined || rest.length > 0) {
      fatal(`Crossbar ${this.#xbar.name()} may only have a single default range`);
    }
    this.#defaultRange = range;
  }

  #setRanges(id: number, ranges: readonly AddrRange[]): void {
    for (const entry of [...this.#map]) if (entry.value === id) this.#map.erase(entry.range);
    for (const range of ranges) {
      const other = this.#map.intersects(range);
      if (other !== undefined) {
        fatal(
          `${this.#xbar.name()} has two ports responding within range ${range.toString()}: ` +
            `${this.#peerName(id)} and ${this.#peerName(other.value)}`,
        );
      }
      this.#map.insert(range, id);
      if (AddrRanges.enabled) this.#trace(`Adding range ${range.toString()} for id ${String(id)}`);
    }
  }

  #aggregate(): void {
    const ranges: AddrRange[] = this.#useDefaultRange ? [this.#defaultRange] : [];
    for (const range of mergeRanges(this.#map.ranges())) {
      if (this.#useDefaultRange) {
        if (range.isSubset(this.#defaultRange)) continue;
        if (range.intersects(this.#defaultRange)) {
          fatal(
            `Range ${range.toString()} intersects the default range of ${this.#xbar.name()} ` +
              'but is not a subset',
          );
        }
      }
      ranges.push(range);
    }
    this.#ranges = ranges;
    if (AddrRanges.enabled) this.#trace(`Aggregated: ${ranges.join(' ')}`);
  }

  /**
   * The id of the port that leads to all bytes of an access.
   *
   * @throws {FatalError} when there is none
   */
  findPort(pkt: Packet): number {
    const id = this.lookup(pkt.addr, pkt.size);
    return id === NoPort ? this.#noPort(pkt) : id;
  }

  #noPort(pkt: Packet): never {
    const range = AddrRange.rangeSize(pkt.addr, pkt.size);
    const trace =
      pkt.portTrace === null
        ? 'Use --debug-flags=PortTrace to see the port trace of the packet.'
        : `Port trace: ${pkt.portTrace.join(', ')}`;
    return fatal(
      `Unable to find destination for ${range.toString()} on ${this.#xbar.name()}. ${trace}`,
    );
  }

  /** As `findPort`, or `InvalidPortID` when there is none. */
  lookup(addr: Addr, size: number): number {
    if (!this.#isComplete) this.#tooEarly();
    const id = this.#map.lookup(addr, size);
    if (id !== undefined) return id;
    if (this.#useDefaultRange && !this.#defaultRange.containsAccess(addr, size)) {
      return InvalidPortID;
    }
    return this.#defaultPortId;
  }

  #tooEarly(): never {
    return panic(`${this.#xbar.name()} was accessed before it knew all address ranges`);
  }

  #peerName(id: number): string {
    return this.#ports[id]?.peer.name() ?? `port ${String(id)}`;
  }

  #trace(text: string): void {
    dprintf(AddrRanges, this.#xbar.curTick(), this.#xbar.name(), text);
  }
}
