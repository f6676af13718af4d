/* fork() of a process with so many MiB touched: prints the milliseconds that the parent waits, the
   least of some. The child ends at once. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    size_t bytes = (size_t)atoi(argc > 1 ? argv[1] : "64") << 20;
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    unsigned char *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    double least = 1e9;

    if (memory == MAP_FAILED)
        return 1;
    for (int round = 0; round < rounds; round++) {
        for (size_t at = 0; at < bytes; at += 4096)
            memory[at] = (unsigned char)round;
        double start = milliseconds();
        pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        if (pid < 0)
            return 1;
        double took = milliseconds() - start;
        if (took < least)
            least = took;
        waitpid(pid, NULL, 0);
    }
    printf("%f\n", least);
    return 0;
}
