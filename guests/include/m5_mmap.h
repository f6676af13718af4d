/*
 * For programs written for gem5, which map the page of pseudo-instructions themselves. Here it is
 * mapped already, so that nothing has to be done.
 */
#ifndef M5_MMAP_H
#define M5_MMAP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

extern void *m5_mem;
extern uint64_t m5op_addr;
extern const char *m5_mmap_dev;

void map_m5_mem(void);
void unmap_m5_mem(void);

#ifdef __cplusplus
}
#endif

#endif
