/*
 * The reference of bench/vcpuState.ts: reading and writing all of a vCPU's state by bare ioctls.
 *
 * usage: vcpuState ROUNDS MSR...
 * MSRs are those that the simulator keeps (indices in decimal); the first is given another value in
 * each round, and only that is written, as the simulator writes only what has changed.
 * Prints the nanoseconds of one round: everything read, then everything written.
 */
#include "support/bareVm.h"

enum { MAX_MSRS = 128 };

struct msrs {
	struct kvm_msrs head;
	struct kvm_msr_entry entries[MAX_MSRS];
};

struct state {
	struct kvm_mp_state mp_state;
	struct kvm_regs regs;
	struct kvm_sregs sregs;
	struct kvm_vcpu_events events;
	struct kvm_debugregs debugregs;
	struct kvm_xcrs xcrs;
	struct kvm_xsave xsave;
	struct msrs msrs;
};

static void read_all(int vcpu, struct state *state)
{
	MUST(vcpu, KVM_GET_REGS, &state->regs);
	MUST(vcpu, KVM_GET_SREGS, &state->sregs);
	MUST(vcpu, KVM_GET_VCPU_EVENTS, &state->events);
	MUST(vcpu, KVM_GET_MP_STATE, &state->mp_state);
	MUST(vcpu, KVM_GET_XCRS, &state->xcrs);
	MUST(vcpu, KVM_GET_XSAVE, &state->xsave);
	MUST(vcpu, KVM_GET_DEBUGREGS, &state->debugregs);
	MUST(vcpu, KVM_GET_MSRS, &state->msrs);
}

static void write_all(int vcpu, struct state *state)
{
	struct msrs changed = { .head.nmsrs = 1, .entries = { state->msrs.entries[0] } };

	changed.entries[0].data ^= 0x100;
	MUST(vcpu, KVM_SET_MP_STATE, &state->mp_state);
	MUST(vcpu, KVM_SET_XCRS, &state->xcrs);
	MUST(vcpu, KVM_SET_XSAVE, &state->xsave);
	MUST(vcpu, KVM_SET_DEBUGREGS, &state->debugregs);
	MUST(vcpu, KVM_SET_MSRS, &changed);
	MUST(vcpu, KVM_SET_REGS, &state->regs);
	MUST(vcpu, KVM_SET_SREGS, &state->sregs);
	MUST(vcpu, KVM_SET_VCPU_EVENTS, &state->events);
}

int main(int argc, char **argv)
{
	static const uint8_t code[] = { 0xeb, 0xfe };
	static struct state state;
	long rounds = argc > 1 ? atol(argv[1]) : 1000;
	struct bare_vm vm = bare_vm(code, sizeof code);
	double start = 0;

	for (int i = 2; i < argc && state.msrs.head.nmsrs < MAX_MSRS; i++)
		state.msrs.entries[state.msrs.head.nmsrs++].index = strtoul(argv[i], NULL, 10);
	for (long i = -rounds / 10; i < rounds; i++) { /* the first tenth warms up */
		if (i == 0)
			start = seconds();
		read_all(vm.vcpu, &state);
		write_all(vm.vcpu, &state);
	}
	printf("%.1f\n", (seconds() - start) / rounds * 1e9);
	return 0;
}
