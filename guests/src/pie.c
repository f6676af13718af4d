/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A static position-independent executable: it has no loader but its own start-up code, which must
 * find the load address (from the program headers in the auxiliary vector) and relocate itself.
 */
#include <elf.h>
#include <stdio.h>

extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

static const char *one(void)
{
    return "one";
}

static const char *two(void)
{
    return "two";
}

/* Pointers in initialised data: each is a relocation. volatile keeps them from being folded. */
static const char *(*volatile functions[])(void) = {one, two};
static const char *volatile words[] = {"three", "four"};
static int value = 5;
static int *volatile pointer = &value;

int main(void)
{
    printf("type %s\n", __ehdr_start.e_type == ET_DYN ? "ET_DYN" : "ET_EXEC");
    printf("loaded away from address 0: %s\n",
           (unsigned long)&__ehdr_start >= 0x10000 ? "yes" : "no");
    printf("%s %s %s %s %d\n", functions[0](), functions[1](), words[0], words[1], *pointer);
    return 0;
}
