/** The terminal that the simulator runs in, here a pseudo-terminal of script(1). */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPath, configPath, inFolderAsync } from '../support/command';
import { guestPath } from '../support/guests';
import { describeWithKvm } from '../support/kvm';

const CTRL_C = '\x03';

/** One run: its arguments, its exit status, and what is typed when something has been printed. */
interface Session {
  readonly name: string;
  readonly args: readonly string[];
  readonly status: number;
  readonly typed?: readonly [after: string, keys: string];
}

const baremetal = (words: string): string[] => [
  ...[configPath('baremetal.ts'), '-k', guestPath('bareMultiboot'), '-a', words],
  ...['--serial', 'stdio'],
];

const sessions: readonly Session[] = [
  { name: 'exit', args: [configPath('hello.ts')], status: 0 },
  { name: 'fatal', args: [configPath('baremetal.ts'), '-k', '/nonexistent'], status: 1 },
  { name: 'panic', args: baremetal('fault'), status: 134 },
  {
    ...{ name: 'Ctrl-C', args: baremetal('spin'), status: 130 },
    typed: ['memory: ', CTRL_C],
  },
  { name: 'prompt', args: ['-i'], status: 0, typed: ['> ', '.exit\r'] },
  {
    ...{ name: 'prompt that is killed', args: ['-i'], status: 143 },
    typed: ['> ', "process.kill(process.pid, 'SIGTERM')\r"],
  },
];

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const begin = (name: string): string => `begin ${name}:`;

/** Prints the terminal's settings and the flags of the descriptors before the runs and after each. */
function shellScript(): string {
  const simulator = [process.execPath, '--single-threaded', commandPath, '--quiet'];
  // On a line of its own, whatever the last run's last line was.
  const look =
    'printf "\\n%s\\n" "[$1: $(stty -g) $(grep -h flags /proc/self/fdinfo/[012] | tr -d "\\n\\t")]"';
  const runs = sessions.map(({ name, args }) => {
    const command = [...simulator, ...args].map(quoted).join(' ');
    return `echo ${quoted(begin(name))}\n${command}\nstatus=$?; look ${quoted(name)}" $status"`;
  });
  return ['trap : INT', `look() { ${look}; }`, 'look start', ...runs].join('\n');
}

describeWithKvm('The terminal', () => {
  it('is left as it was, however a run ends', async () => {
    await inFolderAsync(async folder => {
      writeFileSync(join(folder, 'runs.sh'), shellScript());
      // exec, so that no shell above this one is there to be ended by Ctrl-C.
      const child = spawn('script', ['-qec', 'exec sh runs.sh', '/dev/null'], {
        ...{ cwd: folder, timeout: 120_000, killSignal: 'SIGKILL' },
      });
      let printed = '';
      const waiting = sessions.filter(({ typed }) => typed !== undefined);
      child.stdout.on('data', (data: Buffer) => {
        printed += data.toString();
        const [{ name, typed } = { name: '', typed: undefined }] = waiting;
        const start = printed.indexOf(begin(name));
        if (typed === undefined || start < 0 || !printed.includes(typed[0], start)) return;
        child.stdin.write(typed[1]);
        waiting.shift();
      });
      try {
        const status = await new Promise(resolve => child.once('close', resolve));
        expect(status, printed).to.equal(0);
      } finally {
        child.kill('SIGKILL');
      }
      // The terminal echoes ^C after it has sent the signal: it may stand anywhere.
      const looks = [...printed.replaceAll('^C', '').matchAll(/^\[(.*): (.*)\]\r$/gm)].map(match =>
        match.slice(1, 3),
      );
      const start = looks[0]?.[1] ?? '';
      expect(start).to.match(/^[0-9a-f:]+ flags:/);
      expect(looks, printed).to.deep.equal([
        ['start', start],
        ...sessions.map(({ name, status }) => [`${name} ${String(status)}`, start]),
      ]);
    });
  });
});
