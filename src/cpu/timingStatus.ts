/**
 * What a timing CPU can be doing, as in gem5's `cpu/simple/base.hh` (`BaseSimpleCPU::Status`). Gone are
 * the states in which it waits for a translation, which here takes no time.
 *
 * | status | what it does | what happens next |
 * |---|---|---|
 * | `Idle` | no thread is active, or the CPU has drained | a thread becomes active: `Running` |
 * | `Running` | works on an instruction; or an event is scheduled to fetch the next one | a fetch or an access is sent; the program stops for the operating system: `Faulting` |
 * | `Faulting` | the operating system answers; an event is scheduled to fetch what comes then | `Running` |
 * | `IcacheRetry` | a fetch was refused | it is sent again: `IcacheWaitResponse` |
 * | `IcacheWaitResponse` | a fetch is on its way | the response, at the next clock edge: `Running` |
 * | `DcacheRetry` | a packet of an access was refused | all packets are sent: `DcacheWaitResponse` |
 * | `DcacheWaitResponse` | an access is on its way | the last response, at the next clock edge: `Running` |
 */
import { panic } from '../base/index';

/** A status. */
export type TimingStatus =
  | 'Idle'
  | 'Running'
  | 'Faulting'
  | 'IcacheRetry'
  | 'IcacheWaitResponse'
  | 'DcacheRetry'
  | 'DcacheWaitResponse';

const NEXT: Readonly<Record<TimingStatus, readonly TimingStatus[]>> = {
  Idle: ['Running'],
  Running: [
    ...(['Idle', 'Faulting', 'IcacheRetry', 'IcacheWaitResponse'] as const),
    ...(['DcacheRetry', 'DcacheWaitResponse'] as const),
  ],
  Faulting: ['Running', 'Idle'],
  IcacheRetry: ['IcacheWaitResponse'],
  IcacheWaitResponse: ['Running'],
  DcacheRetry: ['DcacheWaitResponse'],
  DcacheWaitResponse: ['Running'],
};

/** The same, a bit for each status: it is looked at several times an instruction. */
const BITS = Object.fromEntries(Object.keys(NEXT).map((status, i) => [status, 1 << i])) as Readonly<
  Record<TimingStatus, number>
>;
const WAYS = Object.fromEntries(
  Object.entries(NEXT).map(([from, to]) => [from, to.reduce((bits, s) => bits | BITS[s], 0)]),
) as Readonly<Record<TimingStatus, number>>;

/**
 * The way from one status to another.
 * @returns `to`
 * @throws {PanicError} when there is none
 */
export function step(from: TimingStatus, to: TimingStatus): TimingStatus {
  if ((WAYS[from] & BITS[to]) === 0) panic(`a timing CPU cannot go from ${from} to ${to}`);
  return to;
}
