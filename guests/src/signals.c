/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals: handlers of faults, masks, nesting, alternate stacks, and what a handler may change.
 * Prints what it sees; nothing in it depends on addresses or time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int depth, nested;
static char alternate[65536];

static void report(int signal, siginfo_t *info, void *context)
{
    char here;
    int onAlternate = &here >= alternate && &here < alternate + sizeof alternate;
    (void)context;
    printf("  caught %d, code %d%s\n", signal, info->si_code, onAlternate ? ", alternate stack" : "");
    siglongjmp(back, 1);
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    if (sigaction(signal, &action, NULL) != 0) perror("sigaction");
}

/* Faults */

static volatile int zero;

static void divide(void)
{
    zero = 42 / zero;
}

static void invalid(void)
{
    __asm__ volatile("ud2");
}

static void breakpoint(void)
{
    __asm__ volatile("int3");
}

static void nullRead(void)
{
    (void)*(volatile char *)(uintptr_t)(zero + 16);
}

static void textWrite(void)
{
    *(volatile char *)(uintptr_t)divide = 0;
}

static void privileged(void)
{
    __asm__ volatile("hlt");
}


static void vectorDivide(void)
{
    unsigned control = 0x1f80 & ~0x0200u; /* division by zero is not masked */
    __asm__ volatile("ldmxcsr %0" ::"m"(control));
    volatile double one = 1, nothing = 0;
    one = one / nothing;
}

static void vectorOverflow(void)
{
    unsigned control = 0x1f80 & ~0x0400u;
    __asm__ volatile("ldmxcsr %0" ::"m"(control));
    volatile double large = 1e300;
    large = large * large;
}

static void pastFile(void)
{
    char name[] = "signals-XXXXXX";
    int fd = mkstemp(name);
    if (fd < 0) perror("mkstemp");
    if (write(fd, "x", 1) != 1) perror("write");
    unlink(name);
    volatile char *map = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    printf("  first page: %c\n", map[0]);
    (void)map[4096];
}

static int recurse(int n)
{
    volatile char frame[4096];
    frame[0] = (char)n;
    return n == 0 ? 0 : recurse(n + 1) + frame[0];
}

static void overflow(void)
{
    printf("%d\n", recurse(1));
}


static void fault(const char *name, int signal, void (*body)(void))
{
    printf("%s\n", name);
    fflush(stdout);
    handle(signal, report, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0) body();
    unsigned control = 0x1f80;
    __asm__ volatile("ldmxcsr %0" ::"m"(control));
}

/* What a handler may change */

static void skip(int signal, siginfo_t *info, void *context)
{
    ucontext_t *user = context;
    (void)signal;
    (void)info;
    user->uc_mcontext.gregs[REG_RIP] += 2; /* past ud2 */
    user->uc_mcontext.gregs[REG_RBX] = 4242;
}

static void clobber(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    (void)context;
    __asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7; fninit" ::: "xmm0", "xmm7");
}

static void registers(void)
{
    handle(SIGILL, skip, 0);
    long seen;
    __asm__ volatile("mov $1, %%rbx; ud2; mov %%rbx, %0" : "=r"(seen) : : "rbx");
    printf("after the handler: rbx %ld\n", seen);

    handle(SIGUSR1, clobber, 0);
    double kept;
    double value = 2.5;
    long pid = getpid();
    long result;
    __asm__ volatile("movsd %2, %%xmm7\n\t"
                   "syscall\n\t"
                   "movsd %%xmm7, %0"
                   : "=m"(kept), "=a"(result)
                   : "m"(value), "a"(62L), "D"(pid), "S"((long)SIGUSR1)
                   : "rcx", "r11", "xmm7", "memory");
    printf("kill gives %ld, xmm7 keeps %.1f\n", result, kept);
}

/* Masks and nesting */

static void count(int signal, siginfo_t *info, void *context)
{
    (void)context;
    depth++;
    printf("  in %d at depth %d, from %s\n", signal, depth,
         info->si_code == SI_USER ? "kill" : info->si_code == SI_TKILL ? "tkill" : "elsewhere");
    if (signal == SIGUSR1 && depth == 1 && !nested) {
        nested = 1;
        raise(SIGUSR2);
        raise(SIGUSR1);
        printf("  back at depth %d\n", depth);
    }
    depth--;
}

static void masks(void)
{
    sigset_t set, pending, old;
    handle(SIGUSR1, count, 0);
    handle(SIGUSR2, count, 0);
    printf("nesting\n");
    raise(SIGUSR1);

    printf("blocked\n");
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, &old);
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    sigpending(&pending);
    printf("  pending: %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2),
         sigismember(&pending, SIGTERM));
    sigset_t some = old;
    sigaddset(&some, SIGUSR2);
    int result = sigsuspend(&some);
    printf("  sigsuspend: %d %s\n", result, errno == EINTR ? "EINTR" : "?");
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("unblocked\n");

    handle(SIGUSR1, count, SA_RESETHAND | SA_NODEFER);
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    printf("reset: %d\n", now.sa_handler == SIG_DFL);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    raise(SIGCHLD);
    printf("ignored: %d %d\n", kill(getpid(), 0), kill(getpid(), 65));
    stack_t bad = {.ss_sp = alternate, .ss_size = 100, .ss_flags = 0};
    printf("small stack: %s\n", sigaltstack(&bad, NULL) != 0 && errno == ENOMEM ? "ENOMEM" : "?");
    printf("SIGKILL: %s\n", signal(SIGKILL, SIG_IGN) == SIG_ERR && errno == EINVAL ? "EINVAL" : "?");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 0};
    sigaltstack(&stack, NULL);
    fault("divide", SIGFPE, divide);
    fault("invalid instruction", SIGILL, invalid);
    fault("breakpoint", SIGTRAP, breakpoint);
    fault("null", SIGSEGV, nullRead);
    fault("text", SIGSEGV, textWrite);
    fault("privileged", SIGSEGV, privileged);
    fault("division of doubles", SIGFPE, vectorDivide);
    fault("overflow of doubles", SIGFPE, vectorOverflow);
    fault("past the end of a file", SIGBUS, pastFile);
    fault("stack overflow", SIGSEGV, overflow);
    fault("stack overflow again", SIGSEGV, overflow);
    registers();
    masks();
    if (argc > 1) {
        handle(SIGTERM, report, SA_RESETHAND);
        if (sigsetjmp(back, 1) == 0) raise(SIGTERM);
        raise(atoi(argv[1]));
    }
    printf("done\n");
    return 0;
}
