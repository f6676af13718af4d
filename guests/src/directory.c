/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files and folders by every call that programs use for them, in a new folder of the current one.
 * Usage: directory
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *outcome(long result)
{
    static char text[64];
    if (result < 0) snprintf(text, sizeof text, "%s", strerror(errno));
    else snprintf(text, sizeof text, "%ld", result);
    return text;
}

#define SHOW(call) printf("%s: %s\n", #call, outcome(call))

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(int folder)
{
    DIR *stream = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY));
    char *names[64];
    int count = 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL && count < 64;) {
        char *line = NULL;
        if (asprintf(&line, "%s (%d)", entry->d_name, entry->d_type) < 0) abort();
        names[count++] = line;
    }
    rewinddir(stream);
    int again = 0;
    while (readdir(stream) != NULL) again++;
    closedir(stream);
    qsort(names, (size_t)count, sizeof names[0], compare);
    printf("%d entries, %d again:", count, again);
    for (int i = 0; i < count; i++) printf(" %s", names[i]);
    printf("\n");
}

struct statxStart {
    uint32_t mask, blksize;
    uint64_t attributes;
    uint32_t nlink, uid, gid;
    uint16_t mode, spare;
    uint64_t ino, size;
    char rest[256];
};

static void status(int folder, const char *name, int flags)
{
    struct statxStart extended;
    struct stat plain;
    memset(&extended, 0, sizeof extended);
    long result = syscall(SYS_statx, folder, name, flags, 0x7ff, &extended);
    if (result != 0 || fstatat(folder, name, &plain, flags) != 0) {
        printf("%s: %s\n", name, strerror(errno));
        return;
    }
    printf("%s: mode %o, %d links, %lld bytes, statx agrees %d\n", name, plain.st_mode,
         (int)plain.st_nlink, S_ISDIR(plain.st_mode) ? 0LL : (long long)plain.st_size,
         extended.mode == plain.st_mode && extended.size == (uint64_t)plain.st_size &&
             extended.ino == plain.st_ino && extended.nlink == plain.st_nlink);
}

static void names(int dir)
{
    SHOW(mkdirat(dir, "sub", 0750));
    SHOW(mkdirat(dir, "sub", 0750));
    SHOW(mkdirat(dir, "sub/deep/", 0700));
    SHOW(mkdirat(dir, "no/such", 0700));
    SHOW(symlinkat("sub/file", dir, "link"));
    SHOW(symlinkat("loop", dir, "loop"));
    SHOW(openat(dir, "loop", O_RDONLY) < 0 ? -1 : 0);
    SHOW(openat(dir, "link", O_RDONLY | O_NOFOLLOW) < 0 ? -1 : 0);
    SHOW(openat(dir, "link", O_RDONLY | O_DIRECTORY) < 0 ? -1 : 0);
    SHOW(linkat(dir, "sub/file", dir, "hard", 0));
    SHOW(linkat(dir, "sub/file", dir, "hard", 0));
    status(dir, "sub/file", 0);
    status(dir, "link", 0);
    status(dir, "link", AT_SYMLINK_NOFOLLOW);
    status(dir, "sub", 0);
    status(dir, "absent", 0);
    status(dir, "sub/file/x", 0);
    list(dir);
    SHOW(syscall(SYS_renameat2, dir, "hard", dir, "sub/file", 1));
    SHOW(renameat(dir, "hard", dir, "renamed"));
    SHOW(renameat(dir, "sub", dir, "sub/deep/under"));
    SHOW(faccessat(dir, "renamed", R_OK | W_OK, 0));
    SHOW(faccessat(dir, "renamed", X_OK, 0));
    SHOW(faccessat(dir, "absent", F_OK, 0));
    SHOW(syscall(SYS_faccessat2, dir, "loop", F_OK, AT_SYMLINK_NOFOLLOW));
    SHOW(unlinkat(dir, "sub", 0));
    SHOW(unlinkat(dir, "sub", AT_REMOVEDIR));
    SHOW(unlinkat(dir, "renamed", AT_REMOVEDIR));
    char text[64] = "";
    SHOW(readlinkat(dir, "link", text, sizeof text));
    SHOW(readlinkat(dir, "renamed", text, sizeof text));
    printf("link leads to %s\n", text);
    SHOW(fchmodat(dir, "renamed", 0640, 0));
    struct timespec times[2] = {{86400, 0}, {1000000000, 0}};
    SHOW(utimensat(dir, "renamed", times, 0));
    struct stat stat;
    fstatat(dir, "renamed", &stat, 0);
    printf("%o %lld %lld\n", stat.st_mode, (long long)stat.st_atime, (long long)stat.st_mtime);
    char longName[300];
    memset(longName, 'n', sizeof longName - 1);
    longName[sizeof longName - 1] = 0;
    SHOW(mkdirat(dir, longName, 0700));
    SHOW(openat(dir, "", O_RDONLY));
    SHOW(openat(999, "file", O_RDONLY));
    SHOW(mkdirat(dir, (char *)8, 0700));
}

