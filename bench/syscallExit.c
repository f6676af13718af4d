/*
 * The reference of bench/syscallExit.ts: what an emulated system call costs in a bare C program.
 *
 * The guest calls getppid without end. `syscall` goes to a stub of one `out`, which lies in a page
 * for user code; the host takes registers out of the page shared with the kernel, answers, and
 * sends the guest back to behind the `syscall`: the same stub, the same sets of registers and the
 * same way back as the simulator's.
 *
 * usage: syscallExit CALLS
 * Prints the nanoseconds of one call.
 */
#include <unistd.h>
#include "support/bareVm.h"

enum { STUB = CODE + 0x1000, TRAP_PORT = 0xe1, GETPPID = 110 };

static void set_msrs(int vcpu)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entries[3];
	} msrs = {
		.head.nmsrs = 3,
		.entries = {
			{ .index = 0xc0000081, .data = 0x23ull << 48 | 0x10ull << 32 }, /* STAR */
			{ .index = 0xc0000082, .data = HIGH + STUB },                   /* LSTAR */
			{ .index = 0xc0000084, .data = 0x44700 }, /* SFMASK: TF, IF, DF, NT, AC */
		},
	};

	if (MUST(vcpu, KVM_SET_MSRS, &msrs) != 3)
		errx(1, "KVM_SET_MSRS refused one");
}

/* Answers the call that the guest has made. */
static void answer(struct kvm_run *run)
{
	struct kvm_regs *regs = &run->s.regs.regs;
	struct kvm_sregs *sregs = &run->s.regs.sregs;

	if (regs->rip < HIGH + STUB || regs->rip >= HIGH + STUB + 0x1000 || regs->rax != GETPPID)
		errx(1, "the guest stopped at %#llx with rax %llu", regs->rip, regs->rax);
	regs->rax = getppid();
	regs->rip = regs->rcx;
	regs->rflags = (regs->r11 & 0x254dd5) | 0x202;
	run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
	if (sregs->cs.selector != user_code.selector || sregs->ss.selector != user_data.selector) {
		sregs->cs = user_code;
		sregs->ss = user_data;
		run->kvm_dirty_regs |= KVM_SYNC_X86_SREGS;
	}
}

int main(int argc, char **argv)
{
	/* 1: mov $110, %eax; syscall; jmp 1b */
	static const uint8_t code[] = { 0xb8, GETPPID, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7 };
	static const uint8_t stub[] = { 0xe6, TRAP_PORT };
	long calls = argc > 1 ? atol(argv[1]) : 10000;
	struct bare_vm vm = bare_vm(code, sizeof code);
	double start = 0;

	memcpy(vm.memory + STUB, stub, sizeof stub);
	set_msrs(vm.vcpu);
	vm.run->kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS;
	for (long i = -calls / 10; i < calls; i++) { /* the first tenth warms up */
		if (i == 0)
			start = seconds();
		run_to_port(&vm);
		answer(vm.run);
	}
	printf("%.1f\n", (seconds() - start) / calls * 1e9);
	return 0;
}
