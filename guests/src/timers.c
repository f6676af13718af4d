/* SPDX-License-Identifier: BSD-3-Clause */
/* Interval timers and calls that they interrupt. What it prints does not depend on how fast it runs. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t alarms, virtuals, profs;

static void onAlarm(int signal)
{
    if (signal == SIGALRM) alarms++;
    if (signal == SIGVTALRM) virtuals++;
    if (signal == SIGPROF) profs++;
}

static void handle(int signal, int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = onAlarm;
    action.sa_flags = flags;
    sigaction(signal, &action, NULL);
}

static void start(int which, long milliseconds, long every)
{
    struct itimerval timer = {
            {every / 1000, every % 1000 * 1000},
            {milliseconds / 1000, milliseconds % 1000 * 1000},
    };
    if (setitimer(which, &timer, NULL) != 0) perror("setitimer");
}

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const char *eintr(int result)
{
    return result != 0 && errno == EINTR ? "EINTR" : result == 0 ? "0" : "?";
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    handle(SIGALRM, 0);
    handle(SIGVTALRM, 0);
    handle(SIGPROF, 0);

    start(ITIMER_REAL, 10, 20);
    while (alarms < 5) pause();
    start(ITIMER_REAL, 0, 0);
    printf("five alarms\n");

    start(ITIMER_VIRTUAL, 10, 10);
    while (virtuals < 3) (void)0;
    start(ITIMER_VIRTUAL, 0, 0);
    start(ITIMER_PROF, 20, 0);
    while (profs < 1) getppid();
    printf("timers of processor time\n");

    double begin = now(CLOCK_MONOTONIC), busy = now(CLOCK_PROCESS_CPUTIME_ID);
    struct timespec longTime = {3, 500000000}, rest = {0, 0};
    start(ITIMER_REAL, 100, 0);
    int result = nanosleep(&longTime, &rest);
    double slept = now(CLOCK_MONOTONIC) - begin;
    busy = now(CLOCK_PROCESS_CPUTIME_ID) - busy;
    printf("nanosleep %s, slept %s, left %s, busy %s\n", eintr(result), slept >= 0.1 ? "enough" : "?",
         rest.tv_sec == 3 && rest.tv_nsec > 0 ? "3.x s" : "?", busy < slept / 2 ? "little" : "much");

    start(ITIMER_REAL, 50, 0);
    struct timeval limit = {3, 0};
    printf("select %s\n", eintr(select(0, NULL, NULL, NULL, &limit)));
    limit.tv_sec = 0;
    limit.tv_usec = 20000;
    begin = now(CLOCK_MONOTONIC);
    result = select(0, NULL, NULL, NULL, &limit);
    printf("select %d, %s, %ld left\n", result, now(CLOCK_MONOTONIC) - begin >= 0.02 ? "on time" : "?",
         (long)limit.tv_usec);

    int ends[2];
    char byte;
    if (pipe(ends) != 0) perror("pipe");
    start(ITIMER_REAL, 50, 0);
    printf("read %s\n", eintr(read(ends[0], &byte, 1) < 0 ? -1 : 0));

    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, &old);
    int before = alarms;
    start(ITIMER_REAL, 10, 0);
    struct timespec shortTime = {0, 50000000};
    printf("blocked: nanosleep %s", eintr(nanosleep(&shortTime, NULL)));
    printf(", %d alarms", alarms - before);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf(", then %d\n", alarms - before);

    sigprocmask(SIG_BLOCK, &set, NULL);
    start(ITIMER_REAL, 10, 0);
    fd_set reading;
    FD_ZERO(&reading);
    FD_SET(ends[0], &reading);
    result = pselect(ends[0] + 1, &reading, NULL, NULL, NULL, &old);
    printf("pselect %s, the set %s\n", eintr(result), FD_ISSET(ends[0], &reading) ? "kept" : "changed");
    sigprocmask(SIG_SETMASK, NULL, &old);
    printf("mask back: %d\n", sigismember(&old, SIGALRM));
    sigprocmask(SIG_UNBLOCK, &set, NULL);

    printf("alarm %u", alarm(100));
    printf(", %u", alarm(50));
    printf(", %u\n", alarm(0));
    start(ITIMER_REAL, 5000, 7000);
    struct itimerval timer;
    getitimer(ITIMER_REAL, &timer);
    printf("getitimer %ld.x s, every %ld s\n", (long)timer.it_value.tv_sec, (long)timer.it_interval.tv_sec);
    start(ITIMER_REAL, 0, 0);
    getitimer(ITIMER_REAL, &timer);
    printf("off: %ld.%06ld\n", (long)timer.it_value.tv_sec, (long)timer.it_value.tv_usec);
    struct itimerval bad = {{0, 0}, {0, 1000000}};
    printf("bad: %s\n", setitimer(ITIMER_REAL, &bad, NULL) != 0 && errno == EINVAL ? "EINVAL" : "?");

    signal(SIGALRM, SIG_DFL);
    alarm(1);
    for (;;) (void)0;
}
