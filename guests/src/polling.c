/* SPDX-License-Identifier: BSD-3-Clause */
/* Pipes, poll and select. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *outcome(long result)
{
    static char text[64];
    if (result < 0) snprintf(text, sizeof text, "%s", strerror(errno));
    else snprintf(text, sizeof text, "%ld", result);
    return text;
}

#define SHOW(call) printf("%s: %s\n", #call, outcome(call))

static char block[100000];

static void showPoll(const char *what, struct pollfd *entries, nfds_t count, int timeout)
{
    int result = poll(entries, count, timeout);
    printf("%s: %d", what, result);
    for (nfds_t i = 0; i < count; i++) printf(" %#x", (unsigned)entries[i].revents);
    printf("\n");
}

static void showSelect(const char *what, int *ends, int timeout)
{
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    struct timeval time = {0, timeout * 1000};
    int result = select(ends[1] + 1, &in, &out, NULL, &time);
    printf("%s: %d, read %d, write %d\n", what, result, FD_ISSET(ends[0], &in) != 0,
         FD_ISSET(ends[1], &out) != 0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    int ends[2];
    SHOW(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    SHOW(fcntl(ends[0], F_GETFD));
    SHOW(fcntl(ends[1], F_GETFL) & (O_NONBLOCK | O_ACCMODE));
    struct pollfd both[3] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}, {-1, POLLIN, 0}};
    showPoll("empty", both, 3, 0);
    showSelect("empty", ends, 0);
    SHOW(read(ends[0], block, 10));
    SHOW(write(ends[1], "hello", 5));
    int waiting = 0;
    SHOW(ioctl(ends[0], FIONREAD, &waiting));
    printf("waiting %d\n", waiting);
    showPoll("five bytes", both, 2, -1);
    showSelect("five bytes", ends, 0);
    SHOW(read(ends[0], block, 3));
    SHOW(read(ends[0], block, 30));
    SHOW(write(ends[1], block, sizeof block));
    SHOW(write(ends[1], block, 1));
    showPoll("full", both, 2, 0);
    showSelect("full", ends, 0);
    SHOW(read(ends[0], block, 4096));
    SHOW(write(ends[1], block, 8192));
    SHOW(lseek(ends[0], 0, SEEK_SET));
    SHOW(write(ends[0], "x", 1));
    SHOW(read(ends[1], block, 1));
    struct stat status;
    fstat(ends[0], &status);
    printf("a fifo: %d\n", S_ISFIFO(status.st_mode));
    struct pollfd bad[2] = {{777, POLLIN, 0}, {ends[0], POLLIN, 0}};
    showPoll("one is not open", bad, 2, -1);
    close(ends[1]);
    showPoll("no writer", both, 1, 0);
    while (read(ends[0], block, sizeof block) > 0) (void)0;
    SHOW(read(ends[0], block, 10));
    showPoll("drained", both, 1, 100);
    close(ends[0]);

    SHOW(pipe(ends));
    close(ends[0]);
    both[1].fd = ends[1];
    showPoll("no reader", both + 1, 1, 0);
    SHOW(write(ends[1], "x", 1));
    close(ends[1]);

    SHOW(pipe(ends));
    int self = open("/proc/self/exe", O_RDONLY);
    SHOW(sendfile(ends[1], self, NULL, 4));
    SHOW(read(ends[0], block, 10));
    printf("%.3s\n", block + 1);
    struct timespec begin, end, limit = {0, 30000000};
    clock_gettime(CLOCK_MONOTONIC, &begin);
    both[0].fd = ends[0];
    int result = ppoll(both, 1, &limit, NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double took = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    printf("ppoll %d after its time: %d\n", result, took >= 0.03);
    SHOW(select(-1, NULL, NULL, NULL, NULL));
    fd_set closed;
    FD_ZERO(&closed);
    FD_SET(40, &closed);
    SHOW(select(41, &closed, NULL, NULL, NULL));
    SHOW(pipe2(ends, 0x40000000));
    SHOW(syscall(SYS_pipe, 8L));
    return 0;
}
