/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * args [STATUS [WORD...]]: prints what the loader put on the stack, and exits with STATUS.
 * Of the auxiliary vector, values that are the same on every Linux are printed; those that are
 * not (addresses, user ids) are checked.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

static const char *yesNo(int condition)
{
    return condition ? "yes" : "no";
}

static void printAuxv(void)
{
    const unsigned char *base = (const unsigned char *)&__ehdr_start;
    const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
    const char *execfn = (const char *)getauxval(AT_EXECFN);
    const char *platform = (const char *)getauxval(AT_PLATFORM);
    unsigned bits = 0;

    for (int i = 0; random != NULL && i < 16; i++)
        bits |= random[i];

    printf("AT_PAGESZ %lu\n", getauxval(AT_PAGESZ));
    printf("AT_CLKTCK %lu\n", getauxval(AT_CLKTCK));
    printf("AT_PHENT %lu\n", getauxval(AT_PHENT));
    printf("AT_SECURE %lu\n", getauxval(AT_SECURE));
    printf("AT_FLAGS %lu\n", getauxval(AT_FLAGS));
    printf("AT_PLATFORM %s\n", platform ? platform : "(none)");
    printf("AT_PHNUM is the program's: %s\n", yesNo(getauxval(AT_PHNUM) == __ehdr_start.e_phnum));
    printf("AT_PHDR is the program's: %s\n",
           yesNo(getauxval(AT_PHDR) == (unsigned long)(base + __ehdr_start.e_phoff)));
    printf("AT_RANDOM holds 16 random bytes: %s\n", yesNo(bits != 0));
    printf("AT_EXECFN ends in args: %s\n",
           yesNo(execfn != NULL && strlen(execfn) >= 4 &&
                 strcmp(execfn + strlen(execfn) - 4, "args") == 0));
    printf("AT_UID, AT_GID are ours: %s\n",
           yesNo(getauxval(AT_UID) == getuid() && getauxval(AT_GID) == getgid()));
    printf("AT_EUID, AT_EGID are ours: %s\n",
           yesNo(getauxval(AT_EUID) == geteuid() && getauxval(AT_EGID) == getegid()));
}

int main(int argc, char **argv)
{
    printf("argc = %d\n", argc);
    for (int i = 1; i < argc; i++)
        printf("argv[%d] = <%s>\n", i, argv[i]);
    printf("argv[argc] is null: %s\n", yesNo(argv[argc] == NULL));

    for (char **line = environ; *line != NULL; line++)
        printf("env <%s>\n", *line);

    printAuxv();
    return argc > 1 ? atoi(argv[1]) : 0;
}
