/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * files [DIRECTORY]: makes, reads, measures and renames files in DIRECTORY (the working
 * directory), and reads the symbolic link "link" there if there is one. Leaves "files.txt" with
 * three lines behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failures;

static void report(const char *what, int good)
{
    printf("%s: %s\n", what, good ? "ok" : strerror(errno));
    failures += !good;
}

static void writeFile(const char *name)
{
    FILE *file = fopen(name, "w");
    report("open for writing", file != NULL);
    if (file == NULL)
        return;
    fprintf(file, "first line\nsecond line\n");
    report("write", fclose(file) == 0);

    int fd = open(name, O_WRONLY | O_APPEND);
    report("append", fd >= 0 && write(fd, "third line\n", 11) == 11 && close(fd) == 0);
}

static void readFile(const char *name)
{
    char line[80];
    struct stat status;
    FILE *file = fopen(name, "r");

    report("open for reading", file != NULL);
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        printf("  %s", line);
    report("seek", fseek(file, 6, SEEK_SET) == 0 && fgets(line, sizeof line, file) != NULL);
    printf("  %s", line);
    fclose(file);

    report("stat", stat(name, &status) == 0);
    printf("  size %ld, regular file: %s, links %lu\n", (long)status.st_size,
           S_ISREG(status.st_mode) ? "yes" : "no", (unsigned long)status.st_nlink);
}

static void expectErrno(const char *what, long result, int expected)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "unexpected success");
    failures += result >= 0 || errno != expected;
}

int main(int argc, char **argv)
{
    char target[256];
    struct stat status;

    if (argc > 1 && chdir(argv[1]) < 0) {
        perror(argv[1]);
        return 1;
    }
    writeFile("files.txt");
    readFile("files.txt");

    ssize_t length = readlink("link", target, sizeof target - 1);
    if (length >= 0)
        printf("link points to %.*s\n", (int)length, target);
    expectErrno("readlink of a file", readlink("files.txt", target, sizeof target), EINVAL);
    expectErrno("open of nothing", open("no such file", O_RDONLY), ENOENT);
    expectErrno("open of a file as a directory", open("files.txt/x", O_RDONLY), ENOTDIR);
    expectErrno("write to a closed descriptor", write(77, "x", 1), EBADF);
    report("stat of the directory", stat(".", &status) == 0 && S_ISDIR(status.st_mode));
    printf("failures: %d\n", failures);
    return failures != 0;
}
