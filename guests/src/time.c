/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * time [-v]: reads clocks around a stretch of work and says whether they behave; with -v it also
 * prints what they showed, which differs from run to run.
 */
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static const char *yesNo(int condition)
{
    return condition ? "yes" : "no";
}

static void work(void)
{
    for (volatile unsigned i = 0; i < 2000000u; i++)
        ;
}

static long long nanoseconds(struct timespec t)
{
    return (long long)t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int valid(struct timespec t)
{
    return t.tv_nsec >= 0 && t.tv_nsec < 1000000000l;
}

static void check(const char *name, clockid_t clock, int verbose)
{
    struct timespec before, after;

    if (clock_gettime(clock, &before) != 0) {
        printf("%s: not there\n", name);
        return;
    }
    work();
    clock_gettime(clock, &after);
    printf("%s: valid %s, advances %s\n", name, yesNo(valid(before) && valid(after)),
           yesNo(nanoseconds(after) > nanoseconds(before)));
    if (verbose)
        printf("  %lld ns, then %lld ns more\n", nanoseconds(before),
               nanoseconds(after) - nanoseconds(before));
}

int main(int argc, char **argv)
{
    int verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    struct timeval now;
    struct timespec again;

    check("CLOCK_MONOTONIC", CLOCK_MONOTONIC, verbose);
    check("CLOCK_REALTIME", CLOCK_REALTIME, verbose);

    gettimeofday(&now, NULL);
    clock_gettime(CLOCK_REALTIME, &again);
    printf("gettimeofday agrees within 10 s: %s\n",
           yesNo(again.tv_sec - now.tv_sec >= 0 && again.tv_sec - now.tv_sec < 10));
    return 0;
}
