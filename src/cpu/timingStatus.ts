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
 * | `DcacheRetry` | a packet of an access was refused, or its bytes are locked | all packets are sent: `DcacheWaitResponse` |
 * | `DcacheWaitResponse` | an access is on its way | the last response, at the next clock edge: `Running` |
 */
import { panic } from '../base/index';

/** The statuses: a bit each, so that a set of them is a number. */
export const TimingStatus = {
  Idle: 0x01,
  Running: 0x02,
  Faulting: 0x04,
  IcacheRetry: 0x08,
  IcacheWaitResponse: 0x10,
  DcacheRetry: 0x20,
  DcacheWaitResponse: 0x40,
} as const;

/** The name of a status. */
export type TimingStatusName = keyof typeof TimingStatus;
/** A status. */
export type TimingStatus = (typeof TimingStatus)[TimingStatusName];

const { Idle, Running, Faulting, IcacheRetry, IcacheWaitResponse } = TimingStatus;
const { DcacheRetry, DcacheWaitResponse } = TimingStatus;

/** From each status, those that may follow. */
const WAYS: readonly (readonly [from: TimingStatus, to: number])[] = [
  [Idle, Running],
  [Running, Idle | Faulting | IcacheRetry | IcacheWaitResponse | DcacheRetry | DcacheWaitResponse],
  [Faulting, Running | Idle],
  [IcacheRetry, IcacheWaitResponse],
  [IcacheWaitResponse, Running],
  [DcacheRetry, DcacheWaitResponse],
  [DcacheWaitResponse, Running],
];

/** The same by status: it is looked at several times an instruction. */
const NEXT = new Uint8Array(DcacheWaitResponse + 1);
for (const [from, to] of WAYS) NEXT[from] = to;

/**
 * The way from one status to another.
 * @returns `to`
 * @throws {PanicError} when there is none
 */
export function step(from: TimingStatus, to: TimingStatus): TimingStatus {
  if (((NEXT[from] ?? 0) & to) === 0) noWay(from, to);
  return to;
}

function noWay(from: TimingStatus, to: TimingStatus): never {
  return panic(`a timing CPU cannot go from ${statusName(from)} to ${statusName(to)}`);
}

/** The name of a status. */
export function statusName(status: TimingStatus): TimingStatusName {
  const name = (Object.keys(TimingStatus) as TimingStatusName[]).find(
    each => TimingStatus[each] === status,
  );
  return name ?? panic(`a timing CPU has no status ${String(status)}`);
}
