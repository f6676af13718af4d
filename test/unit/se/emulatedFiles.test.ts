import { expect } from 'chai';
import { Errno } from '../../../src/host/index';
import { OpenFlag } from '../../../src/se/openFile';
import { TestProcess } from '../../support/se';

/** What a program reads from a file of this path. */
function contents(process: TestProcess, path: string): string {
  const descriptor = process.call('open', process.put(path), OpenFlag.ReadOnly, 0);
  expect(descriptor, path).to.be.at.least(0);
  const length = process.call('read', descriptor, process.buffer, 0x8000);
  process.call('close', descriptor);
  return process.text(process.buffer, length);
}

describe('files about the system and the program', () => {
  it('show the simulated system', () => {
    const process = new TestProcess({ memorySize: 0x40_0000 });
    expect(contents(process, '/proc/meminfo')).to.match(/^MemTotal: +4096 kB\nMemFree: +\d+ kB\n/);
    expect(contents(process, '/sys/devices/system/cpu/online')).to.equal('0\n');
    // What C libraries and coreutils look into before they do anything else.
    expect(contents(process, '/proc/filesystems')).to.include('nodev\trootfs\n');
    expect(contents(process, '/proc/sys/kernel/ngroups_max')).to.equal('65536\n');
    expect(contents(process, '/proc/cpuinfo').match(/^processor/gm)).to.have.length(1);
  });

  it('show the program to itself', () => {
    const process = new TestProcess();
    process.space.mapStack(0x1000);
    const maps = contents(process, '/proc/self/maps').trimEnd().split('\n');
    expect(maps[0]).to.match(/^[0-9a-f]+-[0-9a-f]+ rw-p 00000000 00:00 0$/);
    expect(maps[1]).to.match(/^7fffffffe000-7ffffffff000 rw-p 0{8} 00:00 0 +\[stack\]$/);
    expect(contents(process, '/proc/104/cmdline')).to.equal('program\0argument\0');
  });

  it('tell what ps and top read', () => {
    const process = new TestProcess({ tick: () => 12.345e12 });
    process.space.map({ address: 0, length: 0x20_0000, protection: 3 });
    const fields = contents(process, '/proc/self/stat').trimEnd().split(' ');
    expect(fields).to.have.length(52);
    expect(fields.slice(0, 5)).to.deep.equal(['104', '(program)', 'R', '105', '106']);
    expect(fields[13], 'hundredths of a second').to.equal('1234');
    const size = 0x21_0000;
    expect(fields[22]).to.equal(String(size));
    expect(contents(process, '/proc/self/statm')).to.match(new RegExp(`^${String(size / 4096)} `));
    const status = contents(process, '/proc/self/status');
    expect(status)
      .to.match(/^Name:\tprogram\nUmask:\t0022\n/)
      .and.to.include('Uid:\t100\t101\t101');
    expect(status).to.include(`VmSize:\t    ${String(size / 1024)} kB\n`);
    expect(contents(process, '/proc/uptime')).to.equal('12.35 0.00\n');
    expect(contents(process, '/proc/version')).to.match(/^Linux version 5\.1\.0 /);
    expect(contents(process, '/proc/self/comm')).to.equal('program\n');
    expect(contents(process, '/proc/104/mounts')).to.equal(contents(process, '/proc/mounts'));
    expect(contents(process, '/etc/mtab')).to.equal(contents(process, '/proc/mounts'));
    expect(contents(process, '/proc/self/mountinfo')).to.match(/ \/ \/ rw - rootfs /);
    expect(contents(process, '/proc/loadavg')).to.match(/ 104\n$/);
  });

  it('can be read and asked about, not written', () => {
    const process = new TestProcess();
    const path = process.put('/proc/meminfo');
    expect(process.call('access', path, 4)).to.equal(0);
    expect(process.call('access', path, 2)).to.equal(-Errno.EACCES);
    expect(process.call('stat', path, process.buffer + 4096)).to.equal(0);
    expect(process.call('open', path, OpenFlag.ReadWrite, 0)).to.equal(-Errno.EACCES);
    const descriptor = process.call('open', path, OpenFlag.ReadOnly, 0);
    expect(process.call('lseek', descriptor, 3, 0)).to.equal(3);
  });
});
