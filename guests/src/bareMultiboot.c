/*
 * A Multiboot image: 32 bits, no operating system. Prints its command line, modules and memory, then
 * takes timer interrupts from the interval timer by way of the interrupt controller, and leaves.
 *
 *     bareMultiboot [ticks=N] [echo=poll|echo=interrupt] [status=N] [fault] [mmio=ADDRESS] [port=PORT]
 *                    [processors=N] [spin]
 *
 * `echo` repeats a line from the serial line, `fault` causes a triple fault, `mmio` reads a word and
 * `port` a byte, at what hexadecimal digits say, `processors` starts the other processors and waits
 * for them, and `spin` never ends.
 */
#include <bareMetal.h>

/* The header asks for modules on page boundaries (1) and to be told about memory (2). */
/*
 * An interrupt handler in C. Its end is what iret does, which KVM cannot emulate in 32-bit code where
 * it has to emulate.
 */
#define HANDLER(name)                                                                             \
    name "_entry:\n"                                                                              \
         "    pushal\n"                                                                            \
         "    call " name "\n"                                                                     \
         "    popal\n"                                                                             \
         "    pushl 8(%esp)\n"                                                                     \
         "    popfl\n"                                                                             \
         "    lret $4\n"

__asm__(".section .multiboot, \"a\"\n"
        ".balign 4\n"
        ".long 0x1badb002, 3, -(0x1badb002 + 3)\n"
        ".section .text\n"
        ".globl _start\n"
        "_start:\n"
        "    movl $stack_end, %esp\n"
        "    pushl %ebx\n"
        "    pushl %eax\n"
        "    call run\n"
        /* What the other processors do, copied to where they start: be counted, and wait. */
        ".code16\n"
        "processor_start:\n"
        "    movw %cs, %ax\n"
        "    movw %ax, %ds\n"
        "    lock incl processor_count - processor_start\n"
        "1:  cli\n"
        "    hlt\n"
        "    jmp 1b\n"
        ".balign 4\n"
        "processor_count:\n"
        "    .long 1\n"
        "processor_end:\n"
        ".code32\n"
        HANDLER("timer")
        HANDLER("serial")
        ".section .bss\n"
        ".balign 16\n"
        "    .skip 16384\n"
        "stack_end:\n"
        ".section .text\n");

enum {
    PIC1 = 0x20,
    PIC2 = 0xa0,
    PIT = 0x40,
    FIRST_VECTOR = 0x20,
    TIMER_LINE = 0,
    SERIAL_LINE = 4,
    PIT_HZ = 1193182,
    END_OF_INTERRUPT = 0x20,
    DATA_READY = 1,
    OUT2 = 8
};

struct gate {
    uint16_t low, selector, type, high;
};

static struct gate gates[FIRST_VECTOR + 8];
static volatile uint32_t ticks;
static volatile uint32_t received;

void timer_entry(void);
void serial_entry(void);

__attribute__((used)) void timer(void) {
    ticks++;
    out8(PIC1, END_OF_INTERRUPT);
}

/* Sends back what has come. */
static void echo(void) {
    while ((in8(COM1 + 5) & DATA_READY) != 0) {
        received = in8(COM1);
        out8(COM1, (uint8_t)received);
    }
}

__attribute__((used)) void serial(void) {
    echo();
    out8(PIC1, END_OF_INTERRUPT);
}

static void set_gate(unsigned line, void (*handler)(void)) {
    uint32_t entry = (uint32_t)(uintptr_t)handler;
    uint16_t code;
    __asm__ volatile("movw %%cs, %0" : "=r"(code));
    gates[FIRST_VECTOR + line] =
        (struct gate){(uint16_t)entry, code, 0x8e00, (uint16_t)(entry >> 16)};
}

/* Lets one line of the first controller through, as a vector from FIRST_VECTOR on. */
static void enable_interrupt(unsigned line, void (*handler)(void)) {
    set_gate(line, handler);
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) table = {sizeof gates - 1, (uint32_t)(uintptr_t)gates};
    __asm__ volatile("lidt %0" : : "m"(table));
    out8(PIC1, 0x11);
    out8(PIC1 + 1, FIRST_VECTOR);
    out8(PIC1 + 1, 4);
    out8(PIC1 + 1, 1);
    out8(PIC1 + 1, (uint8_t)~(1u << line));
    out8(PIC2 + 1, 0xff);
}

