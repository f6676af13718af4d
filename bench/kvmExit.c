/*
 * The reference of bench/kvmExit.ts: the cost of one exit from KVM_RUN in a bare C loop.
 *
 * The guest is `out %al, $0xe9; jmp back` in 64-bit mode at CPL 3, with a TSS whose I/O bitmap
 * allows all ports: the same bytes as the guest of the bench itself.
 *
 * usage: kvmExit EXITS
 * Prints the nanoseconds of one exit.
 */
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
	PDPT = 0x2000,
	DIRECTORY = 0x3000,
	TSS = 0x5000,
	TSS_BYTES = 104 + 8192 + 1,
	CODE = 0x8000,
};

static void write_guest(uint8_t *memory)
{
	static const uint8_t code[] = { 0xe6, 0xe9, 0xeb, 0xfc };
	uint64_t *directory = (uint64_t *)(memory + DIRECTORY);

	*(uint64_t *)(memory + PML4) = PDPT | 7;
	*(uint64_t *)(memory + PDPT) = DIRECTORY | 7;
	for (uint64_t i = 0; i < 512; i++)
		directory[i] = i << 21 | 0x87;
	memory[TSS + 102] = 104; /* the I/O bitmap, all zero, follows the TSS */
	memory[TSS + TSS_BYTES - 1] = 0xff;
	memcpy(memory + CODE, code, sizeof code);
}

static void set_registers(int vcpu)
{
	struct kvm_segment flat = { .limit = 0xffffffff, .present = 1, .dpl = 3, .s = 1, .g = 1 };
	struct kvm_regs regs = { .rip = CODE, .rflags = 2 };
	struct kvm_sregs sregs;

	if (ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
		err(1, "KVM_GET_SREGS");
	sregs.cs = flat;
	sregs.cs.selector = 0x23;
	sregs.cs.type = 11;
	sregs.cs.l = 1;
	flat.selector = 0x1b;
	flat.type = 3;
	flat.db = 1;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = flat;
	sregs.tr = (struct kvm_segment){
		.base = TSS, .limit = TSS_BYTES - 1, .selector = 0x28, .type = 11, .present = 1,
	};
	sregs.cr0 = 0x80000033;
	sregs.cr3 = PML4;
	sregs.cr4 = 0x620;
	sregs.efer = 0x500;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) < 0)
		err(1, "KVM_SET_SREGS");
	if (ioctl(vcpu, KVM_SET_REGS, &regs) < 0)
		err(1, "KVM_SET_REGS");
}

static void set_cpuid(int kvm, int vcpu)
{
	enum { LEAVES = 256 };
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + LEAVES * sizeof cpuid->entries[0]);

	if (cpuid == NULL)
		err(1, "calloc");
	cpuid->nent = LEAVES;
	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid) < 0)
		err(1, "KVM_GET_SUPPORTED_CPUID");
	if (ioctl(vcpu, KVM_SET_CPUID2, cpuid) < 0)
		err(1, "KVM_SET_CPUID2");
	free(cpuid);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	long exits = argc > 1 ? atol(argv[1]) : 10000;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		err(1, "/dev/kvm");
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		err(1, "KVM_CREATE_VM");
	uint8_t *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	write_guest(memory);
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY, .userspace_addr = (uintptr_t)memory,
	};
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		err(1, "KVM_SET_USER_MEMORY_REGION");
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		err(1, "KVM_CREATE_VCPU");
	set_cpuid(kvm, vcpu);
	set_registers(vcpu);
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	struct kvm_run *run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		err(1, "mmap of the vCPU");

	double start = 0;
	for (long i = -exits / 10; i < exits; i++) { /* the first tenth warms up */
		if (i == 0)
			start = seconds();
		if (ioctl(vcpu, KVM_RUN, 0) < 0) {
			if (errno != EINTR)
				err(1, "KVM_RUN");
		} else if (run->exit_reason != KVM_EXIT_IO) {
			errx(1, "exit reason %u", run->exit_reason);
		}
	}
	printf("%.1f\n", (seconds() - start) / exits * 1e9);
	return 0;
}
