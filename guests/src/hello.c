/* SPDX-License-Identifier: BSD-3-Clause */
/* The first program: a greeting, its arguments, and a line that needs floating point. */
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("Hello, world!\n");
    for (int i = 0; i < argc; i++)
        printf("argv[%d] = %s\n", i, argv[i]);

    /* volatile: the sum is done by the processor that runs us, not by the compiler. */
    volatile double third = 1.0 / 3.0;
    printf("3 * %.6f = %.3f\n", third, third * 3.0);
    return 0;
}
