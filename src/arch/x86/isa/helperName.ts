/** Functions of the host that do what generated code leaves to them, by number. */
import { panic } from '../../../base/index';
import {
  memoryOperations,
  plainOperations,
  type MemoryOperation,
  type PlainOperation,
} from './x87/x87Operations';
import type { X87Unit } from './x87/x87Unit';

const segmentHelpers = [
  ...(['loadSegment', 'checkCode', 'checkStack', 'verifySegment'] as const),
  ...(['descriptorRights', 'descriptorLimit'] as const),
];
/** Those about selectors. */
export type SegmentHelper = (typeof segmentHelpers)[number];

/** Their names, in the order of their numbers. */
export const helperNames = [
  ...(['divideU128', 'divideS128', 'cpuid', 'rdtsc', 'rdtscp', 'xgetbv', 'out'] as const),
  ...(['undefined', 'pcmpestrm', 'pcmpestri', 'pcmpistrm', 'pcmpistri'] as const),
  ...(['sseFloat', 'cipher'] as const),
  ...segmentHelpers,
];

/** A function of the host that an instruction may call. */
export type HelperName = (typeof helperNames)[number];

/** The number of a function. */
export function helperNumber(name: HelperName): number {
  return helperNames.indexOf(name);
}

/** The function of a number. @throws {PanicError} when there is none */
export function helperOf(number: number): HelperName {
  return helperNames[number] ?? panic(`no helper ${String(number)}`);
}

// The x87: numbers above the others'.

const FIRST_PLAIN = 0x100;
const FIRST_MEMORY = 0x200;
const FIRST_TRIAL = 0x280;
const FIRST_ARITHMETIC = 0x400;
const sources = ['register', 'ldSingle', 'ldDouble', 'ldInteger'] as const;

/** The number for a move that a condition in the words decides. */
export const x87MoveHelper = 0x300;

/** The number of an operation of the x87 without memory. */
export function plainHelper(operation: PlainOperation): number {
  return FIRST_PLAIN + plainOperations.indexOf(operation);
}

const flagHelpers = (['comi', 'comip', 'ucomi', 'ucomip'] as const).map(plainHelper);

/** Whether a number is that of a comparison that sets flags. */
export function isFlagsHelper(number: number): boolean {
  return flagHelpers.includes(number);
}

/** The number of a load or store of the x87. */
export function memoryHelper(operation: MemoryOperation): number {
  return FIRST_MEMORY + memoryOperations.indexOf(operation);
}

/** The number of what a store of the x87 does before it looks at memory. */
export function trialHelper(operation: MemoryOperation): number {
  return memoryHelper(operation) - FIRST_MEMORY + FIRST_TRIAL;
}

/**
 * The number of arithmetic of the x87.
 * @param kind - what is done, as opcodes number it
 * @param target - 0 for ST(0), 1 for ST(i), 2 for ST(i) with a pop
 */
export function arithmeticHelper(
  kind: number,
  source: (typeof sources)[number],
  target: 0 | 1 | 2,
): number {
  return FIRST_ARITHMETIC + kind + 8 * sources.indexOf(source) + 32 * target;
}

/**
 * Has the x87 do what a number stands for.
 * @param i - the register that the instruction names
 * @param condition - of a move that depends on one
 * @returns flags of a comparison that sets flags, else 0; -1 when the number is no x87 operation
 */
export function callX87(unit: X87Unit, number: number, i: number, condition: boolean): number {
  if (number < FIRST_PLAIN) return -1;
  if (number >= FIRST_ARITHMETIC) {
    const code = number - FIRST_ARITHMETIC;
    unit.arithmetic(code & 7, sources[(code >> 3) & 3] ?? 'register', code >> 5, i);
  } else if (number === x87MoveHelper) {
    unit.moveIf(condition, i);
  } else if (number >= FIRST_TRIAL) {
    unit.tryStore(memoryOperations[number - FIRST_TRIAL] ?? panic(`no helper ${String(number)}`));
  } else if (number >= FIRST_MEMORY) {
    unit.memory(memoryOperations[number - FIRST_MEMORY] ?? panic(`no helper ${String(number)}`));
  } else {
    const operation = plainOperations[number - FIRST_PLAIN];
    return unit.plain(operation ?? panic(`no helper ${String(number)}`), i);
  }
  return 0;
}
