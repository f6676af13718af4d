/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * exhaust [touch]: moves the end of the heap until it is refused, says how everything else goes then,
 * and gives it back; with "touch" it then touches more than it was granted, which it does not survive.
 * Prints where its memory lies, so not the same on every host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB (1l << 20)

static char *setBreak(char *end)
{
    return (char *)syscall(SYS_brk, end);
}

static char *map(size_t size, int flags)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

int main(int argc, char **argv)
{
    char *start = setBreak(NULL);
    char *end = start;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("heap %p, stack %p, mapping %p\n", (void *)start, (void *)&end, (void *)map(MIB, 0));
    while (setBreak(end + MIB) == end + MIB) {
        memset(end, 1, MIB);
        end += MIB;
    }
    printf("heap grew by %ld MiB\n", (end - start) / MIB);
    char *more = map(2 * MIB, 0);
    printf("mmap: %s\n", more == MAP_FAILED && errno == ENOMEM ? "ENOMEM" : "granted");
    setBreak(start);
    more = map(2 * MIB, 0);
    printf("after giving back: %s\n", more == MAP_FAILED ? strerror(errno) : "granted");
    if (argc > 1 && strcmp(argv[1], "touch") == 0) {
        char *all = map(1l << 40, MAP_NORESERVE);
        printf("a reservation: %s\n", all == MAP_FAILED ? strerror(errno) : "granted");
        for (size_t at = 0; at < 1ul << 40; at += 4096) all[at] = 1;
        printf("survived\n");
    }
    return 0;
}
