// What a compiler makes of C for x86-64-v3, and intrinsics of the rest: every result is printed to the bit.
#include <fenv.h>
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#define N 64

static float a[N][N], b[N][N], product[N][N];
static double reciprocals[N];

static void show(const char *name, const void *bytes, int count) {
  printf("%s ", name);
  for (int i = 0; i < count; i++) printf("%02x", ((const unsigned char *)bytes)[i]);
  putchar('\n');
}

__attribute__((noinline)) static double dot(const double *x, const double *y, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++) sum = fma(x[i], y[i], sum);
  return sum;
}

static void matrices(void) {
  for (int i = 0; i < N; i++) {
    reciprocals[i] = 1.0 / (i + 1);
    for (int j = 0; j < N; j++) {
      a[i][j] = (i * 7 + j * 3) % 11 / 3.0f;
      b[i][j] = (i * 5 - j) % 13 / 7.0f;
    }
  }
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++)
      for (int j = 0; j < N; j++) product[i][j] += a[i][k] * b[k][j];
  float sum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) sum += product[i][j];
  printf("matrices %a %a\n", sum, dot(reciprocals, reciprocals, N));
}

static void vectors(void) {
  const uint32_t numbers[8] = {3, 1, 4, 1, 5, 9, 2, 6};
  __m256i index = _mm256_loadu_si256((const void *)numbers);
  __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(a[3]), 0);
  __m256 singles = _mm256_cvtph_ps(halves);
  __m256 gathered = _mm256_i32gather_ps(a[5], index, 4);
  __m256 moved = _mm256_permutevar8x32_ps(gathered, _mm256_and_si256(index, _mm256_set1_epi32(7)));
  __m256i shifted = _mm256_sllv_epi32(index, _mm256_srli_epi32(index, 1));
  float stored[8] = {0};
  _mm256_maskstore_ps(stored, _mm256_cmpgt_epi32(index, _mm256_set1_epi32(3)), moved);
  show("halves", &halves, 16);
  show("singles", &singles, 32);
  show("gathered", &gathered, 32);
  show("moved", &moved, 32);
  show("shifted", &shifted, 32);
  show("stored", stored, 32);
}

static void ciphers(void) {
  unsigned char key[16], block[16];
  for (int i = 0; i < 16; i++) key[i] = i, block[i] = i * 17;
  __m128i k = _mm_loadu_si128((const void *)key);
  __m128i state = _mm_xor_si128(_mm_loadu_si128((const void *)block), k);
  state = _mm_aesenc_si128(state, _mm_aeskeygenassist_si128(k, 1));
  state = _mm_aesenclast_si128(state, k);
  show("encrypted", &state, 16);
  state = _mm_aesdec_si128(state, _mm_aesimc_si128(k));
  show("decrypted", &state, 16);
  state = _mm_clmulepi64_si128(state, k, 0x01);
  show("carryless", &state, 16);
}

static void rounding(void) {
  const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  for (int i = 0; i < 4; i++) {
    fesetround(modes[i]);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double x = 1, y = 3, third = x / y;
    volatile float single = (float)third;
    volatile long whole = lrint(2.5);
    printf("rounded %a %a %ld %x\n", third, single, whole, fetestexcept(FE_ALL_EXCEPT));
  }
  fesetround(FE_TONEAREST);
  volatile double denormal = 5e-320, small = 1e-300, factor = 1e-20;
  for (int flush = 0; flush < 2; flush++) {
    _MM_SET_FLUSH_ZERO_MODE(flush ? _MM_FLUSH_ZERO_ON : _MM_FLUSH_ZERO_OFF);
    _MM_SET_DENORMALS_ZERO_MODE(flush ? _MM_DENORMALS_ZERO_ON : _MM_DENORMALS_ZERO_OFF);
    volatile double kept = denormal * factor * 1e20, lost = small * factor;
    int isZero = kept == 0 && lost == 0;
    printf("denormal %d\n", isZero);
  }
  _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_OFF);
  _MM_SET_DENORMALS_ZERO_MODE(_MM_DENORMALS_ZERO_OFF);
}

static void saving(void) {
  static unsigned char area[4096] __attribute__((aligned(64)));
  __m256 value = _mm256_set_ps(1, 2, 3, 4, 5, 6, 7, 8);
  __asm__ volatile("vmovaps %1, %%ymm9\n\txsave %0\n\tvxorps %%ymm9, %%ymm9, %%ymm9\n\t"
                   "xrstor %0\n\tvmovaps %%ymm9, %1"
                   : "+m"(area), "+m"(value)
                   : "a"(7), "d"(0)
                   : "xmm9");
  show("saved", &value, 32);
}

int main(void) {
  matrices();
  vectors();
  ciphers();
  rounding();
  saving();
  printf("x86-64-v3 %d\n", __builtin_cpu_supports("x86-64-v3") != 0);
  return 0;
}
