/** The debug flags of the trace of instructions, as gem5 has them (`cpu/SConscript`). */
import { compoundFlag, debugFlag, FmtTicksOff } from '../base/index';

/** Nothing is traced without it. */
export const ExecEnable = debugFlag('ExecEnable', 'Filter: Enable exec tracing');
export const ExecEffAddr = debugFlag('ExecEffAddr', 'Format: Include effective address');
export const ExecFaulting = debugFlag('ExecFaulting', 'Trace faulting instructions');
export const ExecOpClass = debugFlag('ExecOpClass', 'Format: Include operand class');
export const ExecResult = debugFlag('ExecResult', 'Format: Include results from execution');
export const ExecSymbol = debugFlag('ExecSymbol', 'Format: Try to include symbol names');
export const ExecThread = debugFlag('ExecThread', 'Format: Include thread ID in trace');
export const ExecUser = debugFlag('ExecUser', 'Filter: Trace user mode instructions');
export const ExecAsid = debugFlag('ExecAsid', 'Format: Include ASID in trace');
export const ExecFlags = debugFlag('ExecFlags', 'Format: Include instruction flags in trace');

const withoutEffect = [
  debugFlag('ExecMicro', 'Filter: Include microops (instructions have none here)'),
  debugFlag('ExecMacro', 'Filter: Include macroops (instructions have no microops here)'),
  debugFlag('ExecKernel', 'Filter: Trace kernel mode instructions (programs have none)'),
];

const exec = compoundFlag(
  'Exec',
  [
    ...[ExecEnable, ExecOpClass, ExecThread, ExecEffAddr, ExecResult, ExecSymbol, ExecFaulting],
    ...[ExecUser, ...withoutEffect],
  ],
  'Instructions that software CPUs execute, with addresses and results',
);

compoundFlag(
  'ExecAll',
  [exec, ExecAsid, ExecFlags],
  'As Exec, with all that there is to say of an instruction',
);

compoundFlag('ExecNoTicks', [exec, FmtTicksOff], 'As Exec, without ticks');
