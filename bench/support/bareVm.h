/*
 * What the C references of the benches share: a VM with one vCPU in 64-bit mode at CPL 3, as small
 * as can be. The first gigabyte is mapped as it is in the low half, and again in the top 2 GiB,
 * all of it for user code; a TSS with an I/O bitmap allows all ports.
 */
#ifndef BARE_VM_H
#define BARE_VM_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

enum {
	MEMORY = 1 << 20,
	PML4 = 0x1000,
	LOW_PDPT = 0x2000,
	HIGH_PDPT = 0x3000,
	DIRECTORY = 0x4000,
	GDT = 0x5000,
	TSS = 0x6000,
	TSS_BYTES = 104 + 8192 + 1,
	CODE = 0x10000,
};

/* Where the memory begins in the high half. */
#define HIGH 0xffffffff80000000

static const struct kvm_segment user_code = {
	.limit = 0xffffffff, .selector = 0x33, .type = 11, .present = 1, .dpl = 3, .s = 1, .l = 1, .g = 1,
};
static const struct kvm_segment user_data = {
	.limit = 0xffffffff, .selector = 0x2b, .type = 3, .present = 1, .dpl = 3, .s = 1, .db = 1, .g = 1,
};

struct bare_vm {
	int kvm;
	int vm;
	int vcpu;
	uint8_t *memory;
	struct kvm_run *run;
};

static inline double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec * 1e-9;
}

/* An ioctl that must work. */
static inline int must(int fd, unsigned long request, void *argument, const char *name)
{
	int result = ioctl(fd, request, argument);

	if (result < 0)
		err(1, "%s", name);
	return result;
}

#define MUST(fd, request, argument) must(fd, request, (void *)(uintptr_t)(argument), #request)

static inline void write_tables(uint8_t *memory)
{
	uint64_t *directory = (uint64_t *)(memory + DIRECTORY);
	uint64_t *gdt = (uint64_t *)(memory + GDT);

	((uint64_t *)(memory + PML4))[0] = LOW_PDPT | 7;
	((uint64_t *)(memory + PML4))[511] = HIGH_PDPT | 7;
	((uint64_t *)(memory + LOW_PDPT))[0] = DIRECTORY | 7;
	((uint64_t *)(memory + HIGH_PDPT))[510] = DIRECTORY | 7;
	for (uint64_t i = 0; i < 512; i++)
		directory[i] = i << 21 | 0x87;
	gdt[2] = 0x00af9b000000ffff; /* code, CPL 0 */
	gdt[3] = 0x00cf93000000ffff; /* data, CPL 0 */
	gdt[5] = 0x00cff3000000ffff; /* data, CPL 3 */
	gdt[6] = 0x00affb000000ffff; /* code, CPL 3 */
	memory[TSS + 102] = 104; /* the I/O bitmap, all zero, follows the TSS */
	memory[TSS + TSS_BYTES - 1] = 0xff;
}

static inline void set_registers(int vcpu)
{
	struct kvm_regs regs = { .rip = CODE, .rflags = 2 };
	struct kvm_sregs sregs;

	MUST(vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs = user_code;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = user_data;
	sregs.tr = (struct kvm_segment){
		.base = TSS, .limit = TSS_BYTES - 1, .selector = 0x40, .type = 11, .present = 1,
	};
	sregs.gdt = (struct kvm_dtable){ .base = GDT, .limit = 0x4f };
	sregs.cr0 = 0x80000033;
	sregs.cr3 = PML4;
	sregs.cr4 = 0x620;
	sregs.efer = 0x501; /* LMA, LME, SCE */
	MUST(vcpu, KVM_SET_SREGS, &sregs);
	MUST(vcpu, KVM_SET_REGS, &regs);
}

static inline void set_cpuid(int kvm, int vcpu)
{
	enum { LEAVES = 256 };
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + LEAVES * sizeof cpuid->entries[0]);

	if (cpuid == NULL)
		err(1, "calloc");
	cpuid->nent = LEAVES;
	MUST(kvm, KVM_GET_SUPPORTED_CPUID, cpuid);
	MUST(vcpu, KVM_SET_CPUID2, cpuid);
	free(cpuid);
}

/* Makes the VM; the vCPU is about to execute `code`, which lies at CODE. */
static inline struct bare_vm bare_vm(const void *code, size_t bytes)
{
	struct bare_vm it = { .kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC) };

	if (it.kvm < 0)
		err(1, "/dev/kvm");
	it.vm = MUST(it.kvm, KVM_CREATE_VM, 0);
	it.memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (it.memory == MAP_FAILED)
		err(1, "mmap");
	write_tables(it.memory);
	memcpy(it.memory + CODE, code, bytes);
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY, .userspace_addr = (uintptr_t)it.memory,
	};
	MUST(it.vm, KVM_SET_USER_MEMORY_REGION, &region);
	it.vcpu = MUST(it.vm, KVM_CREATE_VCPU, 0);
	set_cpuid(it.kvm, it.vcpu);
	set_registers(it.vcpu);
	int size = MUST(it.kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	it.run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, it.vcpu, 0);
	if (it.run == MAP_FAILED)
		err(1, "mmap of the vCPU");
	return it;
}

/* Runs the guest until it exits by a port. */
static inline void run_to_port(struct bare_vm *it)
{
	while (ioctl(it->vcpu, KVM_RUN, 0) < 0)
		if (errno != EINTR)
			err(1, "KVM_RUN");
	if (it->run->exit_reason != KVM_EXIT_IO)
		errx(1, "exit reason %u", it->run->exit_reason);
}

#endif
