import { expect } from 'chai';
import { FS } from '../../../src/arch/x86/index';
import { resetWarnOnce, setDebugFlags, setLogSink, type LogSink } from '../../../src/base/index';
import { Errno } from '../../../src/host/index';
import { SimulatedClock } from '../../../src/se/simulatedClock';
import { BLOCKED, ENDED, SLEEP } from '../../../src/se/syscallResult';
import { doSyscall, offeredSyscalls } from '../../../src/se/syscallTable';
import { TestProcess } from '../../support/se';

/** Collects the warnings of a piece of work. */
function warningsOf(work: () => void): string[] {
  const warnings: string[] = [];
  const sink: LogSink = {
    message: (level, text) => warnings.push(`${level}: ${text}`),
    debug: () => undefined,
  };
  const before = setLogSink(sink);
  resetWarnOnce();
  try {
    work();
  } finally {
    setLogSink(before);
  }
  return warnings;
}

describe('the system call table', () => {
  it('answers an unknown call with ENOSYS and one warning that names it', () => {
    const process = new TestProcess();
    const warnings = warningsOf(() => {
      expect(process.call('fork')).to.equal(-Errno.ENOSYS);
      expect(process.call('fork')).to.equal(-Errno.ENOSYS);
      expect(doSyscall(process.thread, 9999, 0, 0, 0, 0, 0, 0)).to.equal(-Errno.ENOSYS);
      expect(doSyscall(process.thread, -1, 0, 0, 0, 0, 0, 0)).to.equal(-Errno.ENOSYS);
    });
    expect(warnings).to.have.length(3);
    expect(warnings[0]).to.match(/^warn: system\.cpu\.workload: .*\bfork \(57\)/);
    expect(warnings[1]).to.include('9999');
  });

  it('traces calls with their results, like strace where there is none', () => {
    const process = new TestProcess();
    const lines: string[] = [];
    const sink: LogSink = { message: () => undefined, debug: text => lines.push(text) };
    const before = setLogSink(sink);
    setDebugFlags('SyscallVerbose');
    try {
      process.call('sync');
      process.call('close', 99);
      process.call('exit_group', 0);
    } finally {
      setDebugFlags('-SyscallVerbose');
      setLogSink(before);
    }
    const results = lines.map(line => /(\w+)\(.*\) = (.*)/.exec(line)?.slice(1).join(' '));
    expect(results).to.deep.equal(['sync 0', 'close EBADF', 'exit_group ?']);
  });

  it('says nothing about calls that C libraries try in vain', () => {
    const process = new TestProcess();
    const warnings = warningsOf(() => {
      expect(process.call('rseq', process.buffer, 32, 0, 0x5305_3053)).to.equal(-Errno.ENOSYS);
      for (const call of ['mbind', 'get_mempolicy', 'set_mempolicy']) {
        expect(process.call(call, 0, 0, 0, 0, 0), call).to.equal(-Errno.ENOSYS);
      }
    });
    expect(warnings).to.deep.equal([]);
  });

  it('offers what C libraries need', () => {
    expect(offeredSyscalls()).to.include.members(
      (
        'brk mmap munmap mprotect madvise mremap write writev read readv pread64 pwrite64 open ' +
        'openat close lseek exit exit_group arch_prctl set_tid_address set_robust_list rseq ' +
        'prlimit64 getrlimit readlink readlinkat getrandom newfstatat fstat stat ioctl ' +
        'clock_gettime clock_getres gettimeofday time nanosleep uname getpid getppid gettid ' +
        'getuid geteuid getgid getegid sched_yield sched_getaffinity sysinfo getcwd access ' +
        'faccessat fcntl dup dup2 dup3 futex rt_sigaction rt_sigprocmask sigaltstack tgkill kill'
      ).split(' '),
    );
  });
});

