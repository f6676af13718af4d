/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * touch [MIB]: maps MIB mebibytes (512) and writes to every page once, in order: the cost of
 * getting memory, and of nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define MIB (1024ul * 1024ul)
#define PAGE 4096ul

int main(int argc, char **argv)
{
    unsigned long size = (argc > 1 ? strtoul(argv[1], NULL, 0) : 512) * MIB;
    volatile unsigned char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        printf("out of memory: %lu bytes\n", size);
        return 1;
    }
    for (unsigned long at = 0; at < size; at += PAGE)
        memory[at] = (unsigned char)(at / PAGE);
    printf("touched %lu pages\n", size / PAGE);
    return 0;
}
