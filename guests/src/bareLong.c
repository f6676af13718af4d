/*
 * A 64-bit ELF image, started in long mode without an operating system. Executes pseudo-instructions
 * by memory and by port, and leaves through the exit port, or by `m5_exit` where its command line says
 * so.
 */
#include <bareMetal.h>
#include <gem5/m5ops.h>

__asm__(".section .text\n"
        ".globl _start\n"
        "_start:\n"
        "    leaq stack_end(%rip), %rsp\n"
        "    movl %eax, %edi\n"
        "    movl %ebx, %esi\n"
        "    call run\n"
        ".section .bss\n"
        ".balign 16\n"
        "    .skip 16384\n"
        "stack_end:\n"
        ".section .text\n");

static void expect(const char *what, int holds) {
    print(what);
    print(holds ? ": yes\n" : ": NO\n");
    if (!holds)
        leave(2);
}

static uint64_t sum_by_port(uint64_t a, uint64_t b) {
    uint64_t result;
    __asm__ volatile("xorl %%r8d, %%r8d\n"
                     "xorl %%r9d, %%r9d\n"
                     "outb %%al, %[port]"
                     : "=a"(result)
                     : "a"((uint64_t)M5OP_SUM), [port] "N"(EXIT_PORT + 4), "D"(a),
                       "S"(b), "d"(0ull), "c"(0ull)
                     : "r8", "r9");
    return result;
}

__attribute__((used)) void run(uint32_t magic, const struct multiboot_info *info) {
    m5_mem = (void *)M5OPS_PHYSICAL;
    static char text[] = "written by a bare machine\n";
    static char read[64];
    const char *line = (const char *)(uintptr_t)info->command_line;
    uint64_t efer_low, efer_high;
    __asm__ volatile("rdmsr" : "=a"(efer_low), "=d"(efer_high) : "c"(0xc0000080));
    expect("long mode", magic == MULTIBOOT_MAGIC && (efer_low & 0x400) != 0);
    expect("sum by memory", m5_sum(1, 2, 3, 4, 5, 6) == 21);
    expect("sum by port", sum_by_port(40, 2) == 42);
    uint64_t before = m5_rpns();
    m5_quiesce_ns(1000000);
    expect("a pause", m5_rpns() - before >= 1000000 && m5_quiesce_time() == 1000000);
    expect("file written", m5_write_file(text, sizeof text - 1, 0, "bare.txt") == sizeof text - 1);
    uint64_t count = m5_read_file(read, sizeof read - 1, 0);
    print("read: ");
    print_number(count);
    print(" bytes ");
    print(read);
    print("\n");
    if (option(line, "m5_exit") != NULL)
        m5_exit(0);
    leave(0);
}

void *memset(void *to, int value, size_t size) {
    for (size_t i = 0; i < size; i++)
        ((char *)to)[i] = (char)value;
    return to;
}
