import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { HostResources } from '../../../src/host/index';
import type { HostResource } from '../../../src/host/index';

describe('HostResources', () => {
  const owner = (name: string, log: string[]): HostResource => ({
    dispose: () => {
      log.push(name);
    },
  });

  it('disposes of the youngest first', () => {
    const resources = new HostResources();
    const log: string[] = [];
    for (const name of ['vm', 'vcpu', 'timer']) resources.add(owner(name, log));
    resources.disposeAll();
    expect(log).to.deep.equal(['timer', 'vcpu', 'vm']);
    expect(resources.size).to.equal(0);
  });

  it('forgets an owner that was removed', () => {
    const resources = new HostResources();
    const log: string[] = [];
    const gone = owner('gone', log);
    resources.add(gone);
    resources.add(owner('stays', log));
    resources.remove(gone);
    resources.disposeAll();
    expect(log).to.deep.equal(['stays']);
  });

  it('disposes of all even when one fails, and then reports it', () => {
    const resources = new HostResources();
    const log: string[] = [];
    const failure = new Error('cannot release');
    resources.add(owner('first', log));
    resources.add({
      dispose: () => {
        throw failure;
      },
    });
    resources.add(owner('third', log));
    expect(() => {
      resources.disposeAll();
    })
      .to.throw(AggregateError)
      .with.deep.property('errors', [failure]);
    expect(log).to.deep.equal(['third', 'first']);
    expect(resources.size).to.equal(0);
  });

  it('skips an owner that another one disposed of on the way', () => {
    const resources = new HostResources();
    const log: string[] = [];
    const part = {
      dispose: () => {
        log.push('part');
        resources.remove(part);
      },
    };
    resources.add(part);
    resources.add({
      dispose: () => {
        part.dispose();
      },
    });
    resources.disposeAll();
    expect(log).to.deep.equal(['part']);
  });

  it('releases what is left when the process exits, and tells what could not be', () => {
    const script = `
      const { hostResources } = require('./src/host/index');
      hostResources.add({ dispose: () => console.log('first') });
      hostResources.add({ dispose: () => { throw new Error('cannot release'); } });
      hostResources.add({ dispose: () => console.log('third') });
      process.exit(3);`;
    const run = spawnSync(process.execPath, ['-r', 'ts-node/register', '-e', script], {
      cwd: join(__dirname, '../../..'),
      encoding: 'utf8',
    });
    expect(run).to.include({
      status: 3,
      stdout: 'third\nfirst\n',
      stderr: 'warn: cannot release\n',
    });
  });
});
