/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Traps that a program has asked for: single steps, breakpoints, exceptions of the x87; and what it may do
 * with segments. Prints what it sees; nothing in it depends on addresses or time.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define MOST 32
#define TF 0x100L

static struct {
    long place;
    int signal, code;
    int stepping, inHandler, atAddress;
} seen[MOST];
static volatile int count;
static char *start;

static void note(int signal, siginfo_t *info, void *context)
{
    mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
    char *rip = (char *)machine->gregs[REG_RIP];
    long flags;
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    if (count < MOST) {
        seen[count].place = rip - start;
        seen[count].signal = signal;
        seen[count].code = info->si_code;
        seen[count].stepping = (machine->gregs[REG_EFL] & TF) != 0;
        seen[count].inHandler = (flags & TF) != 0;
        seen[count].atAddress = info->si_addr == rip;
    }
    count++;
    /* A fault would happen again: the next time everything is masked. */
    if (signal == SIGFPE) ((ucontext_t *)context)->uc_mcontext.fpregs->cwd |= 0x3f;
}

static void report(const char *what)
{
    printf("%s: %d\n", what, count);
    for (int i = 0; i < count && i < MOST; i++) {
        printf("  +%ld signal %d code %d%s%s%s\n", seen[i].place, seen[i].signal, seen[i].code,
               seen[i].stepping ? ", stepping" : "", seen[i].inHandler ? ", in the handler too" : "",
               seen[i].atAddress ? ", there" : "");
    }
    count = 0;
}

/* Where the code between begins. */
#define FROM_HERE "lea 77f(%%rip), %%rax; mov %%rax, %0; "
#define CHANGES "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r11", "memory", "cc"
#define SET_TF "pushfq; orq $0x100, (%%rsp); popfq; "
#define CLEAR_TF "; pushfq; andq $~0x100, (%%rsp); popfq; nop"
/* What interrupts may use is below the stack pointer. */
#define BELOW "lea -256(%%rsp), %%rsp; "
#define ABOVE "; lea 256(%%rsp), %%rsp"

#define STEPS(what, body)                                                                              \
    do {                                                                                               \
        __asm__ volatile(BELOW FROM_HERE SET_TF "77: " body CLEAR_TF ABOVE : "=m"(start)::CHANGES);    \
        report(what);                                                                                  \
    } while (0)

static void steps(void)
{
    STEPS("nothing", "nop; nop; nop");
    STEPS("a loop", "mov $2, %%ecx; 1: dec %%ecx; jnz 1b");
    STEPS("a load of SS", "mov %%ss, %%ebx; mov %%ebx, %%ss; nop; nop");
    STEPS("two loads of SS", "mov %%ss, %%ebx; mov %%ebx, %%ss; mov %%ebx, %%ss; nop");
    STEPS("a system call", "mov $39, %%eax; syscall; nop");
    STEPS("flags", "pushfq; popfq; nop");
    STEPS("a call", "call 1f; jmp 2f; 1: ret; 2: nop");
    STEPS("a breakpoint", "int3; nop");
    STEPS("repeated moves", "mov $3, %%ecx; lea -64(%%rsp), %%rdi; mov %%rdi, %%rsi; rep movsb; nop");
    STEPS("a repeated search", "mov $3, %%ecx; lea -64(%%rsp), %%rdi; movb $7, 1(%%rdi);"
                               "movb $6, (%%rdi); mov $7, %%eax; repne scasb; nop");
    STEPS("a page that is touched", "mov %%rsp, %%rbx; lea -69632(%%rsp), %%rax; movb $0, (%%rax)");
#define IRET(flags)                                                                                    \
    "mov %%rsp, %%rbx; mov %%ss, %%eax; push %%rax; push %%rbx; pushfq; " flags                        \
    "mov %%cs, %%eax; push %%rax; lea 77f(%%rip), %%rax; push %%rax; iretq; "
    __asm__ volatile(BELOW FROM_HERE IRET("orq $0x100, (%%rsp);") "77: nop; nop" CLEAR_TF ABOVE
                     : "=m"(start)::CHANGES);
    report("IRET");
    __asm__ volatile(BELOW FROM_HERE "77: int3; int1; nop" ABOVE : "=m"(start)::CHANGES);
    report("breakpoints");
}

