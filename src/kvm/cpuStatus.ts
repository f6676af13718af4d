/**
 * What a KVM CPU is doing, and the moves that there are.
 *
 * ```
 *                    activateContext, drainResume
 *         Idle ────────────────────────────────────► Running ◄──┐ signal or timer
 *          ▲                                          │  ▲ └────┘
 *          │ suspend, drain, switch out               │  │ other exits
 *          ├──────────────────────────────────────────┤  │
 *          │                            exit by guest ▼  │
 *          ├──────────────────────────────── RunningService ──────────┐ IO or MMIO,
 *          │ HLT, drain, guest gone      ▲    │                       │ timing mode
 *          │                             │    │ IO or MMIO,           ▼
 *          │               exit by guest │    │ atomic mode  RunningMMIOPending
 *          │                             │    ▼                       │
 *          └───────────────────── RunningServiceCompletion ◄──────────┘ last response
 * ```
 *
 * Source of the behaviour: gem5 `cpu/kvm/base.hh`.
 */
import { panic } from '../base/index';

/**
 * - `Idle`: not run by KVM; no tick event is scheduled.
 * - `Running`: KVM is entered at the next tick.
 * - `RunningService`: the guest wants something, which the next tick sees to.
 * - `RunningMMIOPending`: an access in timing mode is on its way; no tick event is scheduled.
 * - `RunningServiceCompletion`: the guest has been served; KVM has to be entered once to deliver it.
 */
export type KvmCpuStatus =
  'Idle' | 'Running' | 'RunningService' | 'RunningMMIOPending' | 'RunningServiceCompletion';

/** Every move that a KVM CPU can make. */
export const KVM_CPU_MOVES = {
  Idle: ['Idle', 'Running'],
  Running: ['Running', 'RunningService', 'Idle'],
  RunningService: ['Running', 'RunningServiceCompletion', 'RunningMMIOPending', 'Idle'],
  RunningMMIOPending: ['RunningServiceCompletion'],
  RunningServiceCompletion: ['Running', 'RunningService', 'Idle'],
} as const satisfies Readonly<Record<KvmCpuStatus, readonly KvmCpuStatus[]>>;

/**
 * Checks a move.
 * @returns `to`
 * @throws {PanicError} when a CPU cannot go from `from` to `to`
 */
export function step(from: KvmCpuStatus, to: KvmCpuStatus): KvmCpuStatus {
  const moves: readonly KvmCpuStatus[] = KVM_CPU_MOVES[from];
  if (!moves.includes(to)) panic(`a KVM CPU cannot go from ${from} to ${to}`);
  return to;
}
