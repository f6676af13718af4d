/*
 * The reference of bench/kvmExit.ts: the cost of one exit from KVM_RUN in a bare C loop.
 *
 * The guest is `out %al, $0xe9; jmp back` in 64-bit mode at CPL 3, the same bytes as the guest of
 * the bench itself.
 *
 * usage: kvmExit EXITS
 * Prints the nanoseconds of one exit.
 */
#include "support/bareVm.h"

int main(int argc, char **argv)
{
	static const uint8_t code[] = { 0xe6, 0xe9, 0xeb, 0xfc };
	long exits = argc > 1 ? atol(argv[1]) : 10000;
	struct bare_vm vm = bare_vm(code, sizeof code);
	double start = 0;

	for (long i = -exits / 10; i < exits; i++) { /* the first tenth warms up */
		if (i == 0)
			start = seconds();
		run_to_port(&vm);
	}
	printf("%.1f\n", (seconds() - start) / exits * 1e9);
	return 0;
}
