import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { inFolder, runCommand } from '../support/command';

/** A system that needs no KVM, simulated for a while with dumps of its statistics. */
const script = `
import * as m5 from 'mini-gem5';
import { Root, SimpleMemory, SrcClockDomain, System, IOXBar, VoltageDomain } from 'mini-gem5/objects';
const system = new System({
  clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
  memRanges: ['64MiB'],
  membus: new IOXBar(),
  memory: new SimpleMemory({ range: '64MiB' }),
});
system.memory.port = system.membus.memSidePorts;
system.systemPort = system.membus.cpuSidePorts;
m5.instantiate(new Root({ fullSystem: false, system }));
m5.stats.periodicStatDump(1000);
m5.simulate(2500);
`;

/** Runs the script and hands the names and texts of its outputs to `check`. */
function run(
  options: readonly string[],
  check: (read: (name: string) => string, names: string[]) => void,
): void {
  inFolder(folder => {
    writeFileSync(join(folder, 'script.ts'), script);
    const result = runCommand([...options, 'script.ts'], { cwd: folder });
    expect(result.stderr).to.equal('');
    expect(result.status).to.equal(0);
    const outdir = join(folder, 'm5out');
    const names = existsSync(outdir) ? readdirSync(outdir).sort() : [];
    check(name => readFileSync(join(outdir, name), 'utf8'), names);
  });
}

describe('The output directory', () => {
  it('has configuration and statistics under gem5’s names', () => {
    run([], (read, names) => {
      expect(names).to.deep.equal([
        ...['config.dot', 'config.ini', 'config.json', 'stats.json', 'stats.txt'],
      ]);
      expect(read('config.ini')).to.match(/^\[root\]\ntype=Root\nchildren=system\n/);
      expect(JSON.parse(read('config.json'))).to.have.nested.property(
        'system.memory.port.peer',
        'system.membus.mem_side_ports[0]',
      );
      expect(read('config.dot')).to.include(
        '"system.system_port" -> "system.membus.cpu_side_ports";',
      );
    });
  });

  it('has every dump in stats.txt and the latest in stats.json', () => {
    run([], read => {
      const ticks = [...read('stats.txt').matchAll(/^simTicks +(\d+)/gm)].map(match => match[1]);
      expect(ticks).to.deep.equal(['1000', '1000', '500']);
      expect(JSON.parse(read('stats.json'))).to.deep.include({
        simulated_begin_time: 2000,
        simulated_end_time: 2500,
      });
    });
  });

  it('has a picture of the system when it is asked for', () => {
    run(['--svg-config', 'config.svg'], read => {
      const svg = read('config.svg');
      expect(svg).to.match(/^<\?xml [\s\S]*<svg [\s\S]*<\/svg>\s*$/);
      for (const text of ['membus', ': IOXBar', 'mem_side_ports', 'latency=30000']) {
        expect(svg).to.include(text);
      }
      expect([...svg.matchAll(/class="edge"/g)]).to.have.length(2);
    });
  });

  it('has a graph of clocks and voltages when it is asked for', () => {
    run(['--dot-dvfs-config', 'dvfs.dot'], (read, names) => {
      expect(names).to.include('dvfs.dot');
      expect(read('dvfs.dot')).to.match(
        /label="system\.clk_domain : SrcClockDomain, clock = 1000";/,
      );
    });
  });

  it('is left alone by what has an absolute path', () => {
    inFolder(elsewhere => {
      const path = (name: string): string => join(elsewhere, name);
      const options = ['--dump-config', path('a.ini'), '--stats-file', path('b.txt')];
      run([...options, '-r', '--silent-redirect', '--stdout-file', path('c.txt')], (_, names) => {
        expect(names).to.deep.equal(['config.dot', 'config.json', 'stats.json']);
      });
      expect(readdirSync(elsewhere).sort()).to.deep.equal(['a.ini', 'b.txt', 'c.txt']);
      expect(readFileSync(path('b.txt'), 'utf8').match(/^simTicks/gm)).to.have.length(3);
    });
  });

  it('has the names that the options say, and leaves out what has none', () => {
    const names = ['--dump-config', 'a.ini', '--json-config', '', '--dot-config', ''];
    const stats = ['--stats-file', 'text://b.txt?desc=False', '--json-stats', ''];
    run([...names, ...stats], (read, written) => {
      expect(written).to.deep.equal(['a.ini', 'b.txt']);
      expect(read('b.txt')).to.match(/^simFreq +1000000000000\s*$/m);
    });
  });
});
