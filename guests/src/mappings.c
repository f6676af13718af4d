/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory: growth, moves, guards, holes, huge reservations, files. Prints no addresses. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
#define MIB (1 << 20)

static volatile uintptr_t zero;
static sigjmp_buf back;
static volatile sig_atomic_t expected;

static void onFault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    if (!expected) _exit(99);
    siglongjmp(back, signal * 100 + info->si_code);
}

/* What touching an address does: 0, or the signal's number * 100 + si_code. */
static int touch(volatile char *address, int store)
{
    int fault = sigsetjmp(back, 1);
    expected = fault == 0;
    if (fault == 0 && store)
        *address = 1;
    else if (fault == 0)
        (void)*address;
    expected = 0;
    return fault;
}

static char *map(size_t size, int protection, int flags)
{
    return mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static const char *failure(int failed)
{
    if (!failed) return "ok";
    switch (errno) {
    case ENOMEM: return "ENOMEM";
    case EINVAL: return "EINVAL";
    case EEXIST: return "EEXIST";
    case EFAULT: return "EFAULT";
    case EACCES: return "EACCES";
    default: return strerror(errno);
    }
}

static void fill(char *memory, size_t size)
{
    for (size_t i = 0; i < size; i += PAGE) memory[i] = (char)(i / PAGE * 7 + 1);
}

static int intact(const char *memory, size_t size)
{
    for (size_t i = 0; i < size; i += PAGE)
        if (memory[i] != (char)(i / PAGE * 7 + 1)) return 0;
    return 1;
}

static void moves(void)
{
    char *memory = map(3 * MIB, PROT_READ | PROT_WRITE, 0);
    fill(memory, 3 * MIB);
    char *wall = mmap(memory + 3 * MIB, PAGE, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    printf("in place: %s\n", failure(mremap(memory, 3 * MIB, 5 * MIB, 0) == MAP_FAILED));
    char *moved = mremap(memory, 3 * MIB, 5 * MIB, MREMAP_MAYMOVE);
    printf("moved: %d, intact %d, new part %d, old place %d\n", moved != memory, intact(moved, 3 * MIB),
         moved[4 * MIB], touch(memory, 0));
    fill(moved, 5 * MIB);
    char *smaller = mremap(moved, 5 * MIB, MIB, 0);
    printf("smaller: %d, intact %d, cut off %d\n", smaller == moved, intact(smaller, MIB),
         touch(moved + 2 * MIB, 0));
    char *place = map(2 * MIB, PROT_READ, 0);
    char *fixed = mremap(smaller, MIB, 2 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    printf("fixed: %d, intact %d\n", fixed == place, intact(fixed, MIB));
    printf("overlap: %s\n", failure(mremap(fixed, 2 * MIB, 2 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED,
                                         fixed + MIB) == MAP_FAILED));
    printf("not mapped: %s\n", failure(mremap((char *)(uintptr_t)(zero + 16 * PAGE), PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED));
    if (wall != MAP_FAILED) munmap(wall, PAGE);
    munmap(fixed, 2 * MIB);
}

static void protections(void)
{
    char *memory = map(16 * PAGE, PROT_READ | PROT_WRITE, 0);
    fill(memory, 16 * PAGE);
    mprotect(memory + 4 * PAGE, 4 * PAGE, PROT_READ);
    mprotect(memory + 8 * PAGE, PAGE, PROT_NONE);
    munmap(memory + 12 * PAGE, PAGE);
    printf("faults: %d %d %d %d %d %d\n", touch(memory + 3 * PAGE, 1), touch(memory + 4 * PAGE, 0),
         touch(memory + 4 * PAGE, 1), touch(memory + 8 * PAGE, 0), touch(memory + 12 * PAGE, 0),
         touch(memory + 13 * PAGE, 1));
    mprotect(memory, 9 * PAGE, PROT_READ | PROT_WRITE);
    printf("again: %d %d, contents %d\n", touch(memory + 5 * PAGE, 1), touch(memory + 8 * PAGE, 0),
         memory[8 * PAGE]);
    printf("over a hole: %s\n", failure(mprotect(memory, 16 * PAGE, PROT_READ) != 0));
    printf("not aligned: %s\n", failure(mprotect(memory + 1, PAGE, PROT_READ) != 0));
    madvise(memory, 3 * PAGE, MADV_DONTNEED);
    printf("given back: %d %d\n", memory[0], memory[3 * PAGE] != 0);
    void *taken = mmap(memory, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    printf("taken: %s\n", failure(taken == MAP_FAILED));
}

/* Walked through, memory comes in large pages: changes to parts of them, within and across. */
static void partsOfLargePages(void)
{
    size_t size = 16 * MIB;
    char *memory = map(size, PROT_READ | PROT_WRITE, 0);
    fill(memory, size);
    char *inside = memory + 9 * MIB + 5 * PAGE;
    mprotect(inside, PAGE, PROT_READ);
    mprotect(inside + 20 * PAGE, MIB, PROT_NONE);
    munmap(inside + 8 * PAGE, PAGE);
    printf("parts: %d %d %d %d %d %d\n", touch(inside, 1), touch(inside - PAGE, 1), touch(inside + PAGE, 1),
         touch(inside + 8 * PAGE, 0), touch(inside + 20 * PAGE, 0), touch(inside + MIB / 2, 1));
    mprotect(inside + 20 * PAGE, MIB, PROT_READ | PROT_WRITE);
    mprotect(inside, PAGE, PROT_READ | PROT_WRITE);
    madvise(memory + 11 * MIB, 2 * MIB, MADV_DONTNEED);
    char *part = map(4 * MIB, PROT_NONE, 0);
    part = mremap(memory + 13 * MIB + PAGE, 2 * MIB, 2 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED, part + PAGE);
    fill(memory, 8 * MIB + 5 * PAGE);
    int sum = 0;
    for (size_t i = 0; i < 13 * MIB; i += PAGE)
        if (memory + i != inside + 8 * PAGE) sum += memory[i];
    for (size_t i = 0; i < 2 * MIB; i += PAGE) sum += part[i] * 3;
    printf("contents: %d, moved away: %d\n", sum, touch(memory + 14 * MIB, 0));
    mprotect(memory, 8 * MIB, PROT_READ);
    printf("whole: %d %d\n", touch(memory + 6 * MIB, 0), touch(memory + 6 * MIB + PAGE, 1));
    munmap(memory, size);
    memory = map(size, PROT_READ | PROT_WRITE, 0);
    sum = 0;
    for (size_t i = 0; i < size; i += PAGE) sum += memory[i] + memory[i + PAGE - 1];
    printf("after it was given back: %d\n", sum);
    munmap(memory, size);
}

static void reservations(void)
{
    size_t huge = (size_t)1 << 42;
    char *reserved = map(huge, PROT_NONE, MAP_NORESERVE);
    printf("4 TiB: %s\n", failure(reserved == MAP_FAILED));
    mprotect(reserved + huge / 2, MIB, PROT_READ | PROT_WRITE);
    fill(reserved + huge / 2, MIB);
    printf("its middle: %d, elsewhere %d\n", intact(reserved + huge / 2, MIB), touch(reserved, 0));
    munmap(reserved, huge);
    char *sparse = map((size_t)1 << 36, PROT_READ | PROT_WRITE, MAP_NORESERVE);
    for (size_t i = 0; i < 64; i++) sparse[i << 30] = (char)i;
    int sum = 0;
    for (size_t i = 0; i < 64; i++) sum += sparse[i << 30];
    printf("64 GiB: sum %d\n", sum);
    munmap(sparse, (size_t)1 << 36);
    printf("too much: %s\n", failure(map((size_t)1 << 60, PROT_READ | PROT_WRITE, 0) == MAP_FAILED));
}

/* Moves the end of the heap, which C libraries keep for themselves. Returns where it is then. */
static char *setBreak(char *end)
{
    return (char *)syscall(SYS_brk, end);
}

static void heap(void)
{
    char *start = setBreak(NULL);
    char *end = start + 8 * MIB;
    printf("heap: %d", setBreak(end) == end);
    fill(start, 8 * MIB);
    setBreak(start + 4 * MIB);
    setBreak(end);
    printf(", shrunk and grown: %d %d\n", intact(start, 4 * MIB), start[6 * MIB]);
    printf("past the end: %d\n", touch(end + PAGE, 1));
    printf("too far: %d\n", setBreak(start + ((intptr_t)1 << 45)) == end);
    printf("below its start: %d\n", setBreak(start - 64 * MIB) == end);
}

static int deep(int n)
{
    volatile char frame[1024];
    frame[0] = (char)n;
    return n == 0 ? 0 : deep(n - 1) + (frame[0] == (char)n);
}

static void files(void)
{
    char name[] = "mappings-XXXXXX";
    int fd = mkstemp(name);
    if (fd < 0 || ftruncate(fd, 3 * PAGE) != 0) perror(name);
    char *shared = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *other = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
    char *own = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    strcpy(shared + PAGE, "stored in memory");
    char text[32] = "";
    if (pread(fd, text, 17, PAGE) != 17) perror("pread");
    printf("file: %s; other mapping: %s; private: %s\n", text, other, own + PAGE);
    strcpy(own + PAGE, "own");
    if (pwrite(fd, "written", 7, PAGE) != 7) perror("pwrite");
    printf("after a write: %s; private: %s\n", shared + PAGE, own + PAGE);
    printf("msync: %s\n", failure(msync(shared, 3 * PAGE, MS_SYNC) != 0));
    munmap(shared, 3 * PAGE);
    if (pread(fd, text, 16, PAGE) != 16) perror("pread");
    printf("after munmap: %s\n", text);
    int reader = open(name, O_RDONLY);
    void *bad = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0);
    printf("not open for writing: %s\n", failure(bad == MAP_FAILED));
    close(reader);
    close(fd);
    unlink(name);
}

int main(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = onFault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    moves();
    protections();
    partsOfLargePages();
    reservations();
    heap();
    printf("stack: %d\n", deep(6000));
    files();
    return 0;
}