/* The exception waits for the instruction behind. */
#define RAISED(what, mask, body)                                                                       \
    do {                                                                                               \
        uint16_t control = 0x37f & ~(mask);                                                            \
        __asm__ volatile("fninit; fldcw %1; " FROM_HERE body "; 77: fwait; fninit"                     \
                         : "=m"(start)                                                                 \
                         : "m"(control)                                                                \
                         : CHANGES);                                                                   \
        report(what);                                                                                  \
    } while (0)

static const double large = 1e300, denormal = 1e-310;
static volatile double result = 42;

static void exceptions(void)
{
    RAISED("0 / 0", 0x01, "fldz; fldz; fdivrp");
    RAISED("1 / 0", 0x04, "fld1; fldz; fdivrp");
    RAISED("an empty stack", 0x01, "fabs");
    RAISED("1 / 3", 0x20, "fldpi; fld1; fdivp");
    __asm__ volatile("fninit; fldcw %1; fldl %2; fmul %%st, %%st(0); fstpl %0; fnclex; fninit"
                     : "=m"(result)
                     : "m"((uint16_t){0x377}), "m"(large));
    printf("too large for memory: %g\n", result);
    count = 0;
    __asm__ volatile("fninit; fldcw %0; fldl %1"
                     :
                     : "m"((uint16_t){0x37d}), "m"(denormal));
    __asm__ volatile(FROM_HERE "77: fnstsw %%ax; fnclex; fwait; fninit" : "=m"(start)::CHANGES);
    report("a denormal that is forgotten");
    __asm__ volatile("fninit; fldz; fld1; fdivp; " FROM_HERE "fldcw %1; nop; 77: emms; fninit"
                     : "=m"(start)
                     : "m"((uint16_t){0x37b})
                     : CHANGES);
    report("what is raised later, by MMX");
}

static unsigned long segmentBase(int code)
{
    unsigned long base = 0;
    syscall(SYS_arch_prctl, code, &base);
    return base;
}

static void segments(void)
{
    const int GET_FS = 0x1003, SET_FS = 0x1002;
    unsigned long base = segmentBase(GET_FS), after = 1;
    unsigned selector = 7, length = 0, found = 0, rights = 0;
    /* Loading FS gives it the base of the segment; the C library wants its own back. */
    __asm__ volatile("mov %5, %%fs; mov %%fs, %k1; mov $158, %%eax; mov $0x1003, %%edi; mov %2, %%rsi;"
                     "syscall; mov $158, %%eax; mov %4, %%edi; mov %3, %%rsi; syscall"
                     : "+m"(after), "=&r"(selector)
                     : "r"(&after), "r"(base), "r"(SET_FS), "r"(0x2b)
                     : "rax", "rcx", "rdi", "rsi", "r11", "memory");
    printf("FS 0x%x has base %lu; restored: %d\n", selector, after, segmentBase(GET_FS) == base);
    __asm__ volatile("mov %%cs, %0; push $0; pop %%gs; mov %%gs, %1" : "=r"(selector), "=r"(found));
    printf("CS 0x%x, GS 0x%x\n", selector, found);
    __asm__("lsl %2, %0; sete %b1" : "=&r"(length), "+r"(found) : "r"(0x33) : "cc");
    printf("limit 0x%x, found %u\n", length, found);
    __asm__("lar %2, %0; sete %b1" : "=&r"(rights), "+r"(found) : "r"(0x2b) : "cc");
    printf("rights 0x%x, found %u\n", rights, found);
    __asm__("verw %w1; sete %b0" : "+r"(found) : "r"(0x33) : "cc");
    printf("code that may be written to: %u\n", found);
    __asm__ volatile("push $0x33; lea 1f(%%rip), %%rax; push %%rax; lretq; ud2; 1:" ::: "rax");
    puts("returned far");
    struct {
        uint32_t offset;
        uint16_t selector;
    } __attribute__((packed)) target = {0, 0x33};
    __asm__ volatile("lea 1f(%%rip), %%rax; mov %%eax, %0; ljmp *%0; ud2; 1:"
                     : "+m"(target)::"rax", "memory");
    puts("jumped far");
}

int main(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    steps();
    exceptions();
    segments();
    puts("done");
    return 0;
}
