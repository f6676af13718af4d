/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * faults KIND: does one thing that a program must not do. Says first what it is about to do, so
 * that output written before a fault is seen to arrive. Without KIND it lists the kinds.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* volatile: the compiler must neither see that a pointer is null nor that a divisor is zero. */
static volatile unsigned long zero;
static const char constant[] = "read only";

static void nullRead(void)
{
    volatile unsigned char *address = (volatile unsigned char *)(zero + 8);
    printf("read %d\n", *address);
}

static void nullWrite(void)
{
    *(volatile unsigned char *)(zero + 16) = 1;
}

static void textWrite(void)
{
    *(volatile unsigned char *)(unsigned long)&textWrite = 0x90;
}

static void constantWrite(void)
{
    *(volatile char *)(unsigned long)constant = 'R';
}

static void unmappedRead(void)
{
    volatile unsigned char *address = (volatile unsigned char *)(zero + 0x123456789000ul);
    printf("read %d\n", *address);
}

static void nonCanonicalRead(void)
{
    volatile unsigned char *address = (volatile unsigned char *)(zero + 0x8000000000001000ul);
    printf("read %d\n", *address);
}

static void divideByZero(void)
{
    volatile int dividend = 42;
    printf("quotient %d\n", dividend / (int)zero);
}

static void undefinedInstruction(void)
{
    __asm__ volatile("ud2");
}

static unsigned long recurse(unsigned long depth)
{
    volatile unsigned char frame[4096];
    if (zero != 0) /* never: the compiler cannot know */
        return 0;
    frame[depth % sizeof frame] = (unsigned char)depth;
    return recurse(depth + 1) + frame[(depth + 1) % sizeof frame];
}

static void stackOverflow(void)
{
    printf("depth %lu\n", recurse(0));
}

static void jumpToBadAddress(void)
{
    ((void (*)(void))(zero + 0x1000))();
}

static void jumpToData(void)
{
    static unsigned char code[] = {0xc3};
    ((void (*)(void))(unsigned long)code)();
}

static void halt(void)
{
    __asm__ volatile("hlt");
}

static void breakpoint(void)
{
    __asm__ volatile("int3");
}

static void outToPort(void)
{
    __asm__ volatile("outb %%al, %%dx" : : "a"(0), "d"(0x3f8));
}

static void misaligned(void)
{
    static unsigned char bytes[32] __attribute__((aligned(16)));
    __asm__ volatile("movaps %%xmm0, (%0)" : : "r"(bytes + 1) : "memory");
}

static void unknownSyscall(void)
{
    errno = 0;
    long result = syscall(9999);
    printf("result %ld, %s\n", result, errno == ENOSYS ? "ENOSYS" : "not ENOSYS");
}

static const struct {
    const char *name;
    void (*run)(void);
} kinds[] = {
    {"null-read", nullRead},
    {"null-write", nullWrite},
    {"text-write", textWrite},
    {"constant-write", constantWrite},
    {"unmapped-read", unmappedRead},
    {"non-canonical-read", nonCanonicalRead},
    {"divide", divideByZero},
    {"ud2", undefinedInstruction},
    {"stack-overflow", stackOverflow},
    {"jump", jumpToBadAddress},
    {"jump-to-data", jumpToData},
    {"hlt", halt},
    {"abort", abort},
    {"int3", breakpoint},
    {"out", outToPort},
    {"misaligned", misaligned},
    {"unknown-syscall", unknownSyscall},
};

int main(int argc, char **argv)
{
    const unsigned count = sizeof kinds / sizeof kinds[0];

    for (unsigned i = 0; i < count; i++) {
        if (argc < 2) {
            puts(kinds[i].name);
        } else if (strcmp(argv[1], kinds[i].name) == 0) {
            printf("about to: %s\n", kinds[i].name);
            fflush(stdout);
            kinds[i].run();
            printf("survived\n");
            return 0;
        }
    }
    return argc < 2 ? 0 : 2;
}
