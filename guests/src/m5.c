/*
 * Executes pseudo-instructions that its arguments name: `m5 sum 1 2 then workbegin 3 then exit`.
 * The commands of gem5's m5 utility are among them, under the same names.
 */
#include <gem5/m5ops.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 6, BUFFER = 4096 };

static uint64_t arguments[MOST];
static char **words;

static uint64_t number(const char *text) {
    return strtoull(text, NULL, 0);
}

static void sum(void) {
    const uint64_t *a = arguments;
    printf("sum %u\n", m5_sum((unsigned)a[0], (unsigned)a[1], (unsigned)a[2], (unsigned)a[3],
                              (unsigned)a[4], (unsigned)a[5]));
}

static void initparam(void) {
    uint64_t key[2] = {0, 0};
    if (words[0] != NULL) {
        size_t length = strlen(words[0]);
        memcpy(key, words[0], length < sizeof key ? length : sizeof key);
    }
    printf("%llu\n", (unsigned long long)m5_init_param(key[0], key[1]));
}

/* The file that the system's `readfile` parameter names, to standard output. */
static void readfile(void) {
    static char buffer[BUFFER];
    uint64_t offset = 0;
    for (;;) {
        uint64_t count = m5_read_file(buffer, sizeof buffer, offset);
        if (count == 0)
            return;
        fwrite(buffer, 1, count, stdout);
        offset += count;
    }
}

/* Standard input to a file of the host. */
static void writefile(void) {
    static char buffer[BUFFER];
    uint64_t offset = 0;
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
        uint64_t written = m5_write_file(buffer, count, offset, words[0]);
        if (written != count) {
            printf("written %llu of %zu bytes\n", (unsigned long long)written, count);
            return;
        }
        offset += count;
    }
    printf("written %llu bytes\n", (unsigned long long)offset);
}

static void rpns(void) {
    printf("time passes: %s\n", m5_rpns() <= m5_rpns() ? "yes" : "no");
}

/* How long a pause has lasted, by two ways of asking; the clock runs on a little between them. */
static void quiesce(void) {
    uint64_t before = m5_rpns();
    m5_quiesce_ns(arguments[0]);
    uint64_t after = m5_rpns();
    uint64_t paused = m5_quiesce_time();
    printf("paused %llu ns, %s by the clock\n", (unsigned long long)paused,
           after - before >= arguments[0] ? "as long or longer" : "shorter");
}

static void cycles(void) {
    m5_quiesce_cycle(arguments[0]);
    printf("paused %llu ns\n", (unsigned long long)m5_quiesce_time());
}

static void forever(void) {
    m5_quiesce();
    printf("woken\n");
}

static void bad_address(void) {
    printf("written %llu bytes\n", (unsigned long long)m5_write_file((void *)8, 16, 0, "bad"));
    printf("written %llu bytes\n", (unsigned long long)m5_write_file("", 1, 0, (char *)8));
    printf("read %llu bytes\n", (unsigned long long)m5_read_file((void *)8, 16, 0));
}

/* gem5's instruction instead of the load; results of those without one are 0. */
static void sum_by_instruction(void) {
    uint64_t result;
    uint64_t waited = 1;
    __asm__ volatile("xorl %%r8d, %%r8d\n"
                     "xorl %%r9d, %%r9d\n"
                     ".byte 0x0f, 0x04\n.word 0x23"
                     : "=a"(result)
                     : "D"(arguments[0]), "S"(arguments[1]), "d"(0ull), "c"(0ull)
                     : "r8", "r9", "memory");
    __asm__ volatile(".byte 0x0f, 0x04\n.word 0x02" : "=a"(waited) : "D"(1000ull) : "memory");
    printf("sum %llu, pause %llu\n", (unsigned long long)result, (unsigned long long)waited);
}

static void bad_instruction(void) {
    __asm__ volatile(".byte 0x0f, 0x04\n.word 0xff");
}

/* A number that no pseudo-instruction has. */
static void unknown(void) {
    printf("result %u\n", *((volatile unsigned *)((char *)m5_mem + 0xff00)));
}

static void do_exit(void) {
    m5_exit(arguments[0]);
}

static void do_fail(void) {
    m5_fail(arguments[1], arguments[0]);
}

static void do_checkpoint(void) {
    m5_checkpoint(arguments[0], arguments[1]);
}

static void resetstats(void) {
    m5_reset_stats(arguments[0], arguments[1]);
}

static void dumpstats(void) {
    m5_dump_stats(arguments[0], arguments[1]);
}

static void dumpresetstats(void) {
    m5_dump_reset_stats(arguments[0], arguments[1]);
}

static void workbegin(void) {
    m5_work_begin(arguments[0], arguments[1]);
}

static void workend(void) {
    m5_work_end(arguments[0], arguments[1]);
}

static void arm(void) {
    m5_arm(arguments[0]);
}

static void wakecpu(void) {
    m5_wake_cpu(arguments[0]);
}

static void addsymbol(void) {
    m5_add_symbol(arguments[0], "symbol");
}

static const struct {
    const char *name;
    void (*run)(void);
} commands[] = {
    {"sum", sum},
    {"sum-by-instruction", sum_by_instruction},
    {"bad-instruction", bad_instruction},
    {"initparam", initparam},
    {"readfile", readfile},
    {"writefile", writefile},
    {"rpns", rpns},
    {"quiesce", quiesce},
    {"quiesce-cycles", cycles},
    {"quiesce-forever", forever},
    {"bad-address", bad_address},
    {"unknown", unknown},
    {"exit", do_exit},
    {"fail", do_fail},
    {"checkpoint", do_checkpoint},
    {"resetstats", resetstats},
    {"dumpstats", dumpstats},
    {"dumpresetstats", dumpresetstats},
    {"workbegin", workbegin},
    {"workend", workend},
    {"arm", arm},
    {"wakecpu", wakecpu},
    {"switchcpu", m5_switch_cpu},
    {"debugbreak", m5_debug_break},
    {"panic", m5_panic},
    {"workload", m5_workload},
    {"addsymbol", addsymbol},
    {"loadsymbol", m5_load_symbol},
    {"togglesync", m5_dist_toggle_sync},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int run(const char *name) {
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            commands[i].run();
            fflush(stdout);
            return 0;
        }
    }
    fprintf(stderr, "m5: %s is no command\n", name);
    return 2;
}

int main(int argc, char **argv) {
    (void)argc;
    char **next = argv + 1;
    if (*next == NULL) {
        for (int i = 0; i < COMMANDS; i++)
            printf("%s\n", commands[i].name);
        return 0;
    }
    int status = 0;
    while (*next != NULL && status == 0) {
        const char *name = *next++;
        words = next;
        memset(arguments, 0, sizeof arguments);
        int count = 0;
        for (; *next != NULL && strcmp(*next, "then") != 0; next++) {
            if (count < MOST)
                arguments[count++] = number(*next);
        }
        if (*next != NULL)
            *next++ = NULL;
        status = run(name);
    }
    return status;
}
