/* The library behind gem5/m5ops.h: libm5.a. */
#include <gem5/m5ops.h>
#include <m5_mmap.h>

void *m5_mem = (void *)M5OPS_VIRTUAL;
uint64_t m5op_addr = M5OPS_PHYSICAL;
const char *m5_mmap_dev = "/dev/mem";

void map_m5_mem(void) {
}

void unmap_m5_mem(void) {
}

/* Arguments go where a function's do, with RCX as the fourth; the load brings the result. */
static uint64_t op(unsigned func, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                   uint64_t f) {
    const volatile char *address = (const volatile char *)m5_mem + (func << 8);
    register uint64_t r8 __asm__("r8") = e;
    register uint64_t r9 __asm__("r9") = f;
    uint64_t result;
    __asm__ volatile("movq (%[address]), %%rax"
                     : "=a"(result)
                     : [address] "r"(address), "D"(a), "S"(b), "d"(c), "c"(d), "r"(r8), "r"(r9)
                     : "memory");
    return result;
}

static uint64_t op4(unsigned func, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    return op(func, a, b, c, d, 0, 0);
}

void m5_arm(uint64_t address) {
    op4(M5OP_ARM, address, 0, 0, 0);
}

void m5_quiesce(void) {
    op4(M5OP_QUIESCE, 0, 0, 0, 0);
}

void m5_quiesce_ns(uint64_t ns) {
    op4(M5OP_QUIESCE_NS, ns, 0, 0, 0);
}

void m5_quiesce_cycle(uint64_t cycles) {
    op4(M5OP_QUIESCE_CYCLE, cycles, 0, 0, 0);
}

uint64_t m5_quiesce_time(void) {
    return op4(M5OP_QUIESCE_TIME, 0, 0, 0, 0);
}

uint64_t m5_rpns(void) {
    return op4(M5OP_RPNS, 0, 0, 0, 0);
}

void m5_wake_cpu(uint64_t cpuid) {
    op4(M5OP_WAKE_CPU, cpuid, 0, 0, 0);
}

void m5_exit(uint64_t ns_delay) {
    op4(M5OP_EXIT, ns_delay, 0, 0, 0);
}

void m5_fail(uint64_t ns_delay, uint64_t code) {
    op4(M5OP_FAIL, ns_delay, code, 0, 0);
}

unsigned m5_sum(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f) {
    return (unsigned)op(M5OP_SUM, a, b, c, d, e, f);
}

uint64_t m5_init_param(uint64_t key_str1, uint64_t key_str2) {
    return op4(M5OP_INIT_PARAM, key_str1, key_str2, 0, 0);
}

void m5_checkpoint(uint64_t ns_delay, uint64_t ns_period) {
    op4(M5OP_CHECKPOINT, ns_delay, ns_period, 0, 0);
}

void m5_reset_stats(uint64_t ns_delay, uint64_t ns_period) {
    op4(M5OP_RESET_STATS, ns_delay, ns_period, 0, 0);
}

void m5_dump_stats(uint64_t ns_delay, uint64_t ns_period) {
    op4(M5OP_DUMP_STATS, ns_delay, ns_period, 0, 0);
}

void m5_dump_reset_stats(uint64_t ns_delay, uint64_t ns_period) {
    op4(M5OP_DUMP_RESET_STATS, ns_delay, ns_period, 0, 0);
}

uint64_t m5_read_file(void *buffer, uint64_t len, uint64_t offset) {
    return op4(M5OP_READ_FILE, (uintptr_t)buffer, len, offset, 0);
}

uint64_t m5_write_file(void *buffer, uint64_t len, uint64_t offset, const char *filename) {
    return op4(M5OP_WRITE_FILE, (uintptr_t)buffer, len, offset, (uintptr_t)filename);
}

void m5_debug_break(void) {
    op4(M5OP_DEBUG_BREAK, 0, 0, 0, 0);
}

void m5_switch_cpu(void) {
    op4(M5OP_SWITCH_CPU, 0, 0, 0, 0);
}

void m5_dist_toggle_sync(void) {
    op4(M5OP_DIST_TOGGLE_SYNC, 0, 0, 0, 0);
}

void m5_add_symbol(uint64_t addr, const char *symbol) {
    op4(M5OP_ADD_SYMBOL, addr, (uintptr_t)symbol, 0, 0);
}

void m5_load_symbol(void) {
    op4(M5OP_LOAD_SYMBOL, 0, 0, 0, 0);
}

void m5_panic(void) {
    op4(M5OP_PANIC, 0, 0, 0, 0);
}

void m5_work_begin(uint64_t workid, uint64_t threadid) {
    op4(M5OP_WORK_BEGIN, workid, threadid, 0, 0);
}

void m5_work_end(uint64_t workid, uint64_t threadid) {
    op4(M5OP_WORK_END, workid, threadid, 0, 0);
}

void m5_workload(void) {
    op4(M5OP_WORKLOAD, 0, 0, 0, 0);
}