static void wait_for_interrupt(void) {
    __asm__ volatile("sti; hlt; cli");
}

static void take_ticks(uint32_t count) {
    uint32_t divisor = PIT_HZ / 1000;
    enable_interrupt(TIMER_LINE, timer_entry);
    out8(PIT + 3, 0x34);
    out8(PIT, (uint8_t)divisor);
    out8(PIT, (uint8_t)(divisor >> 8));
    while (ticks < count)
        wait_for_interrupt();
    print_number(ticks);
    print(" timer interrupts\n");
}

static void echo_a_line(int by_interrupt) {
    print("echo:\n");
    if (by_interrupt) {
        enable_interrupt(SERIAL_LINE, serial_entry);
        out8(COM1 + 1, 1);
        out8(COM1 + 4, OUT2);
    }
    while (received != '\n') {
        if (by_interrupt)
            wait_for_interrupt();
        else
            echo();
    }
}

enum { PROCESSOR_PAGE = 8, APIC_COMMAND = 0xfee00300, ALL_OTHERS = 0xc0000 };
enum { INIT = 0x4500, STARTUP = 0x4600 };

extern const char processor_start[], processor_count[], processor_end[];

/* Starts all other processors, by way of the local APIC, and waits until there are so many. */
static void start_processors(uint32_t wanted) {
    char *page = (char *)(PROCESSOR_PAGE << 12);
    volatile uint32_t *count = (void *)(page + (processor_count - processor_start));
    volatile uint32_t *command = (void *)(uintptr_t)APIC_COMMAND;
    for (int i = 0; i < processor_end - processor_start; i++)
        page[i] = processor_start[i];
    *command = ALL_OTHERS | INIT;
    *command = ALL_OTHERS | STARTUP | PROCESSOR_PAGE;
    while (*count < wanted)
        __asm__ volatile("pause");
    print_number(*count);
    print(" processors\n");
}

static uint32_t parse_hex(const char *text) {
    uint32_t value = 0;
    for (;; text++) {
        char c = *text;
        if (c >= '0' && c <= '9')
            value = value * 16 + (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + (uint32_t)(c - 'a' + 10);
        else
            return value;
    }
}

static void print_modules(const struct multiboot_info *info) {
    const struct multiboot_module *modules = (const void *)(uintptr_t)info->modules;
    for (uint32_t i = 0; i < info->module_count; i++) {
        const char *bytes = (const void *)(uintptr_t)modules[i].start;
        uint32_t size = modules[i].end - modules[i].start, sum = 0;
        for (uint32_t j = 0; j < size; j++)
            sum += (uint8_t)bytes[j];
        print("module ");
        print((const char *)(uintptr_t)modules[i].text);
        print(": ");
        print_number(size);
        print(" bytes, sum ");
        print_number(sum);
        print("\n");
    }
}

__attribute__((used)) void run(uint32_t magic, const struct multiboot_info *info) {
    if (magic != MULTIBOOT_MAGIC) {
        print("not started by a Multiboot loader\n");
        leave(1);
    }
    const char *line = (const char *)(uintptr_t)info->command_line;
    print("command line: ");
    print(line);
    print("\nmemory: ");
    print_number(info->memory_lower);
    print(" KiB, ");
    print_number(info->memory_upper);
    print(" KiB\n");
    print_modules(info);
    if (option(line, "fault") != NULL)
        __asm__ volatile("ud2");
    const char *address = option(line, "mmio=");
    if (address != NULL) {
        print("read ");
        print_number(*(volatile uint32_t *)(uintptr_t)parse_hex(address));
        print("\n");
    }
    const char *port = option(line, "port=");
    if (port != NULL) {
        print("read ");
        print_number(in8((uint16_t)parse_hex(port)));
        print("\n");
    }
    const char *processors = option(line, "processors=");
    if (processors != NULL)
        start_processors(parse_number(processors));
    if (option(line, "echo=") != NULL)
        echo_a_line(option(line, "echo=interrupt") != NULL);
    while (option(line, "spin") != NULL) {
    }
    const char *wanted = option(line, "ticks=");
    uint32_t count = wanted == NULL ? 10 : parse_number(wanted);
    if (count > 0)
        take_ticks(count);
    const char *status = option(line, "status=");
    leave(status == NULL ? 0 : parse_number(status));
}
