/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kernels KERNEL [ROUNDS]: one kind of computation without system calls in between, and a checksum of
 * it. Without arguments: lists the kernels. `rewrite` and `remap` are about code that changes: the
 * first rewrites an instruction and executes it, the second maps, fills, executes and unmaps a page.
 */
#include <emmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uint64_t seed = 88172645463325252u;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Tables, shifts and bytes. */
static uint64_t crc32(void)
{
    static uint32_t table[256];
    static uint8_t bytes[65536];
    for (unsigned i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
        table[i] = value;
    }
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)next();
    uint32_t crc = 0xffffffffu;
    for (unsigned i = 0; i < sizeof bytes; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
    return ~crc;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Calls through a pointer, and branches that nobody can predict. */
static uint64_t sort(void)
{
    static uint64_t words[4096];
    for (unsigned i = 0; i < 4096; i++)
        words[i] = next();
    qsort(words, 4096, sizeof words[0], ascending);
    return words[1000] ^ words[3000];
}

/* An interpreter of a small machine: computed jumps. */
static uint64_t machine(void)
{
    enum { PUSH, ADD, MUL, XOR, LOOP, HALT };
    static const uint8_t code[] = { PUSH, 3, ADD, PUSH, 5, MUL, PUSH, 77, XOR, LOOP, 0, HALT };
    uint64_t stack[8] = { next() };
    unsigned sp = 1, pc = 0, left = 20000;
    for (;;) {
        switch (code[pc++]) {
        case PUSH: stack[sp++] = code[pc++]; break;
        case ADD: sp--; stack[sp - 1] += stack[sp]; break;
        case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
        case XOR: sp--; stack[sp - 1] ^= stack[sp]; break;
        case LOOP: pc = --left > 0 ? code[pc] : pc + 1; break;
        case HALT: return stack[0];
        }
    }
}

/* SSE2. */
static uint64_t matrix(void)
{
    enum { N = 48 };
    static double a[N][N] __attribute__((aligned(16))), b[N][N] __attribute__((aligned(16)));
    static double c[N][N] __attribute__((aligned(16)));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (double)(next() % 1000) / 8;
            b[i][j] = (double)(next() % 1000) / 16;
        }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j += 2) {
            __m128d sum = _mm_setzero_pd();
            for (int k = 0; k < N; k++)
                sum = _mm_add_pd(sum, _mm_mul_pd(_mm_set1_pd(a[i][k]), _mm_load_pd(&b[k][j])));
            _mm_store_pd(&c[i][j], sum);
        }
    uint64_t bits;
    memcpy(&bits, &c[17][31], sizeof bits);
    return bits;
}

/* mov $0, %eax; ret */
static const uint8_t function[] = { 0xb8, 0, 0, 0, 0, 0xc3 };

static uint8_t *page(void)
{
    void *at = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    memcpy(at, function, sizeof function);
    return at;
}

static uint64_t call(uint8_t *code, uint32_t value)
{
    memcpy(code + 1, &value, sizeof value);
    return ((uint32_t (*)(void))(uintptr_t)code)();
}

static uint64_t rewrite(void)
{
    static uint8_t *code;
    if (code == 0)
        code = page();
    uint64_t sum = 0;
    for (unsigned i = 0; i < 100; i++)
        sum += call(code, (uint32_t)next());
    return sum;
}

static uint64_t remap(void)
{
    uint8_t *code = page();
    uint64_t value = call(code, (uint32_t)next());
    munmap(code, 4096);
    return value;
}

static const struct {
    const char *name;
    uint64_t (*run)(void);
} kernels[] = {
    { "crc32", crc32 }, { "qsort", sort }, { "machine", machine },
    { "matrix", matrix }, { "rewrite", rewrite }, { "remap", remap },
};

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 2 ? strtoul(argv[2], 0, 0) : 1;
    for (unsigned i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        if (argc < 2) {
            puts(kernels[i].name);
        } else if (strcmp(argv[1], kernels[i].name) == 0) {
            uint64_t sum = 0;
            while (rounds-- > 0)
                sum = sum * 31 + kernels[i].run();
            printf("%s %016llx\n", argv[1], (unsigned long long)sum);
            return 0;
        }
    }
    return argc < 2 ? 0 : 2;
}