static void data(int dir)
{
    int fd = openat(dir, "sub/file", O_RDWR | O_CREAT | O_EXCL, 0644);
    SHOW(openat(dir, "sub/file", O_RDWR | O_CREAT | O_EXCL, 0644) < 0 ? -1 : 0);
    SHOW(write(fd, "0123456789", 10));
    SHOW(pwrite(fd, "abc", 3, 20));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, -3, SEEK_END));
    SHOW(lseek(fd, -30, SEEK_SET));
    char text[64] = "";
    SHOW(pread(fd, text, 10, 5));
    printf("%d %d\n", memcmp(text, "56789", 5), text[7]);
    struct iovec parts[2] = {{(char *)"first", 5}, {(char *)"second", 6}};
    SHOW(pwritev(fd, parts, 2, 100));
    SHOW(ftruncate(fd, 105));
    SHOW(fsync(fd));
    SHOW(posix_fallocate(fd, 0, 200));
    SHOW(lseek(fd, 0, SEEK_END));
    int append = openat(dir, "sub/file", O_WRONLY | O_APPEND);
    SHOW(write(append, "end", 3));
    SHOW(lseek(append, 0, SEEK_CUR));
    SHOW(read(append, text, 1));
    int copy = dup3(fd, 50, O_CLOEXEC);
    SHOW(fcntl(copy, F_GETFD));
    SHOW(fcntl(fd, F_DUPFD, 60));
    lseek(fd, 7, SEEK_SET);
    SHOW(lseek(copy, 0, SEEK_CUR));
    SHOW(fcntl(append, F_GETFL) & (O_APPEND | O_ACCMODE));
    SHOW(dup3(fd, fd, 0));
    int target = openat(dir, "copy", O_RDWR | O_CREAT, 0600);
    off_t from = 2;
    SHOW(sendfile(target, fd, &from, 6));
    SHOW(from);
    loff_t begin = 100, place = 10;
    SHOW(syscall(SYS_copy_file_range, fd, &begin, target, &place, (size_t)5, 0));
    SHOW(pread(target, text, 64, 0));
    printf("%.6s %.5s\n", text, text + 10);
    close(fd);
    SHOW(close(fd));
    SHOW(read(fd, text, 1));
}

int main(void)
{
    umask(022);
    SHOW(mkdir("directory.tmp", 0755));
    int dir = open("directory.tmp", O_RDONLY | O_DIRECTORY);
    SHOW(mkdirat(dir, "sub", 0755));
    data(dir);
    SHOW(unlinkat(dir, "copy", 0));
    SHOW(renameat(dir, "sub/file", dir, "kept"));
    SHOW(unlinkat(dir, "sub", AT_REMOVEDIR));
    SHOW(mkdirat(dir, "other", 0755));
    SHOW(unlinkat(dir, "other", AT_REMOVEDIR));
    mkdirat(dir, "sub", 0750);
    renameat(dir, "kept", dir, "sub/file");
    names(dir);
    SHOW(fchdir(dir));
    SHOW(chdir("sub"));
    char *where = getcwd(NULL, 0);
    printf("now in %s\n", strstr(where, "directory.tmp"));
    SHOW(chdir("file"));
    SHOW(chdir("../.."));
    char small[2];
    SHOW(syscall(SYS_getcwd, small, sizeof small));
    const char *left[] = {"directory.tmp/sub/deep", "directory.tmp/sub/file", "directory.tmp/sub",
                        "directory.tmp/link",     "directory.tmp/loop",     "directory.tmp/renamed",
                        "directory.tmp"};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) printf("%s: %s\n", left[i], outcome(remove(left[i])));
    return 0;
}