describe('process calls', () => {
  it('end the program with the low byte of its status', () => {
    const process = new TestProcess();
    expect(process.call('exit_group', 0x1ff)).to.equal(ENDED);
    expect(process.state.end).to.deep.equal({ kind: 'exit', status: 0xff });
  });

  it('tell the ids that the process was given', () => {
    const process = new TestProcess();
    const ids = ['getuid', 'geteuid', 'getgid', 'getegid', 'getpid', 'getppid', 'getpgrp'];
    expect(ids.map(name => process.call(name))).to.deep.equal([100, 101, 102, 103, 104, 105, 106]);
    expect(process.call('gettid')).to.equal(104);
    expect(process.call('getpgid', 0)).to.equal(106);
    expect(process.call('getpgid', 5)).to.equal(-Errno.ESRCH);
    process.call('getresuid', process.buffer, process.buffer + 4, process.buffer + 8);
    expect([...new Int32Array(process.bytes(process.buffer, 12).buffer)]).to.deep.equal([
      100, 101, 101,
    ]);
  });

  it('let ids be set to what they are, and to nothing else', () => {
    const process = new TestProcess();
    expect(process.call('setuid', 100)).to.equal(0);
    expect(process.call('setuid', 0)).to.equal(-Errno.EPERM);
    expect(process.call('setresuid', -1, -1, 0xffff_ffff)).to.equal(0);
  });

  it('set and tell segment bases', () => {
    const process = new TestProcess();
    const { registers } = process.thread;
    expect(process.call('arch_prctl', 0x1002, 0x7fff_1234_5678)).to.equal(0);
    expect(registers.segment(FS).base).to.equal(0x7fff_1234_5678n);
    expect(process.call('arch_prctl', 0x1003, process.buffer)).to.equal(0);
    expect(process.state.memory.readInt64(process.buffer)).to.equal(0x7fff_1234_5678);
    expect(process.call('arch_prctl', 0x1002, -1)).to.equal(-Errno.EPERM);
    expect(process.call('arch_prctl', 0x3001, 0)).to.equal(-Errno.EINVAL);
  });

  it('tell limits, and do not raise them', () => {
    const process = new TestProcess({ maxStackSize: 0x20_0000 });
    const STACK = 3;
    expect(process.call('prlimit64', 0, STACK, 0, process.buffer)).to.equal(0);
    expect(process.state.memory.readInt64(process.buffer)).to.equal(0x20_0000);
    process.state.memory.writeInt64(process.buffer, 0x40_0000);
    process.state.memory.writeInt64(process.buffer + 8, 0x40_0000);
    expect(process.call('setrlimit', STACK, process.buffer)).to.equal(-Errno.EPERM);
    expect(process.call('getrlimit', 0, process.buffer)).to.equal(0);
    expect(process.state.memory.readInt64(process.buffer)).to.equal(-1);
    expect(process.call('getrlimit', 99, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('prlimit64', 77, STACK, 0, process.buffer)).to.equal(-Errno.ESRCH);
  });

  it('bound new descriptors by RLIMIT_NOFILE, which may be lowered, and raised as far as it was', () => {
    const process = new TestProcess();
    const NOFILE = 7;
    const { memory } = process.state;
    const set = (soft: number, hard: number): number => {
      memory.writeInt64(process.buffer, soft);
      memory.writeInt64(process.buffer + 8, hard);
      return process.call('setrlimit', NOFILE, process.buffer);
    };
    const limits = (): number[] => {
      expect(process.call('getrlimit', NOFILE, process.buffer)).to.equal(0);
      return [memory.readInt64(process.buffer), memory.readInt64(process.buffer + 8)];
    };
    expect(process.call('pipe2', process.buffer, 0)).to.equal(0);
    expect(limits()).to.deep.equal([1024, 1024]);
    expect(set(3, 5)).to.equal(0);
    expect(limits()).to.deep.equal([3, 5]);
    expect(process.call('dup', 0)).to.equal(2);
    expect(process.call('dup', 0)).to.equal(-Errno.EMFILE);
    expect(process.call('dup2', 0, 3)).to.equal(-Errno.EBADF);
    expect(set(4, 5)).to.equal(0);
    expect(process.call('dup', 0)).to.equal(3);
    expect(set(4, 6)).to.equal(-Errno.EPERM);
    expect(set(6, 5)).to.equal(-Errno.EINVAL);
    expect(set(1, 1)).to.equal(0);
    expect(process.call('close', 3)).to.equal(0);
  });

  it('keep the name of the thread', () => {
    const process = new TestProcess({ executable: '/opt/a-rather-long-program-name' });
    process.call('prctl', 16, process.buffer);
    expect(process.text(process.buffer, 16)).to.equal('a-rather-long-p\0');
    process.call('prctl', 15, process.put('short'));
    process.call('prctl', 16, process.buffer + 100);
    expect(process.text(process.buffer + 100, 6)).to.equal('short\0');
  });

  it('wake nobody, and never wait for what has changed already', () => {
    const process = new TestProcess();
    process.state.memory.writeInt32(process.buffer, 5);
    expect(process.call('futex', process.buffer, 0x81, 1)).to.equal(0);
    expect(process.call('futex', process.buffer, 0x80, 4)).to.equal(-Errno.EAGAIN);
    expect(process.call('futex', 0, 0x81, 1)).to.equal(-Errno.EFAULT);
    expect(process.call('futex', process.buffer, 0x80, 5, 0)).to.equal(BLOCKED);
  });

  it('run on one processor', () => {
    const process = new TestProcess();
    expect(process.call('sched_getaffinity', 0, 128, process.buffer)).to.equal(8);
    expect(process.state.memory.readInt64(process.buffer)).to.equal(1);
    expect(process.call('sched_getaffinity', 0, 4, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('sched_getaffinity', -1, 8, process.buffer)).to.equal(-Errno.ESRCH);
    expect(process.call('sched_getaffinity', 7, 8, process.buffer)).to.equal(-Errno.ESRCH);
    expect(process.call('sched_setaffinity', 0, 8, process.buffer)).to.equal(0);
    process.state.memory.writeInt64(process.buffer, 2);
    expect(process.call('sched_setaffinity', 0, 8, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('sched_setaffinity', 0, 0, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('sched_setaffinity', 0, -100, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('sched_setaffinity', 7, 8, process.buffer)).to.equal(-Errno.ESRCH);
    expect(process.call('sched_yield')).to.equal(0);
  });

  it('have the usual priority and scheduling, and lead a group of their own', () => {
    const process = new TestProcess();
    expect(process.call('getpriority', 0, 0)).to.equal(20);
    expect(process.call('setpriority', 0, 0, 5)).to.equal(0);
    expect(process.call('getpriority', 1, 0)).to.equal(15);
    expect(process.call('setpriority', 0, 0, 4)).to.equal(-Errno.EACCES);
    expect(process.call('setpriority', 2, 0, 99)).to.equal(0);
    expect(process.call('getpriority', 0, process.state.ids.pid)).to.equal(1);
    expect(process.call('getpriority', 3, 0)).to.equal(-Errno.EINVAL);
    expect(process.call('getpriority', 0, 7)).to.equal(-Errno.ESRCH);
    expect(process.call('sched_getscheduler', 0)).to.equal(0);
    expect(process.call('sched_getscheduler', -1)).to.equal(-Errno.EINVAL);
    expect(process.call('sched_getscheduler', 7)).to.equal(-Errno.ESRCH);
    process.state.memory.writeInt32(process.buffer, 7);
    expect(process.call('sched_getparam', 0, process.buffer)).to.equal(0);
    expect(process.state.memory.readInt32(process.buffer)).to.equal(0);
    expect(process.call('sched_getparam', 7, process.buffer)).to.equal(-Errno.ESRCH);
    expect(process.call('sched_rr_get_interval', 0, process.buffer)).to.equal(0);
    expect(process.state.memory.readInt64(process.buffer + 8)).to.equal(4_000_000);
    expect(process.call('sched_rr_get_interval', -1, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('setgroups', 0, 0)).to.equal(-Errno.EPERM);
    expect(process.call('sched_get_priority_max', 1)).to.equal(99);
    expect(process.call('sched_get_priority_min', 0)).to.equal(0);
    expect(process.call('sched_get_priority_min', 7)).to.equal(-Errno.EINVAL);
    expect(process.call('setpgid', 0, 106)).to.equal(0);
    expect(process.call('setpgid', 0, 7)).to.equal(-Errno.EPERM);
    expect(process.call('setpgid', 7, 7)).to.equal(-Errno.ESRCH);
    expect(process.call('setsid')).to.equal(-Errno.EPERM);
    expect(process.call('personality', 0xffff_ffff)).to.equal(0);
    expect(process.call('personality', 8)).to.equal(-Errno.EINVAL);
  });

  it('keep addresses that matter when the thread ends', () => {
    const process = new TestProcess();
    expect(process.call('set_tid_address', 0x1234)).to.equal(104);
    expect(process.thread.clearChildTid).to.equal(0x1234);
    expect(process.call('set_robust_list', 0x5678, 24)).to.equal(0);
    expect(process.thread.robustList).to.equal(0x5678);
    expect(process.call('set_robust_list', 0x5678, 25)).to.equal(-Errno.EINVAL);
  });
});

describe('time calls', () => {
  const at = (seconds: number): TestProcess => new TestProcess({ tick: () => seconds * 1e12 });
  const CLOCK_MONOTONIC = 1;

  it('tell simulated time, from a fixed date on', () => {
    const process = at(5.000000123);
    const { memory } = process.state;
    expect(process.call('clock_gettime', 0, process.buffer)).to.equal(0);
    expect(memory.readInt64(process.buffer)).to.equal(1_000_000_005);
    expect(memory.readInt64(process.buffer + 8)).to.equal(123);
    process.call('clock_gettime', CLOCK_MONOTONIC, process.buffer);
    expect(memory.readInt64(process.buffer)).to.equal(5);
    process.call('gettimeofday', process.buffer, 0);
    expect(memory.readInt64(process.buffer + 8)).to.equal(0);
    expect(process.call('time', process.buffer + 32)).to.equal(1_000_000_005);
    expect(memory.readInt64(process.buffer + 32)).to.equal(1_000_000_005);
  });

  it('tell the date of the host only when that was asked for', () => {
    const clock = new SimulatedClock(() => 2e12, 1e12, true);
    expect(clock.date() / 1e9).to.be.closeTo(Date.now() / 1000, 60);
    expect(clock.elapsed()).to.equal(2e9);
    expect(new SimulatedClock(() => 2e12, 1e12).date()).to.equal(1_000_000_002e9);
  });

  it('count processor time only while the thread is awake', () => {
    const clock = { now: 2e12 };
    const process = new TestProcess({ tick: () => clock.now });
    process.state.memory.writeInt64(process.buffer, 3);
    process.call('nanosleep', process.buffer, 0);
    clock.now = 6e12;
    const CPU_TIME = 2;
    const cpu = (): number => {
      process.call('clock_gettime', CPU_TIME, process.buffer);
      return process.state.memory.readInt64(process.buffer);
    };
    expect(cpu(), 'after three seconds of sleep').to.equal(3);
    process.thread.endSleep();
    expect(cpu()).to.equal(3);
    expect(process.call('times', process.buffer)).to.equal(600);
    expect(process.state.memory.readInt64(process.buffer)).to.equal(300);
    process.call('getrusage', 0, process.buffer);
    expect(process.state.memory.readInt64(process.buffer)).to.equal(3);
  });

  it('know no other clocks', () => {
    const process = at(0);
    expect(process.call('clock_gettime', 10, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('clock_getres', 99, process.buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('clock_getres', 1, process.buffer)).to.equal(0);
    expect(process.state.memory.readInt64(process.buffer + 8)).to.equal(1);
  });

  it('are not set by a program', () => {
    const process = at(0);
    const { buffer } = process;
    process.state.memory.writeInt64(buffer, 1);
    process.state.memory.writeInt64(buffer + 8, 0);
    expect(process.call('clock_settime', 0, buffer)).to.equal(-Errno.EPERM);
    expect(process.call('clock_settime', 1, buffer)).to.equal(-Errno.EINVAL);
    expect(process.call('settimeofday', buffer, 0)).to.equal(-Errno.EPERM);
    process.state.memory.writeInt64(buffer + 8, -1);
    expect(process.call('clock_settime', 0, buffer)).to.equal(-Errno.EINVAL);
  });

  it('let the thread sleep until a tick', () => {
    const process = at(2);
    process.state.memory.writeInt64(process.buffer, 1);
    process.state.memory.writeInt64(process.buffer + 8, 500_000_000);
    expect(process.call('nanosleep', process.buffer, 0)).to.equal(SLEEP);
    expect(process.thread.sleep).to.include({ since: 2e12, until: 3.5e12, result: 0 });
    const ABSOLUTE = 1;
    expect(process.call('clock_nanosleep', CLOCK_MONOTONIC, ABSOLUTE, process.buffer)).to.equal(0);
    process.state.memory.writeInt64(process.buffer, 4);
    expect(process.call('clock_nanosleep', CLOCK_MONOTONIC, ABSOLUTE, process.buffer)).to.equal(
      SLEEP,
    );
    expect(process.thread.sleep).to.include({ until: 4.5e12, result: 0, remainder: 0 });
    process.state.memory.writeInt64(process.buffer + 8, 1_000_000_000);
    expect(process.call('nanosleep', process.buffer, 0)).to.equal(-Errno.EINVAL);
  });
});

describe('system calls about the system', () => {
  it('uname tells the release that the process was given', () => {
    const process = new TestProcess();
    process.call('uname', process.buffer);
    const field = (i: number): string =>
      process.text(process.buffer + i * 65, 65).split('\0')[0] ?? '';
    expect([field(0), field(2), field(4)]).to.deep.equal(['Linux', '5.1.0', 'x86_64']);
  });

  it('sysinfo tells the memory of the simulated system', () => {
    const process = new TestProcess({ memorySize: 0x40_0000 });
    process.call('sysinfo', process.buffer);
    const view = process.view(process.buffer, 112);
    expect(Number(view.getBigUint64(32, true))).to.equal(0x40_0000);
    expect(view.getUint32(104, true)).to.equal(1);
  });

  it('getrandom repeats from run to run, but not from call to call', () => {
    const numbers = (): string[] => {
      const process = new TestProcess();
      return [1, 2].map(() => {
        expect(process.call('getrandom', process.buffer, 21, 1)).to.equal(21);
        return Buffer.from(process.bytes(process.buffer, 21)).toString('hex');
      });
    };
    const [first, second] = numbers();
    expect(numbers()).to.deep.equal([first, second]);
    expect(first).to.not.equal(second);
    expect(new TestProcess().call('getrandom', 0x1000, 8, 0)).to.equal(-Errno.EFAULT);
    expect(new TestProcess().call('getrandom', 0, 8, 0x100)).to.equal(-Errno.EINVAL);
  });
});
