/** Functions of the host that do what generated code leaves to them, by number. */
import { panic } from '../../../base/index';

/** Their names, in the order of their numbers. */
export const helperNames = [
  'divideU128',
  'divideS128',
  'cpuid',
  'rdtsc',
  'rdtscp',
  'xgetbv',
  'out',
  'undefined',
] as const;

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
