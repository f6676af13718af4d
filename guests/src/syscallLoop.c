/* SPDX-License-Identifier: BSD-3-Clause */
/* syscallLoop [COUNT]: makes COUNT (100000) cheap system calls and says how many agreed. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;
    unsigned long same = 0;
    /* syscall(): a C library may cache getppid. */
    long parent = syscall(SYS_getppid);

    for (unsigned long i = 0; i < count; i++)
        same += syscall(SYS_getppid) == parent;
    printf("%lu of %lu calls agreed\n", same, count);
    return same == count ? 0 : 1;
}
