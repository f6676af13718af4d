import { spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPath, inFolder } from '../support/command';

/** Loads an image of that many MiB into memory. */
const script = (mebibytes: number): string => `
import * as m5 from 'mini-gem5';
import { IOXBar, Root, SimpleMemory, SrcClockDomain, System, VoltageDomain } from 'mini-gem5/objects';
const range = '${String(mebibytes)}MiB';
const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memRanges: [range],
  membus: new IOXBar(),
  memory: new SimpleMemory({ range, imageFile: 'disk.img' }),
});
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;
m5.instantiate(new Root({ fullSystem: false, system }));
`;

/** What the command prints in all when it loads an image, on a terminal of its own or in a pipe. */
function output(mebibytes: number, where: 'terminal' | 'pipe'): string {
  return inFolder(folder => {
    writeFileSync(join(folder, 'script.ts'), script(mebibytes));
    writeFileSync(join(folder, 'disk.img'), '');
    truncateSync(join(folder, 'disk.img'), mebibytes * 1024 * 1024);
    const command = `'${process.execPath}' '${commandPath}' --quiet script.ts`;
    // script(1) runs a command on a terminal and prints what it prints there.
    const terminal = ['script', '-qec', command, '/dev/null'];
    const words = where === 'terminal' ? terminal : ['sh', '-c', `${command} 2>&1`];
    const [program = '', ...args] = words;
    const run = spawnSync(program, args, { cwd: folder, encoding: 'utf8', input: '' });
    expect(run.status, run.stdout).to.equal(0);
    return run.stdout;
  });
}

describe('Loading a big image', () => {
  it('shows a bar on a terminal, and takes it away in the end', () => {
    const text = output(72, 'terminal');
    expect(text).to.match(/Loading disk\.img \[-+\] 0 % of 72 MiB/);
    expect(text).to.match(/\[=+\] 100 % of 72 MiB/);
    // The cursor goes back, and the line is cleared.
    expect(text.endsWith('\u001b8\u001b[1G\u001b[2K')).to.equal(true);
  });

  it('shows nothing in a pipe, nor when the image is small', () => {
    const line = /^Global frequency set at 1000000000000 ticks per second\r?\n$/;
    expect(output(72, 'pipe')).to.match(line);
    expect(output(8, 'terminal')).to.match(line);
  });
});
