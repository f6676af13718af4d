/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * malloc [MIB]: allocates MIB mebibytes (256) in 16 MiB blocks, touches every page, frees half,
 * allocates that again, grows one block, and checks that everything still holds what was written;
 * then the same with many small blocks, which come from the heap and not from mappings.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024ul * 1024ul)
#define BLOCK (16 * MIB)
#define PAGE 4096ul
#define MAX_BLOCKS 1024ul
#define SMALL 20000u

static unsigned char *blocks[MAX_BLOCKS];
static unsigned char *small[SMALL];

static void *mustHave(void *memory, size_t size)
{
    if (memory == NULL) {
        printf("out of memory: %lu bytes\n", (unsigned long)size);
        exit(1);
    }
    return memory;
}

static void require(int condition, const char *what)
{
    if (!condition) {
        printf("wrong: %s\n", what);
        exit(1);
    }
}

static void fill(unsigned char *block, size_t size, unsigned long tag)
{
    for (size_t at = 0; at < size; at += PAGE)
        *(uint64_t *)(block + at) = tag * 0x9e3779b97f4a7c15u + at;
}

static int holds(const unsigned char *block, size_t size, unsigned long tag)
{
    for (size_t at = 0; at < size; at += PAGE)
        if (*(const uint64_t *)(block + at) != tag * 0x9e3779b97f4a7c15u + at)
            return 0;
    return 1;
}

static void bigBlocks(unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        blocks[i] = mustHave(malloc(BLOCK), BLOCK);
        fill(blocks[i], BLOCK, i);
    }
    for (unsigned long i = 0; i < count; i += 2)
        free(blocks[i]);
    for (unsigned long i = 0; i < count; i += 2) {
        /* calloc: memory that was used before must come back as zeros. */
        blocks[i] = mustHave(calloc(1, BLOCK), BLOCK);
        for (size_t at = 0; at < BLOCK; at += PAGE)
            require(blocks[i][at] == 0, "calloc gave memory that is not zero");
        fill(blocks[i], BLOCK, i + count);
    }
    blocks[0] = mustHave(realloc(blocks[0], BLOCK + MIB), BLOCK + MIB);
    for (unsigned long i = 0; i < count; i++)
        require(holds(blocks[i], BLOCK, i % 2 == 0 ? i + count : i), "a large block changed");
    for (unsigned long i = 0; i < count; i++)
        free(blocks[i]);
}

static void smallBlocks(void)
{
    unsigned long total = 0;

    for (unsigned i = 0; i < SMALL; i++) {
        size_t size = 16 + (i * 37) % 2000;
        small[i] = mustHave(malloc(size), size);
        memset(small[i], (int)(i & 0xff), size);
        total += size;
    }
    for (unsigned i = 1; i < SMALL; i += 2)
        free(small[i]);
    for (unsigned i = 0; i < SMALL; i += 2) {
        size_t size = 16 + (i * 37) % 2000;
        require(small[i][0] == (i & 0xff) && small[i][size - 1] == (i & 0xff), "a small block changed");
        free(small[i]);
    }
    printf("small blocks: %u, %lu bytes, ok\n", SMALL, total);
}

int main(int argc, char **argv)
{
    unsigned long mib = argc > 1 ? strtoul(argv[1], NULL, 0) : 256;
    unsigned long count = (mib * MIB + BLOCK - 1) / BLOCK;

    if (count == 0 || count > MAX_BLOCKS) {
        fprintf(stderr, "usage: malloc [MIB], 1 to %lu\n", MAX_BLOCKS * BLOCK / MIB);
        return 2;
    }
    bigBlocks(count);
    printf("large blocks: %lu of %lu MiB, ok\n", count, BLOCK / MIB);
    smallBlocks();
    return 0;
}
