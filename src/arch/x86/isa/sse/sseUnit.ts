/**
 * Floating-point arithmetic of SSE and its successors as MXCSR wants it: rounding, denormal numbers as
 * zeros, exceptions. Generated code comes here for what its own arithmetic cannot do or cannot tell.
 * Source: SDM volume 1, 4.8.3.5 (NaNs), 10.2.3 (MXCSR), 11.5 (exceptions).
 */
import { coreOffset, mxcsrOffset } from '../coreLayout';
import { Exception } from '../x87/float80';
import { isExact } from './exactness';
import { computeLane, type LaneResult, type SseControl } from './sseLane';
import { decodeTask, type SseTask } from './sseOperations';

/** Bits of MXCSR. */
const Mxcsr = { DAZ: 0x40, FTZ: 0x8000 } as const;
/** Exceptions that are found before anything is computed. */
const BEFORE = Exception.Invalid | Exception.Denormal | Exception.ZeroDivide;

/** Where operands and the result lie. */
const place = {
  a: coreOffset.vectorArguments,
  b: coreOffset.vectorArguments + 32,
  c: coreOffset.vectorArguments + 64,
  result: coreOffset.vectorArguments + 96,
} as const;

/** Does what generated code leaves to it. */
export class SseUnit {
  readonly #view: DataView;

  /** @param view - of the core's memory */
  constructor(view: DataView) {
    this.#view = view;
  }

  /** Does the task that the core's words describe. @returns whether #XM is to be raised */
  run(): boolean {
    const view = this.#view;
    const task = decodeTask(view.getUint32(coreOffset.argument, true));
    const mxcsr = view.getUint32(mxcsrOffset, true);
    if (this.#isPlain(task, mxcsr)) return false;
    const unmasked = ~(mxcsr >> 7) & 0x3f;
    const control: SseControl = {
      mode: (mxcsr >> 13) & 3,
      denormalsAreZeros: (mxcsr & Mxcsr.DAZ) !== 0,
      flushesToZero: (mxcsr & Mxcsr.FTZ) !== 0,
      unmasked,
    };
    const results = this.#compute(task, control);
    const all = results.reduce((raised, { exceptions }) => raised | exceptions, 0);
    // What is known before keeps the rest from being found out.
    const raised = (all & BEFORE & unmasked) === 0 ? all : all & BEFORE;
    view.setUint32(mxcsrOffset, mxcsr | raised, true);
    if ((raised & unmasked) !== 0) return true;
    for (const [lane, { bits }] of results.entries()) this.#write(task, lane, bits);
    return false;
  }

  #compute(task: SseTask, control: SseControl): LaneResult[] {
    return Array.from({ length: task.lanes }, (_, lane) => {
      const at = lane * task.bytes;
      const read = (start: number): bigint => this.#read(start + at, task.bytes);
      return computeLane(task, lane, [read(place.a), read(place.b), read(place.c)], control);
    });
  }

  /**
   * The result of generated code, which rounds to nearest, is right where nothing special is involved:
   * then all that may be missing is a note that it is not exact.
   * @returns false when more has to be done
   */
  #isPlain({ operation, bytes, lanes }: SseTask, mxcsr: number): boolean {
    // Rounding to nearest, and no trap when the result is not exact.
    if ((mxcsr & 0x7000) !== 0x1000) return false;
    const view = this.#view;
    let exact = true;
    for (let at = 0; at < lanes * bytes; at += bytes) {
      const read = (start: number): number =>
        bytes === 8 ? view.getFloat64(start + at, true) : view.getFloat32(start + at, true);
      const answer = isExact(operation, bytes, read(place.a), read(place.b), read(place.result));
      if (answer === null) return false;
      exact &&= answer;
    }
    if (!exact) view.setUint32(mxcsrOffset, mxcsr | Exception.Precision, true);
    return true;
  }

  #read(at: number, bytes: number): bigint {
    const view = this.#view;
    if (bytes === 8) return view.getBigUint64(at, true);
    return BigInt(bytes === 4 ? view.getUint32(at, true) : view.getUint16(at, true));
  }

  #write({ resultBytes }: SseTask, lane: number, bits: bigint): void {
    const view = this.#view;
    const at = place.result + lane * resultBytes;
    if (resultBytes === 8) view.setBigUint64(at, BigInt.asUintN(64, bits), true);
    else if (resultBytes === 4) view.setUint32(at, Number(BigInt.asUintN(32, bits)), true);
    else view.setUint16(at, Number(bits), true);
  }
}
