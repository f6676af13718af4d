/** What a thread may have brought from a CPU that executes more than the one that takes over. */
import { CpuidFeature, XFeature } from '../arch/x86/index';
import { warnOnce } from '../base/index';
import type { BaseCPU } from './baseCPU';

const AVX512 = XFeature.Opmask | XFeature.ZmmHi256 | XFeature.Hi16Zmm;

/** What keeps the GNU C library from choosing code for it. */
export const withoutAvx512 = 'GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW';
/** The same for all that came with AVX. */
const withoutAvx = `${withoutAvx512},-AVX2,-AVX,-FMA,-F16C,-XSAVE`;

/**
 * Says when a thread holds registers that its new CPU has no instructions for: then its program has
 * chosen code for a processor that it will not have any longer, and ends by SIGILL where it comes to it.
 *
 * @param old - has run the thread, and is drained
 */
export function warnOfForeignState(old: BaseCPU, next: BaseCPU): void {
  const features = next.cpuidFeatures();
  if (features === null) return;
  const has = (feature: (typeof features)[number]): boolean =>
    features.some(
      ({ function: leaf, index, register, bit }) =>
        leaf === feature.function &&
        index === feature.index &&
        register === feature.register &&
        bit === feature.bit,
    );
  for (const context of old.threadContexts) {
    const { fpu } = context.registers();
    const say = (what: string, remedy: string): void => {
      warnOnce(
        `${next.name()} lacks ${what}`,
        `${next.name()} does not execute ${what}, whose registers the program uses: it chose code ` +
          `for the host's processor, and may end by SIGILL. Run it from its start with --env ${remedy}`,
      );
    };
    if ((fpu.xstateBv & AVX512) !== 0 && !has(CpuidFeature.avx512f)) say('AVX-512', withoutAvx512);
    else if (fpu.hasUpperHalves && !has(CpuidFeature.avx)) say('AVX', withoutAvx);
  }
}
