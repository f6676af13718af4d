/*
 * The reference for bench/statsDump.ts: the same statistics, counted into arrays and written with
 * fprintf. Usage: statsDump GROUPS ROUNDS FILE; prints the seconds that each round took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SCALARS = 60, ELEMENTS = 38 };

static double scalars[1000][SCALARS];
static double vectors[1000][ELEMENTS];

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

static void line(FILE *out, const char *name, double value, const char *pdf, const char *cdf,
                 const char *description, const char *unit)
{
    int digits = value == (double)(long long)value ? 0 : 6;
    fprintf(out, "%-40s %12.*f %10s %10s # %s (%s)\n", name, digits, value, pdf, cdf, description,
            unit);
}

static void vector(FILE *out, const char *group, const double *values)
{
    char name[64], pdf[32] = "", cdf[32] = "";
    double total = 0, sum = 0;
    for (int i = 0; i < ELEMENTS; i++)
        total += values[i];
    for (int i = 0; i < ELEMENTS; i++) {
        if (total != 0) {
            sum += values[i] / total;
            snprintf(pdf, sizeof pdf, "%.2f%%", values[i] / total * 100);
            snprintf(cdf, sizeof cdf, "%.2f%%", sum * 100);
        }
        snprintf(name, sizeof name, "%s.sizes::%d", group, i);
        line(out, name, values[i], pdf, cdf, "bytes by kind of packet", "Byte");
    }
    snprintf(name, sizeof name, "%s.sizes::total", group);
    line(out, name, total, "", "", "bytes by kind of packet", "Byte");
}

static void dump(FILE *out, int groups)
{
    fputs("\n---------- Begin Simulation Statistics ----------\n", out);
    for (int g = 0; g < groups; g++) {
        char group[32], name[64];
        snprintf(group, sizeof group, "system.cpu%03d", g);
        for (int i = 0; i < SCALARS; i++) {
            snprintf(name, sizeof name, "%s.counter%d", group, i);
            line(out, name, scalars[g][i], "", "", "number of things that happened", "Count");
        }
        snprintf(name, sizeof name, "%s.rate", group);
        line(out, name, scalars[g][3] / scalars[g][7], "", "", "things per cycle",
             "(Count/Cycle)");
        vector(out, group, vectors[g]);
    }
    fputs("\n---------- End Simulation Statistics   ----------\n", out);
    fflush(out);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int groups = atoi(argv[1]);
    for (int g = 0; g < groups; g++) {
        for (int i = 0; i < SCALARS; i++)
            scalars[g][i] = g * 1000 + i;
        for (int i = 0; i < ELEMENTS; i++)
            vectors[g][i] = g * i;
    }
    for (int round = atoi(argv[2]); round > 0; round--) {
        double start = seconds();
        FILE *out = fopen(argv[3], "w");
        if (out == NULL)
            return 1;
        dump(out, groups);
        fclose(out);
        printf("%.9f\n", seconds() - start);
    }
    return 0;
}
