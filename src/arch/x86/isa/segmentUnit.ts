/**
 * Segment registers as programs may load them: by the descriptor table that the supervisor has set up.
 * Source: SDM volume 3, 3.4 and 5; volume 2, MOV, JMP, CALL, RET, IRET, LAR, LSL, VERR.
 */
import { decodeDescriptor } from '../descriptors';
import { Vector } from '../flags';
import { notMapped, walkTo } from '../pageWalk';
import { SS, type SegmentIndex } from '../registers';
import type { SegmentValue } from '../segmentRegister';
import { nullSegment } from '../supervisorLayout';
import { segmentLayout, sregsLayout, threadStateLayout } from '../threadStateLayout';
import type { CoreMemory } from './coreMemory';

const sregs = threadStateLayout.sregs.offset;
/** The privilege of programs. */
const USER = 3;

/** Why a selector is not taken. */
export interface SegmentFault {
  readonly vector: number;
  readonly errorCode: number;
}

const isCode = ({ s, type }: SegmentValue): boolean => s && (type & 8) !== 0;
const isConforming = ({ type }: SegmentValue): boolean => (type & 0xc) === 0xc;
const isNull = (selector: number): boolean => (selector & ~3) === 0;
/** What error codes have of a selector. */
const tableIndex = (selector: number): number => selector & ~3;
const protection = (errorCode: number): SegmentFault => ({ vector: Vector.GP, errorCode });

/** Segments of one core. */
export class SegmentUnit {
  readonly #memory: CoreMemory;

  constructor(memory: CoreMemory) {
    this.#memory = memory;
  }

  /** Loads a data segment register, or SS. @returns null when it is done */
  load(index: SegmentIndex, selector: number): SegmentFault | null {
    if (isNull(selector) && index !== SS) {
      this.#write(index, { ...nullSegment, selector });
      return null;
    }
    const fault = index === SS ? this.checkStack(selector) : this.#checkData(selector);
    const segment = this.#find(selector);
    if (fault === null && segment !== null) this.#write(index, segment);
    return fault;
  }

  /** Whether SS may have a selector. */
  checkStack(selector: number): SegmentFault | null {
    if (isNull(selector)) return protection(0);
    const segment = this.#find(selector);
    const isFit =
      segment !== null &&
      segment.s &&
      (segment.type & 0xa) === 2 &&
      segment.dpl === USER &&
      (selector & 3) === USER;
    if (!isFit) return protection(tableIndex(selector));
    return segment.present ? null : { vector: Vector.SS, errorCode: tableIndex(selector) };
  }

  #checkData(selector: number): SegmentFault | null {
    const segment = this.#find(selector);
    if (segment === null || !this.#isReadable(segment, selector)) {
      return protection(tableIndex(selector));
    }
    return segment.present ? null : { vector: Vector.NP, errorCode: tableIndex(selector) };
  }

  /**
   * Whether a program may go on in a code segment: there is none of 32 bits.
   * @param returns - by RET or IRET, which take the privilege from the selector
   */
  checkCode(selector: number, returns: boolean): SegmentFault | null {
    if (isNull(selector)) return protection(0);
    const segment = this.#find(selector);
    const isFit =
      segment !== null &&
      isCode(segment) &&
      segment.l &&
      (isConforming(segment) ? segment.dpl <= USER : segment.dpl === USER) &&
      (!returns || (selector & 3) === USER);
    if (!isFit) return protection(tableIndex(selector));
    return segment.present ? null : { vector: Vector.NP, errorCode: tableIndex(selector) };
  }

  /** VERR and VERW. */
  allows(selector: number, writes: boolean): boolean {
    const segment = this.#find(selector);
    if (segment?.s !== true) return false;
    if (!writes) return this.#isReadable(segment, selector);
    return !isCode(segment) && (segment.type & 2) !== 0 && segment.dpl === USER;
  }

  /** What LAR tells of a descriptor: the upper half of its first 8 bytes; null when it tells nothing. */
  rights(selector: number): number | null {
    const segment = this.#visible(selector, [2, 9, 0xb, 0xc]);
    return segment === null ? null : (this.#words(selector)[1] ?? 0) & 0xffff00;
  }

  /** What LSL tells: the offset of the last byte. */
  limit(selector: number): number | null {
    return this.#visible(selector, [2, 9, 0xb])?.limit ?? null;
  }

  #visible(selector: number, systemTypes: readonly number[]): SegmentValue | null {
    const segment = this.#find(selector);
    if (segment === null) return null;
    if (!segment.s && !systemTypes.includes(segment.type)) return null;
    const isOpen = segment.s && isCode(segment) && isConforming(segment);
    return isOpen || segment.dpl === USER ? segment : null;
  }

  #isReadable(segment: SegmentValue, selector: number): boolean {
    if (!segment.s) return false;
    if (isCode(segment) && (segment.type & 2) === 0) return false;
    if (isCode(segment) && isConforming(segment)) return true;
    return segment.dpl >= Math.max(USER, selector & 3);
  }

  /** The descriptor of a selector; null when there is none. There is no local table. */
  #find(selector: number): SegmentValue | null {
    const limit = this.#memory.view.getUint16(sregs + sregsLayout.gdt + 8, true);
    if (isNull(selector) || (selector & 4) !== 0 || (selector | 7) > limit) return null;
    return decodeDescriptor(new Uint8Array(this.#words(selector).buffer), selector);
  }

  #words(selector: number): Uint32Array {
    const { view } = this.#memory;
    const table = Number(view.getBigInt64(sregs + sregsLayout.gdt, true));
    const root = Number(view.getBigUint64(sregs + sregsLayout.cr3, true));
    return Uint32Array.from({ length: 4 }, (_, i) => {
      const physical = walkTo(this.#memory, root, table + (selector & ~7) + i * 4);
      return physical === notMapped ? 0 : this.#memory.load32(physical);
    });
  }

  #write(index: SegmentIndex, segment: SegmentValue): void {
    const { view } = this.#memory;
    const at = sregs + sregsLayout.segment.offset + index * sregsLayout.segment.stride;
    view.setBigUint64(at + segmentLayout.base, segment.base, true);
    view.setUint32(at + segmentLayout.limit, segment.limit, true);
    view.setUint16(at + segmentLayout.selector, segment.selector, true);
    view.setUint8(at + segmentLayout.type, segment.type | (segment.unusable ? 0 : 1));
    view.setUint8(at + segmentLayout.dpl, segment.dpl);
    for (const name of ['present', 'db', 's', 'l', 'g', 'avl', 'unusable'] as const) {
      view.setUint8(at + segmentLayout[name], Number(segment[name]));
    }
  }
}
