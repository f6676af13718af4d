/**
 * Pseudo-instructions: what a guest asks of the simulator itself. They know no CPU model; a model
 * calls {@link pseudoInst} where its guest executes one.
 *
 * Source: gem5 `sim/pseudo_inst.hh`, `sim/pseudo_inst.cc`, `arch/x86/pseudo_inst_abi.hh`.
 */
import { R8, R9, RAX, RCX, RDI, RDX, RSI } from '../../arch/x86/index';
import { debugFlag, dprintf, panic, warn, warnOnce } from '../../base/index';
import { Workload } from '../../mem/index';
import type { ThreadContext } from '../threadContext';
import { Caller, type PseudoOp } from './caller';
import { readFile, writeFile } from './fileOps';
import { M5Op } from './m5Op';
import { checkpoint, exit, fail, statistics, switchCpu } from './runOps';
import { arm, quiesce, quiesceCycles, quiesceNs, quiesceTime, wakeCpu } from './threadOps';
import { workBegin, workEnd } from './workItemOps';

/** Traces pseudo-instructions. */
export const PseudoInst = debugFlag('PseudoInst', 'Pseudo-instructions that guests execute');

interface Entry {
  /** gem5's name in C, without `m5_`. */
  readonly name: string;
  /** How many arguments it takes. */
  readonly arity: number;
  readonly op: PseudoOp;
}

const ARGUMENTS = [RDI, RSI, RDX, RCX, R8, R9];
const UINT64 = 64;

/** An operation without a result. */
function effect(op: (caller: Caller, ...args: bigint[]) => void): PseudoOp {
  return (caller, args) => {
    op(caller, ...args);
    return undefined;
  };
}

/** An operation with a result. */
function value(op: (caller: Caller, ...args: bigint[]) => bigint): PseudoOp {
  return (caller, args) => op(caller, ...args);
}

function statOp(dump: boolean, reset: boolean): PseudoOp {
  return effect((caller, ns = 0n, period = 0n) => {
    statistics(caller, { dump, reset }, ns, period);
  });
}

/** The key is text in two registers, 8 bytes each; an empty one asks for `initParam`. */
function initParam({ system }: Caller, low: bigint, high: bigint): bigint {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(low, 0);
  bytes.writeBigUInt64LE(high, 8);
  const text = bytes.toString('latin1');
  const key = text.slice(0, `${text}\0`.indexOf('\0'));
  switch (key) {
    case '':
      return BigInt(system.params.initParam);
    case 'dist-rank':
      return 0n; // this simulation is the only one
    case 'dist-size':
      return 1n;
    default:
      warn(`m5_init_param: there is no parameter '${key}'; the guest gets 0`);
      return 0n;
  }
}

/** Stops where a JavaScript debugger is attached to the simulator; else nothing happens. */
function debugBreak(): void {
  // eslint-disable-next-line no-debugger -- the guest asks for it
  debugger;
}

function panicOp({ context }: Caller): never {
  const { rip } = context.registers();
  return panic(`M5 panic instruction called at 0x${rip.toString(16)}`, context.dump());
}

function workloadEvent({ context, system: { workload } }: Caller): void {
  // Emulated system calls come another way; a program that pokes the workload is mistaken.
  if (context.process === null && workload instanceof Workload) workload.event(context);
  else warn(`unexpected workload event at 0x${context.registers().rip.toString(16)}`);
}

/** An operation on what a simulation here has not. */
function missing(name: string, what: string): PseudoOp {
  return effect(() => {
    warnOnce(`m5_${name}`, `m5_${name} does nothing: there is no ${what}`);
  });
}

const TABLE = new Map<number, Entry>();

function define(func: number, name: string, arity: number, op: PseudoOp): void {
  TABLE.set(func, { name, arity, op });
}

define(M5Op.Arm, 'arm', 1, effect(arm));
define(M5Op.Quiesce, 'quiesce', 0, effect(quiesce));
define(M5Op.QuiesceNs, 'quiesce_ns', 1, effect(quiesceNs));
define(M5Op.QuiesceCycle, 'quiesce_cycle', 1, effect(quiesceCycles));
define(M5Op.QuiesceTime, 'quiesce_time', 0, value(quiesceTime));
define(
  M5Op.Rpns,
  'rpns',
  0,
  value(({ simulation, ticksPerNs }) => BigInt(Math.floor(simulation.curTick() / ticksPerNs))),
);
define(M5Op.WakeCpu, 'wake_cpu', 1, effect(wakeCpu));
define(M5Op.Exit, 'exit', 1, effect(exit));
define(M5Op.Fail, 'fail', 2, effect(fail));
define(M5Op.Sum, 'sum', 6, (_caller, args) =>
  BigInt.asUintN(
    UINT64,
    args.reduce((a, b) => a + b),
  ),
);
define(M5Op.InitParam, 'init_param', 2, value(initParam));
define(M5Op.LoadSymbol, 'load_symbol', 0, missing('load_symbol', 'symbol table'));
define(M5Op.ResetStats, 'reset_stats', 2, statOp(false, true));
define(M5Op.DumpStats, 'dump_stats', 2, statOp(true, false));
define(M5Op.DumpResetStats, 'dump_reset_stats', 2, statOp(true, true));
define(M5Op.Checkpoint, 'checkpoint', 2, effect(checkpoint));
define(M5Op.WriteFile, 'write_file', 4, value(writeFile));
define(M5Op.ReadFile, 'read_file', 3, value(readFile));
define(M5Op.DebugBreak, 'debug_break', 0, effect(debugBreak));
define(M5Op.SwitchCpu, 'switch_cpu', 0, effect(switchCpu));
define(M5Op.AddSymbol, 'add_symbol', 2, missing('add_symbol', 'symbol table'));
define(M5Op.Panic, 'panic', 0, panicOp);
define(M5Op.WorkBegin, 'work_begin', 2, effect(workBegin));
define(M5Op.WorkEnd, 'work_end', 2, effect(workEnd));
define(
  M5Op.DistToggleSync,
  'dist_toggle_sync',
  0,
  missing('dist_toggle_sync', 'other simulation to keep in step with'),
);
define(M5Op.Workload, 'workload', 0, effect(workloadEvent));

/**
 * Executes a pseudo-instruction: arguments in RDI, RSI, RDX, RCX, R8, R9; a result in RAX, which is
 * left alone by those without.
 *
 * @param func - a number of {@link M5Op}
 * @returns the result, 0 for those without; undefined, with a warning, when there is no such number
 * @throws {PanicError} when the guest asks for it
 * @throws {FatalError} when a file of the host cannot be used, or a work item has too high a number
 */
export function pseudoInst(context: ThreadContext, func: number): bigint | undefined {
  const entry = TABLE.get(func);
  if (entry === undefined) {
    warn(`unknown m5 op 0x${func.toString(16)}`);
    return undefined;
  }
  const caller = new Caller(context);
  const state = context.registers();
  const args = ARGUMENTS.slice(0, entry.arity).map(register => state.gpr(register));
  if (PseudoInst.enabled) {
    const text = `m5_${entry.name}(${args.map(String).join(', ')})`;
    dprintf(PseudoInst, caller.simulation.curTick(), caller.cpu.name(), text);
  }
  const result = entry.op(caller, args);
  if (result === undefined) return 0n;
  context.registers().setGpr(RAX, result);
  return result;
}
