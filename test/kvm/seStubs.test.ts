import { expect } from 'chai';
import {
  FS,
  PageFlags,
  PageFaultError,
  R10,
  R11,
  R9,
  RAX,
  RBX,
  RCX,
  RDI,
  RFlags,
  RFLAGS,
  RIP,
  RSI,
  RSP,
  supervisorAddress,
  trapPort,
  Vector,
  virtualAddressBits,
  type ExceptionTrap,
  type Trap,
} from '../../src/arch/x86/index';
import { describeWithKvm } from '../support/kvm';
import { CODE, DATA, SeGuest, STACK_TOP, USER_DATA } from '../support/seGuest';

const SYSCALL = [0x0f, 0x05];
const UD2 = [0x0f, 0x0b];
const NOP = 0x90;
/** `movabs $address, %rdi` */
const rdiFrom = (address: number): number[] => [
  ...[0x48, 0xbf],
  ...Array.from({ length: 8 }, (_, i) =>
    Number((virtualAddressBits(address) >> BigInt(8 * i)) & 0xffn),
  ),
];
/** `mov (%rdi), %rax` */
const LOAD = [0x48, 0x8b, 0x07];
/** `mov %rsi, (%rdi)` */
const STORE = [0x48, 0x89, 0x37];

/** Runs `body` with a guest and disposes of it. */
function withGuest(code: readonly number[], body: (guest: SeGuest) => void): void {
  const guest = new SeGuest(code);
  try {
    body(guest);
  } finally {
    guest.dispose();
  }
}

function expectException(trap: Trap, vector: number): ExceptionTrap {
  expect(trap).to.include({ kind: 'exception', vector });
  return trap as ExceptionTrap;
}

/** Steps one instruction, which ends at this offset. */
function expectStep(guest: SeGuest, offset: number): void {
  guest.state.setGprNumber(RFLAGS, guest.state.gprInt32(RFLAGS) | RFlags.TF);
  expectException(guest.trap(), Vector.DB);
  expect(guest.state.gprNumber(RIP)).to.equal(CODE + offset);
}

/** What user code raises: each program runs alone, and the fault is at its given offset. */
const FAULTS: readonly {
  readonly name: string;
  readonly code: readonly number[];
  readonly vector: number;
  readonly at: number;
}[] = [
  { name: 'ud2', code: UD2, vector: Vector.UD, at: 0 },
  { name: 'a division by zero', code: [0x31, 0xc9, 0xf7, 0xf1], vector: Vector.DE, at: 2 },
  { name: 'hlt', code: [0xf4], vector: Vector.GP, at: 0 },
  { name: 'a port', code: [0xe4, 0x60], vector: Vector.GP, at: 0 },
  { name: 'int3', code: [0xcc], vector: Vector.BP, at: 1 },
  { name: 'mov to CR3', code: [0x0f, 0x22, 0xd8], vector: Vector.GP, at: 0 },
  { name: 'wrmsr', code: [0x0f, 0x30], vector: Vector.GP, at: 0 },
  { name: 'iretq', code: [0x48, 0xcf], vector: Vector.GP, at: 0 },
  // movabs $1<<63, %rsp; push %rax
  {
    name: 'a stack at no canonical address',
    code: [0x48, 0xbc, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x50],
    vector: Vector.SS,
    at: 10,
  },
  // ldmxcsr with all exceptions unmasked, 0/0
  {
    name: 'a masked-off SSE exception',
    code: [0x0f, 0xae, 0x54, 0x24, 0x10, 0x0f, 0x57, 0xc0, 0x0f, 0x5e, 0xc0],
    vector: Vector.XM,
    at: 8,
  },
];

