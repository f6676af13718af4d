import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  ForkError,
  forkProcess,
  requireCompilingChildren,
  requireForkable,
} from '../../../src/host/fork';
import { repositoryRoot } from '../../support/repository';

/** Runs a script that may fork: this process, with V8's helper threads at work, may not. */
function run(text: string, ...flags: string[]): { status: number | null; output: string[] } {
  const host = JSON.stringify(join(repositoryRoot, 'dist', 'host', 'index.js'));
  const fork = JSON.stringify(join(repositoryRoot, 'dist', 'host', 'fork.js'));
  const script = `
    const host = require(${host});
    const { forkProcess } = require(${fork});
    const attempt = (...args) => { try { return forkProcess(...args); } catch (error) { return error; } };
    ${text}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', script], {
    encoding: 'utf8',
  });
  return { status, output: (stdout + stderr).split('\n').filter(line => line !== '') };
}

const runForking = (text: string): ReturnType<typeof run> =>
  run(text, '--single-threaded', '--expose-gc');

describe('forkProcess()', () => {
  it('is refused where V8 may use helper threads', () => {
    expect(requireForkable)
      .to.throw(ForkError, '--single-threaded')
      .with.property('reason', 'flag');
    expect(() => forkProcess(() => 1)).to.throw(ForkError);
    expect(requireCompilingChildren)
      .to.throw(ForkError, '--v8-pool-size=1')
      .with.property('reason', 'flag');
  });

  it('gives a child with the whole heap, which V8 can collect and grow', () => {
    const { status, output } = runForking(`
      const objects = Array.from({ length: 1e5 }, (_, i) => ({ i, text: 'text ' + i }));
      const pid = forkProcess();
      if (pid === 0) {
        gc();
        const more = objects.map(({ text }) => text + '!');
        gc();
        console.log(more.length + more[99999]);
      } else {
        host.adoptChild(pid, 'wait');
        host.waitForChild(pid).then(end => console.log(JSON.stringify(end)));
      }`);
    expect(output).to.deep.equal(['100000text 99999!', '{"kind":"exited","code":0}']);
    expect(status).to.equal(0);
  });

  it('says what to do when the host has no process or no memory left', () => {
    const { output } = runForking(`
      for (const errno of [11, 12, 38]) {
        const { name, reason, code, message } = attempt(() => -errno);
        console.log([name, reason, code, message].join('; '));
      }`);
    expect(output[0]).to.match(/^ForkError; host; EAGAIN; the host cannot fork: .*; end other/);
    expect(output[1]).to.match(/^ForkError; host; ENOMEM; the host cannot fork: .*overcommit/);
    expect(output[2]).to.equal(
      'ForkError; host; ENOSYS; the host cannot fork: Function not implemented (ENOSYS)',
    );
  });

  it('is refused in a worker thread', () => {
    const { output } = runForking(`
      const { Worker, isMainThread } = require('node:worker_threads');
      const text = "const { forkProcess } = require(" + JSON.stringify(require.resolve(${JSON.stringify(
        join(repositoryRoot, 'dist', 'host', 'fork.js'),
      )})) + ");"
        + "try { forkProcess(); } catch (error) { console.log(error.reason); }";
      new Worker(text, { eval: true });`);
    expect(output).to.deep.equal(['worker']);
  });

  it('calls back in every child, in the order of registration', () => {
    const { output } = runForking(`
      for (const name of ['first', 'second']) host.onFork(() => console.log(name));
      const pid = forkProcess();
      if (pid !== 0) host.adoptChild(pid, 'wait');`);
    expect(output).to.deep.equal(['first', 'second']);
  });

  it('ends a child with its exit listeners run once, whatever ends it', () => {
    const ends = {
      'nothing left': '',
      'process.exit': 'process.exit(3);',
      'an error': "setTimeout(() => { throw new Error('thrown'); }, 1);",
      'an error in a listener': "process.on('exit', () => { throw new Error('thrown'); });",
    };
    const statuses = Object.values(ends).map(
      body =>
        runForking(`
          const pid = forkProcess();
          if (pid === 0) {
            process.on('exit', () => console.log('exits'));
            ${body}
          } else {
            host.adoptChild(pid, 'wait');
            host.waitForChild(pid).then(({ code }) => console.log(code));
          }`).output,
    );
    expect(statuses[0]).to.deep.equal(['exits', '0']);
    expect(statuses[1]).to.deep.equal(['exits', '3']);
    for (const output of statuses.slice(2)) {
      expect(output.slice(0, 2)).to.deep.equal(['exits', '1']);
      expect(output[2]).to.equal('Error: thrown');
    }
  });

  it('knows only its own children', () => {
    const { output } = runForking(`
      host.waitForChild(1).catch(error => console.log(error.message));
      const pid = forkProcess();
      if (pid === 0) process.exit(0);
      host.adoptChild(pid, 'wait');
      const both = [host.waitForChild(pid), host.waitForChild(pid)];
      Promise.all(both).then(async ends => {
        console.log(ends.map(({ code }) => code).join());
        console.log((await host.waitForChild(pid)).code);
        console.log(host.killChild(pid, 'SIGKILL'));
      });`);
    expect(output.sort()).to.deep.equal([
      '0',
      '0,0',
      '1 is no process that was forked here',
      'false',
    ]);
  });
});
