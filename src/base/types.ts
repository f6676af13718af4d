/** The plain number types that every floor shares. Source: gem5 `base/types.hh`. */

/**
 * Simulated time in ticks; one tick is one picosecond at the default frequency. A non-negative
 * integer, exact to 2^53 - 1 (two and a half hours of simulated time).
 */
export type Tick = number;

/** A physical address, or a size in bytes. A non-negative integer, exact to 2^53 - 1 (8 PiB). */
export type Addr = number;

/** A number of clock cycles of some clock domain. A non-negative integer. */
export type Cycles = number;

/** Identifies who sent a request; handed out by `System.getRequestorId`. */
export type RequestorID = number;

/** Identifies a hardware thread context within its `System`. */
export type ContextID = number;

/** The last tick there is. Also means "never" wherever a tick is returned. */
export const MaxTick: Tick = Number.MAX_SAFE_INTEGER;

/** The last address there is. Also means "no such address" wherever an address is returned. */
export const MaxAddr: Addr = Number.MAX_SAFE_INTEGER;

/** The context id of something that is not a thread context. */
export const InvalidContextID: ContextID = -1;
