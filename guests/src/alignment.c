/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Has its alignment checked: RFLAGS.AC, by which accesses that are not aligned are SIGBUS. Prints what it
 * sees; nothing in it depends on addresses or time, nor on who has made the processor.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define AC 0x40000L
#define PAGE 4096

static struct {
    int count, signal, code;
    int noAddress, checking, inHandler;
    long trap, error;
} seen;
/* Where to go on after a signal; where it is null, the instruction is tried again unchecked. */
static char *resume;
static void *stack;
/* A page that nothing follows. */
static char *page;

static void note(int signal, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    long flags;
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    seen.count++;
    seen.signal = signal;
    seen.code = info->si_code;
    seen.noAddress = info->si_addr == NULL;
    seen.checking = (registers[REG_EFL] & AC) != 0;
    seen.inHandler = (flags & AC) != 0;
    seen.trap = registers[REG_TRAPNO];
    seen.error = registers[REG_ERR];
    if (signal == SIGTRAP) {
        registers[REG_EFL] |= AC;
    } else if (resume == NULL) {
        registers[REG_EFL] &= ~AC;
    } else {
        registers[REG_RIP] = (greg_t)resume;
    }
}

static void report(const char *what)
{
    printf("%s: ", what);
    if (seen.count == 0) puts("done");
    else {
        printf("%d, signal %d code %d trap %ld error %ld%s%s%s\n", seen.count, seen.signal, seen.code,
               seen.trap, seen.error, seen.noAddress ? ", no address" : "",
               seen.checking ? ", checking" : "", seen.inHandler ? ", in the handler too" : "");
    }
    seen.count = 0;
}

#define CHANGES "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r11", "r12", "memory", "cc", "xmm0"
/* What interrupts may use is below the stack pointer. */
#define BELOW "lea -256(%%rsp), %%rsp; mov %%rbp, %%r12; mov %2, %%rbx; "
#define ABOVE "; lea 256(%%rsp), %%rsp; mov %%r12, %%rbp"
#define SET_AC "pushfq; orl $0x40000, (%%rsp); popfq; "
#define CLEAR_AC "; pushfq; andl $~0x40000, (%%rsp); popfq"
#define GO_ON "lea 77f(%%rip), %%rax; mov %%rax, %0; mov %%rsp, %1; "

/* What happens to an instruction that accesses memory at RBX. */
#define TRY(what, offset, body)                                                                      \
    do {                                                                                             \
        __asm__ volatile(BELOW GO_ON SET_AC body "; 77: mov %1, %%rsp" CLEAR_AC ABOVE                \
                         : "=m"(resume), "=m"(stack)                                                 \
                         : "r"(page + (offset))                                                      \
                         : CHANGES);                                                                 \
        report(what);                                                                                \
    } while (0)

static void sizes(void)
{
    TRY("a byte", 1, "mov (%%rbx), %%al");
    TRY("2 bytes", 2, "mov (%%rbx), %%ax");
    TRY("2 bytes at 1", 1, "mov (%%rbx), %%ax");
    TRY("4 bytes", 4, "mov %%eax, (%%rbx)");
    TRY("4 bytes at 2", 2, "mov %%eax, (%%rbx)");
    TRY("8 bytes", 8, "addq $1, (%%rbx)");
    TRY("8 bytes at 4", 4, "addq $1, (%%rbx)");
    TRY("16 bytes", 16, "movups (%%rbx), %%xmm0");
    TRY("8 bytes of a vector", 8, "movq (%%rbx), %%xmm0");
    TRY("8 bytes of a vector at 4", 4, "movq (%%rbx), %%xmm0");
    TRY("a double number at 4", 4, "fninit; fldl (%%rbx); fninit");
    TRY("a push", 64, "mov %%rbx, %%rsp; push %%rax");
    TRY("a push at 4", 68, "mov %%rbx, %%rsp; push %%rax");
    TRY("a return at 4", 4, "mov %%rbx, %%rsp; ret");
    TRY("moved bytes", 1, "mov %%rbx, %%rsi; lea 64(%%rbx), %%rdi; mov $9, %%ecx; rep movsb");
    TRY("moved words", 8, "mov %%rbx, %%rsi; lea 64(%%rbx), %%rdi; mov $9, %%ecx; rep movsw");
    TRY("words moved from 1", 1, "mov %%rbx, %%rsi; lea 63(%%rbx), %%rdi; mov $9, %%ecx; rep movsw");
    TRY("words moved to 1", 8, "mov %%rbx, %%rsi; lea 65(%%rbx), %%rdi; mov $9, %%ecx; rep movsw");
}

static void order(void)
{
    TRY("behind the page", PAGE, "mov (%%rbx), %%eax");
    TRY("behind the page, at 2", PAGE + 2, "mov (%%rbx), %%eax");
    TRY("across its end", PAGE - 2, "mov (%%rbx), %%eax");
    TRY("nowhere, at 2", 0, "movabs $0x8000000000000002, %%rbx; mov (%%rbx), %%eax");
    TRY("the same, then elsewhere", 0, "mov 8(%%rbx), %%rax; mov %%rax, 16(%%rbx); mov 9(%%rbx), %%rax");
}

/* What sets RFLAGS.AC, what leaves it alone, and what clears it. */
static void changes(void)
{
    TRY("POPF of 2 bytes", 1, "push $0; popfw; mov (%%rbx), %%eax; pop %%rax");
    TRY("a system call", 1, "mov $39, %%eax; syscall; mov (%%rbx), %%eax");
    TRY("cleared again", 1, "pushfq; andl $~0x40000, (%%rsp); popfq; mov (%%rbx), %%eax");
    TRY("IRET", 1,
        "pushfq; andl $~0x40000, (%%rsp); popfq; mov %%rsp, %%rcx; mov %%ss, %%eax; push %%rax; push %%rcx;"
        "pushfq; orl $0x40000, (%%rsp); mov %%cs, %%eax; push %%rax; lea 78f(%%rip), %%rax; push %%rax;"
        "iretq; 78: mov (%%rbx), %%eax");
    TRY("the return of a handler", 1,
        "pushfq; andl $~0x40000, (%%rsp); popfq; mov (%%rbx), %%eax; int3; mov (%%rbx), %%eax");
    /* Many times, in pages that were accessed just before. */
    int checked = 0, done = 0;
    for (int i = 0; i < 1000; i++) {
        unsigned long read;
        resume = NULL;
        page[3] = (char)i;
        __asm__ volatile("lea -256(%%rsp), %%rsp; " SET_AC "mov 3(%1), %0" CLEAR_AC "; lea 256(%%rsp), %%rsp"
                         : "=r"(read)
                         : "r"(page)
                         : "memory", "cc");
        checked += seen.count;
        done += (read & 0xff) == (unsigned)(i & 0xff);
        seen.count = 0;
    }
    printf("of 1000 accesses %d were checked, %d done\n", checked, done);
}

int main(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    /* The stack of those that are tried is not to be used. */
    static char own[16384] __attribute__((aligned(64)));
    sigaltstack(&(stack_t){.ss_sp = own, .ss_size = sizeof own}, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(page + PAGE, PAGE, PROT_NONE);
    sizes();
    order();
    changes();
    puts("checked");
    return 0;
}
