/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies standard input to standard output, then says on standard error how much it was. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int writeAll(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, size);
        if (done < 0)
            return -1;
        bytes += done;
        size -= (size_t)done;
    }
    return 0;
}

int main(void)
{
    static char buffer[64 * 1024];
    unsigned long total = 0;

    for (;;) {
        ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got == 0)
            break;
        if (got < 0 || writeAll(buffer, (size_t)got) < 0) {
            fprintf(stderr, "cat: %s\n", strerror(errno));
            return 1;
        }
        total += (unsigned long)got;
    }
    fprintf(stderr, "cat: %lu bytes\n", total);
    return 0;
}
