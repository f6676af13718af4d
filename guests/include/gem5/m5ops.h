/*
 * Pseudo-instructions: what a guest program asks of the simulator. Under the names that programs for
 * gem5 use, which need no change. docs/pseudo-instructions.md says what each does.
 *
 * A pseudo-instruction is a load from a page that the simulator answers for: m5_mem. Delays and
 * periods are in nanoseconds of simulated time.
 */
#ifndef GEM5_M5OPS_H
#define GEM5_M5OPS_H

#include <stdint.h>

#define M5OP_ARM 0x00
#define M5OP_QUIESCE 0x01
#define M5OP_QUIESCE_NS 0x02
#define M5OP_QUIESCE_CYCLE 0x03
#define M5OP_QUIESCE_TIME 0x04
#define M5OP_RPNS 0x07
#define M5OP_WAKE_CPU 0x09
#define M5OP_EXIT 0x21
#define M5OP_FAIL 0x22
#define M5OP_SUM 0x23
#define M5OP_INIT_PARAM 0x30
#define M5OP_LOAD_SYMBOL 0x31
#define M5OP_RESET_STATS 0x40
#define M5OP_DUMP_STATS 0x41
#define M5OP_DUMP_RESET_STATS 0x42
#define M5OP_CHECKPOINT 0x43
#define M5OP_WRITE_FILE 0x4f
#define M5OP_READ_FILE 0x50
#define M5OP_DEBUG_BREAK 0x51
#define M5OP_SWITCH_CPU 0x52
#define M5OP_ADD_SYMBOL 0x53
#define M5OP_PANIC 0x54
#define M5OP_WORK_BEGIN 0x5a
#define M5OP_WORK_END 0x5b
#define M5OP_DIST_TOGGLE_SYNC 0x62
#define M5OP_WORKLOAD 0x70

/* Where syscall emulation maps the page, and where a bare machine has it. */
#define M5OPS_VIRTUAL 0xffffc90000000000ull
#define M5OPS_PHYSICAL 0xffff0000ull

#ifdef __cplusplus
extern "C" {
#endif

/* The page; M5OPS_VIRTUAL at first. */
extern void *m5_mem;

void m5_arm(uint64_t address);
void m5_quiesce(void);
void m5_quiesce_ns(uint64_t ns);
void m5_quiesce_cycle(uint64_t cycles);
uint64_t m5_quiesce_time(void);
uint64_t m5_rpns(void);
void m5_wake_cpu(uint64_t cpuid);
void m5_exit(uint64_t ns_delay);
void m5_fail(uint64_t ns_delay, uint64_t code);
unsigned m5_sum(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f);
uint64_t m5_init_param(uint64_t key_str1, uint64_t key_str2);
void m5_checkpoint(uint64_t ns_delay, uint64_t ns_period);
void m5_reset_stats(uint64_t ns_delay, uint64_t ns_period);
void m5_dump_stats(uint64_t ns_delay, uint64_t ns_period);
void m5_dump_reset_stats(uint64_t ns_delay, uint64_t ns_period);
uint64_t m5_read_file(void *buffer, uint64_t len, uint64_t offset);
uint64_t m5_write_file(void *buffer, uint64_t len, uint64_t offset, const char *filename);
void m5_debug_break(void);
void m5_switch_cpu(void);
void m5_dist_toggle_sync(void);
void m5_add_symbol(uint64_t addr, const char *symbol);
void m5_load_symbol(void);
void m5_panic(void);
void m5_work_begin(uint64_t workid, uint64_t threadid);
void m5_work_end(uint64_t workid, uint64_t threadid);
void m5_workload(void);

/* gem5's names for the same by memory: m5_exit_addr() and so on. */
#define m5_arm_addr m5_arm
#define m5_quiesce_addr m5_quiesce
#define m5_quiesce_ns_addr m5_quiesce_ns
#define m5_quiesce_cycle_addr m5_quiesce_cycle
#define m5_quiesce_time_addr m5_quiesce_time
#define m5_rpns_addr m5_rpns
#define m5_wake_cpu_addr m5_wake_cpu
#define m5_exit_addr m5_exit
#define m5_fail_addr m5_fail
#define m5_sum_addr m5_sum
#define m5_init_param_addr m5_init_param
#define m5_checkpoint_addr m5_checkpoint
#define m5_reset_stats_addr m5_reset_stats
#define m5_dump_stats_addr m5_dump_stats
#define m5_dump_reset_stats_addr m5_dump_reset_stats
#define m5_read_file_addr m5_read_file
#define m5_write_file_addr m5_write_file
#define m5_debug_break_addr m5_debug_break
#define m5_switch_cpu_addr m5_switch_cpu
#define m5_dist_toggle_sync_addr m5_dist_toggle_sync
#define m5_add_symbol_addr m5_add_symbol
#define m5_load_symbol_addr m5_load_symbol
#define m5_panic_addr m5_panic
#define m5_work_begin_addr m5_work_begin
#define m5_work_end_addr m5_work_end
#define m5_workload_addr m5_workload

#ifdef __cplusplus
}
#endif

#endif
