/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * compute [ROUNDS]: integer, memory and floating-point work without one system call between the
 * start and the result, which is a checksum that depends on every step. The default number of
 * rounds takes about a second on a processor of 2020 or later.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_ROUNDS 12000ul
#define WORDS (32 * 1024) /* 256 KiB: beyond a first-level cache, inside a second-level one */

static uint64_t words[WORDS];

static uint64_t xorshift(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ (x << 17);
}

/* Data-dependent loads and stores. */
static uint64_t shuffle(uint64_t seed)
{
    for (unsigned i = 0; i < WORDS; i++) {
        seed = xorshift(seed);
        unsigned j = (unsigned)(seed % WORDS);
        uint64_t word = words[j];
        words[j] = words[i] + seed;
        words[i] = word ^ (seed >> 3);
    }
    return seed;
}

/* A logistic map per step: rounding makes the low bits depend on every operation. */
static double chaos(double x, unsigned steps)
{
    while (steps-- > 0)
        x = 3.999 * x * (1.0 - x);
    return x;
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : DEFAULT_ROUNDS;
    uint64_t seed = 88172645463325252u;
    double x = 0.3;

    for (unsigned i = 0; i < WORDS; i++)
        words[i] = i;
    for (unsigned long round = 0; round < rounds; round++) {
        seed = shuffle(seed);
        x = chaos(x, 10000);
    }

    uint64_t sum = seed;
    for (unsigned i = 0; i < WORDS; i++)
        sum = sum * 31 + words[i];
    printf("rounds %lu checksum %016llx chaos %.15f\n", rounds, (unsigned long long)sum, x);
    return 0;
}
