/* What the bare-metal guests share: ports, text on the first serial line, the way out. */
#ifndef BARE_METAL_H
#define BARE_METAL_H

#include <stddef.h>
#include <stdint.h>

enum { COM1 = 0x3f8, EXIT_PORT = 0xf4 };

static inline void out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* Ends the run; the simulator's exit status is twice the value plus one. */
static inline void leave(uint32_t value) {
    out32(EXIT_PORT, value);
    for (;;)
        __asm__ volatile("hlt");
}

static inline void print(const char *text) {
    for (; *text != '\0'; text++) {
        while ((in8(COM1 + 5) & 0x20) == 0) {
        }
        out8(COM1, (uint8_t)*text);
    }
}

static inline void print_number(uint64_t value) {
    char digits[21];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value;
    /* By hand: there is no library that divides 64 bits by 32. */
    do {
        uint32_t rest = high % 10;
        high /= 10;
        for (int bit = 31; bit >= 0; bit--) {
            rest = rest * 2 + (low >> 31);
            low <<= 1;
            if (rest >= 10) {
                rest -= 10;
                low |= 1;
            }
        }
        *--at = (char)('0' + rest);
    } while (high != 0 || low != 0);
    print(at);
}

static inline uint32_t parse_number(const char *text) {
    uint32_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint32_t)(*text - '0');
    return value;
}

/* What follows `name` in a command line; NULL when it is not there. */
static inline const char *option(const char *line, const char *name) {
    for (; *line != '\0'; line++) {
        const char *a = line, *b = name;
        while (*b != '\0' && *a == *b) {
            a++;
            b++;
        }
        if (*b == '\0')
            return a;
    }
    return NULL;
}

/* Section 3.3 of the Multiboot Specification, as far as it is used here. */
struct multiboot_module {
    uint32_t start, end, text, reserved;
};

struct multiboot_info {
    uint32_t flags, memory_lower, memory_upper, boot_device, command_line;
    uint32_t module_count, modules, symbols[4];
    uint32_t map_length, map;
};

#define MULTIBOOT_MAGIC 0x2badb002u

/* Compilers turn loops into calls of these. */
void *memset(void *to, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);

#endif
