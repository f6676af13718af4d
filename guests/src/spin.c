/* SPDX-License-Identifier: BSD-3-Clause */
/* Never ends and makes no system call once it said so: for time limits and Ctrl-C. */
#include <stdio.h>

int main(void)
{
    volatile unsigned long turns = 0;

    puts("spinning");
    fflush(stdout);
    for (;;)
        turns++;
}