describeWithKvm('The guest supervisor on KVM', () => {
  it('brings a system call to the host with its registers and goes on after it', () => {
    // mov $39, %eax; syscall; mov %rax, %rbx; syscall
    withGuest([0xb8, 39, 0, 0, 0, ...SYSCALL, 0x48, 0x89, 0xc3, ...SYSCALL], guest => {
      const { state } = guest;
      for (const [i, register] of [RDI, RSI, R10, R9].entries()) state.setGprNumber(register, -i);
      expect(guest.trap()).to.deep.equal({ kind: 'syscall' });
      expect(state.gprNumber(RAX)).to.equal(39);
      expect([RDI, RSI, R10, R9].map(r => state.gprNumber(r))).to.deep.equal([0, -1, -2, -3]);
      expect(state.gprNumber(RIP)).to.equal(CODE + 7);
      expect(state.gprNumber(RCX)).to.equal(CODE + 7);
      expect(state.gprNumber(RSP)).to.equal(STACK_TOP - 0x100);
      expect(state.gprInt32(R11)).to.equal(state.gprInt32(RFLAGS));
      expect(guest.supervisor.inSupervisor(state)).to.equal(false);
      state.setGpr(RAX, 0x1234_5678_9abc_def0n);
      expect(guest.trap()).to.deep.equal({ kind: 'syscall' });
      expect(state.gpr(RBX)).to.equal(0x1234_5678_9abc_def0n);
    });
  });

  for (const { name, code, vector, at } of FAULTS) {
    it(`brings ${name} to the host as vector ${String(vector)}, and the program can go on`, () => {
      withGuest(code, guest => {
        const trap = expectException(guest.trap(), vector);
        expect(trap.errorCode).to.equal(0);
        expect(guest.state.gprNumber(RIP)).to.equal(CODE + at);
        const handler = CODE + 0x100;
        const physical = guest.tables.translate(handler);
        guest.memory.bytes.set([0xb8, 7, 0, 0, 0, ...SYSCALL], physical);
        guest.state.setGprNumber(RIP, handler);
        guest.state.setGprNumber(RSP, STACK_TOP - 0x200);
        expect(guest.trap().kind).to.equal('syscall');
        expect(guest.state.gprNumber(RAX)).to.equal(7);
      });
    });
  }

  it('reports a page fault with its address and error code, and tries again once it is mapped', () => {
    const address = 0x1234_5000;
    withGuest([...rdiFrom(address), ...STORE, ...LOAD, ...SYSCALL], guest => {
      guest.state.setGpr(RSI, 0xfeedn);
      const fault = expectException(guest.trap(), Vector.PF);
      expect(fault.address).to.equal(address);
      expect(fault.errorCode).to.equal(PageFaultError.Write | PageFaultError.User);
      expect(guest.state.gprNumber(RIP)).to.equal(CODE + 10);
      guest.map(address, USER_DATA);
      expect(guest.tables.changes.isEmpty).to.equal(true);
      expect(guest.trap().kind).to.equal('syscall');
      expect(guest.state.gpr(RAX)).to.equal(0xfeedn);
    });
  });

  it('refuses code in pages that may not be executed', () => {
    withGuest([...rdiFrom(DATA), 0xff, 0xe7], guest => {
      const fault = expectException(guest.trap(), Vector.PF);
      expect(fault.address).to.equal(DATA);
      expect(fault.errorCode).to.equal(
        PageFaultError.Present | PageFaultError.User | PageFaultError.InstructionFetch,
      );
    });
  });

  it('steps a program one instruction at a time by the trap flag, system calls included', () => {
    withGuest([NOP, 0xb8, 1, 0, 0, 0, ...SYSCALL, NOP, NOP], guest => {
      const { state } = guest;
      const seen: number[] = [];
      for (let i = 0; i < 4; i++) {
        state.setGprNumber(RFLAGS, state.gprInt32(RFLAGS) | RFlags.TF);
        const trap = guest.trap();
        seen.push(state.gprNumber(RIP) - CODE);
        if (i === 2) expect(trap.kind).to.equal('syscall');
        else expectException(trap, Vector.DB);
        expect(state.gprInt32(RFLAGS) & RFlags.TF).to.equal(RFlags.TF);
      }
      expect(seen).to.deep.equal([1, 6, 8, 9]);
    });
  });

  it('brings a system call home that a debug exception was put off to', () => {
    // mov %ss, %eax; mov %eax, %ss; syscall
    withGuest([0x8c, 0xd0, 0x8e, 0xd0, ...SYSCALL, NOP], guest => {
      const { state } = guest;
      expectStep(guest, 2);
      state.setGprNumber(RFLAGS, state.gprInt32(RFLAGS) | RFlags.TF);
      expect(guest.trap().kind).to.equal('syscall');
      expect(state.gprNumber(RIP)).to.equal(CODE + 6);
    });
  });

  it('tells the port used by the program from the port used by its stubs', () => {
    withGuest([0xe6, trapPort], guest => {
      expect(guest.trap().kind).to.equal('port');
    });
  });

  it('hides its pages from the program, and lets it change none', () => {
    for (const [address, store] of [
      [supervisorAddress.syscallStub, true],
      [supervisorAddress.text, false],
      [supervisorAddress.gdt, false],
      [supervisorAddress.idt, false],
      [supervisorAddress.tss, false],
      [supervisorAddress.stack, false],
      [supervisorAddress.physicalMemory + 0x1000, false],
    ] as const) {
      withGuest([...rdiFrom(address), ...(store ? STORE : LOAD), ...SYSCALL], guest => {
        const fault = expectException(guest.trap(), Vector.PF);
        expect(fault.address).to.equal(address);
        expect(fault.errorCode & PageFaultError.User).to.equal(PageFaultError.User);
      });
    }
  });

  it('lets nobody gain rights or leave the user half by a jump to the stub', () => {
    // rdi = stub; rcx = 1 << 62; r11 = -1; jmp *%rdi
    const jump = [
      ...rdiFrom(supervisorAddress.syscallStub),
      ...[0x48, 0xb9, 0, 0, 0, 0, 0, 0, 0, 0x40],
      ...[0x49, 0xc7, 0xc3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7],
    ];
    withGuest(jump, guest => {
      expectException(guest.trap(), Vector.GP);
      expect(guest.state.gprInt32(RFLAGS) & RFlags.IOPL).to.equal(0);
      expect(guest.state.gprInt32(RFLAGS) & RFlags.VM).to.equal(0);
    });
  });

  it('makes the processor forget a page that was unmapped, moved, or lost a right', () => {
    const code = [...rdiFrom(DATA), ...LOAD, ...SYSCALL, ...STORE, ...SYSCALL, 0xeb, 0xef];
    withGuest(code, guest => {
      const { state, tables, memory } = guest;
      const run = (): string => {
        const trap = guest.trap();
        return trap.kind === 'exception' ? `fault ${String(trap.errorCode)}` : trap.kind;
      };
      const first = tables.translate(DATA);
      const second = guest.pages.allocatePage();
      memory.bytes[first] = 1;
      memory.bytes[second] = 2;
      expect([run(), state.gprNumber(RAX)]).to.deep.equal(['syscall', 1]);
      tables.map(DATA, second, 4096, USER_DATA);
      state.setGprNumber(RIP, CODE + 10);
      expect([run(), state.gprNumber(RAX)]).to.deep.equal(['syscall', 2]);
      expect(run()).to.equal('syscall');
      tables.protect(DATA, 4096, PageFlags.User | PageFlags.NoExecute);
      state.setGprNumber(RIP, CODE + 15);
      expect(run()).to.equal('fault 7');
      tables.protect(DATA, 4096, USER_DATA);
      expect(run()).to.equal('syscall');
      tables.unmap(DATA, 4096);
      state.setGprNumber(RIP, CODE + 10);
      expect(run()).to.equal('fault 4');
    });
  });

  it('keeps all registers of the program when it makes the processor forget', () => {
    withGuest([NOP, ...SYSCALL], guest => {
      const { state } = guest;
      const values = Array.from({ length: 16 }, (_, i) => BigInt(i + 1) * 0x0101_0101_0101_0101n);
      for (const [i, value] of values.entries()) if (i !== RSP) state.setGpr(i, value);
      state.rflags = BigInt(RFlags.Fixed | RFlags.IF | RFlags.CF | RFlags.ZF | RFlags.AC);
      const flags = state.rflags;
      guest.tables.unmap(DATA, 4096);
      expect(guest.trap().kind).to.equal('syscall');
      expect(guest.tables.changes.isEmpty).to.equal(true);
      expect(state.rflags).to.equal(flags);
      for (const [i, value] of values.entries()) {
        if (![RSP, RCX, R11].includes(i))
          expect(state.gpr(i), `register ${String(i)}`).to.equal(value);
      }
    });
  });

  it('starts the forgetting anew when it was interrupted, with the registers of the program', () => {
    withGuest([...rdiFrom(DATA), ...LOAD, ...SYSCALL], guest => {
      const { state, tables, memory } = guest;
      expect(guest.trap().kind).to.equal('syscall');
      const page = guest.pages.allocatePage();
      memory.bytes[page] = 9;
      tables.map(DATA, page, 4096, USER_DATA);
      state.setGprNumber(RIP, CODE);
      const before = state.bytesOf('regs').slice();
      guest.vcpu.setImmediateExit(true);
      expect(guest.enter().kind).to.equal('interrupted');
      guest.vcpu.setImmediateExit(false);
      expect([...state.bytesOf('regs')]).to.deep.equal([...before]);
      expect(guest.supervisor.inSupervisor(state)).to.equal(false);
      expect(tables.changes.isEmpty).to.equal(false);
      expect(guest.trap().kind).to.equal('syscall');
      expect(state.gprNumber(RAX)).to.equal(9);
    });
  });

  it('makes the processor forget thousands of pages and the tables that they were in', () => {
    const pages = 3000;
    const stride = 512 * 4096;
    // 1: mov (%rdi), %rax; add %rax, %rbx; add $step, %rdi; dec %esi; jnz 1b; syscall
    const sumUp = (step: number): number[] => [
      ...LOAD,
      ...[0x48, 0x01, 0xc3, 0x48, 0x81, 0xc7],
      ...[step & 0xff, (step >> 8) & 0xff, (step >> 16) & 0xff, step >> 24],
      ...[0xff, 0xce, 0x75, 0xef],
      ...SYSCALL,
    ];
    for (const [step, count] of [
      [4096, pages],
      [stride, 1200],
    ] as const) {
      withGuest(sumUp(step), guest => {
        const { state, tables, memory } = guest;
        const start = 0x6_0000_0000;
        const total = (): string => {
          state.setGprNumber(RIP, CODE);
          state.setGprNumber(RDI, start);
          state.setGprNumber(RSI, count);
          state.setGprNumber(RBX, 0);
          const trap = guest.trap();
          return trap.kind === 'syscall' ? String(state.gprNumber(RBX)) : trap.kind;
        };
        const ones = guest.pages.allocatePage();
        const twos = guest.pages.allocatePage();
        memory.bytes[ones] = 1;
        memory.bytes[twos] = 2;
        const mapAll = (page: number): void => {
          for (let i = 0; i < count; i++) tables.map(start + i * step, page, 4096, USER_DATA);
        };
        mapAll(ones);
        expect(total()).to.equal(String(count));
        mapAll(twos);
        expect(total()).to.equal(String(2 * count));
        tables.unmap(start, count * step);
        expect(total()).to.equal('exception');
        mapAll(ones);
        expect(total()).to.equal(String(count));
      });
    }
  });

  it('carries vector registers and segment bases in and out', () => {
    // vaddps %ymm0, %ymm0, %ymm1; wrfsbase %rdi; syscall
    const code = [0xc5, 0xfc, 0x58, 0xc8, 0xf3, 0x48, 0x0f, 0xae, 0xd7, ...SYSCALL];
    withGuest(code, guest => {
      const { state } = guest;
      const ones = new Uint8Array(new Float32Array(8).fill(1).buffer);
      state.fpu.setYmm(0, ones);
      state.setGprNumber(RDI, 0x7000_1000);
      expect(guest.trap().kind).to.equal('syscall');
      expect([...new Float32Array(state.fpu.ymm(1).buffer)]).to.deep.equal(Array(8).fill(2));
      expect(state.segment(FS).base).to.equal(0x7000_1000n);
      expect(state.fpu.mxcsr).to.equal(0x1f80);
      expect(state.fpu.fcw).to.equal(0x37f);
    });
  });
});
