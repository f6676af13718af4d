import { appendFileSync, existsSync, mkdtempSync } from 'node:fs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import {
  FileChannel,
  InputChannel,
  OutputChannel,
  SocketChannel,
} from '../../../src/dev/serialChannel';
import { close, openDescriptorCount, pipe, writeFully } from '../../../src/host/index';
import { messagesOf } from '../../support/memory';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('Serial channels', () => {
  let directory = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'serial-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  describe('FileChannel', () => {
    it('makes its file with the first byte, and writes each at once', () => {
      const channel = new FileChannel('serial', () => directory);
      const path = join(directory, 'serial');
      expect(existsSync(path)).to.equal(false);
      channel.send(text('ab'));
      channel.send(text('c'));
      expect(readFileSync(path, 'utf8')).to.equal('abc');
      channel.dispose();
    });

    it('goes on in a copy of its own in the child of a fork', () => {
      let place = directory;
      const channel = new FileChannel('serial', () => place);
      channel.send(text('parent'));
      place = mkdtempSync(join(directory, 'child-'));
      // The parent writes on, before the child has its copy.
      appendFileSync(join(directory, 'serial'), ' goes on');
      channel.notifyFork();
      channel.send(text(' child'));
      channel.dispose();
      expect(readFileSync(join(directory, 'serial'), 'utf8')).to.equal('parent goes on');
      expect(readFileSync(join(place, 'serial'), 'utf8')).to.equal('parent child');
    });

    it('says when its file cannot be made', () => {
      writeFileSync(join(directory, 'file'), '');
      const channel = new FileChannel('file/serial', () => directory);
      expect(() => {
        channel.send(text('a'));
      }).to.throw(FatalError, 'Not a directory');
    });
  });

  describe('OutputChannel', () => {
    it('writes to its descriptor, and says when nobody reads it', () => {
      const { readEnd, writeEnd } = pipe();
      const channel = new OutputChannel(writeEnd, 'standard output');
      channel.send(text('x'));
      close(readEnd);
      expect(() => {
        channel.send(text('y'));
      }).to.throw(FatalError, 'standard output: Broken pipe');
      channel.dispose();
      close(writeEnd);
    });
  });

  describe('InputChannel', () => {
    it('hands out what has come without waiting, until the end', () => {
      const { readEnd, writeEnd } = pipe();
      const channel = new InputChannel(readEnd);
      expect(channel.receive()).to.equal(null);
      writeFully(writeEnd, text('hello'), 'typing');
      expect([...(channel.receive() ?? [])]).to.deep.equal([...text('hello')]);
      expect(channel.isInput).to.equal(true);
      close(writeEnd);
      expect(channel.receive()).to.equal(null);
      expect(channel.isInput).to.equal(false);
      close(readEnd);
    });

    it('leaves what is typed to the parent of a fork', () => {
      const { readEnd, writeEnd } = pipe();
      const channel = new InputChannel(readEnd);
      writeFully(writeEnd, text('hello'), 'typing');
      channel.notifyFork();
      expect(channel.receive()).to.equal(null);
      for (const end of [readEnd, writeEnd]) close(end);
    });
  });

  describe('SocketChannel', () => {
    const connected = (path: string): Promise<Socket> =>
      new Promise((resolve, reject) => {
        const socket = connect(path, () => {
          resolve(socket);
        });
        socket.on('error', reject);
      });
    const nextData = (socket: Socket): Promise<string> =>
      new Promise(resolve => {
        socket.once('data', data => {
          resolve(data.toString());
        });
      });
    /** Asks until something has come: the other end is another part of this process. */
    const received = async (channel: SocketChannel): Promise<string> => {
      for (;;) {
        const bytes = channel.receive();
        if (bytes !== null) return new TextDecoder().decode(bytes);
        await new Promise(setImmediate);
      }
    };

    it('shows who connects what was sent before, and passes on what is typed', async () => {
      const path = join(directory, 'socket');
      const channel = new SocketChannel(path);
      channel.send(text('early '));
      expect(channel.receive()).to.equal(null);
      const socket = await connected(path);
      const early = nextData(socket);
      expect(channel.receive()).to.equal(null);
      expect(await early).to.equal('early ');
      const late = nextData(socket);
      channel.send(text('late'));
      expect(await late).to.equal('late');
      socket.write('typed');
      expect(await received(channel)).to.equal('typed');
      socket.destroy();
      channel.dispose();
      expect(existsSync(path)).to.equal(false);
    });

    it('loses nothing when it is flooded, however late the other end reads', async () => {
      const path = join(directory, 'socket');
      const channel = new SocketChannel(path);
      const socket = await connected(path);
      const heard: Buffer[] = [];
      socket.on('data', (data: Buffer) => heard.push(data));
      expect(channel.receive()).to.equal(null);
      const sent = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i + (i >> 8)) & 0xff));
      for (const byte of sent) channel.send(Uint8Array.of(byte));
      while (heard.reduce((sum, { length }) => sum + length, 0) < sent.length) {
        channel.receive();
        await new Promise(setImmediate);
      }
      expect(Buffer.concat(heard).equals(sent)).to.equal(true);
      socket.destroy();
      channel.dispose();
    });

    it('waits for who does not read, in bounded memory, until the user wants to stop', async () => {
      const path = join(directory, 'socket');
      let looks = 0;
      const channel = new SocketChannel(path, () => ++looks > 2);
      const socket = await connected(path);
      socket.pause();
      channel.receive();
      const sent = Buffer.alloc(4 * 1024 * 1024, 'abcdefg');
      const messages = messagesOf(() => {
        channel.send(sent);
      });
      expect(looks).to.equal(3);
      expect(messages).to.have.length(1);
      expect(messages[0]).to.match(/^warn: .*socket: \d+ bytes are lost that nobody has read$/);
      // What the kernel had taken arrives, and then the end.
      const heard: Buffer[] = [];
      socket.on('data', (data: Buffer) => heard.push(data));
      socket.resume();
      await new Promise(resolve => socket.once('close', resolve));
      const all = Buffer.concat(heard);
      expect(all.length).to.be.within(1, 2 * 1024 * 1024);
      expect(all.equals(sent.subarray(0, all.length))).to.equal(true);
      channel.dispose();
    });

    it('gives up who reads nothing for too long, such as another part of this process', async () => {
      const path = join(directory, 'socket');
      const channel = new SocketChannel(path, () => false, 100);
      const socket = await connected(path);
      socket.on('data', () => undefined);
      channel.receive();
      const messages = messagesOf(() => {
        channel.send(Buffer.alloc(2 * 1024 * 1024));
      });
      expect(messages).to.have.length(1);
      expect(messages[0]).to.match(/socket: \d+ bytes are lost that nobody has read$/);
      await new Promise(resolve => socket.once('close', resolve));
      channel.dispose();
    });

    it('serves the next one when one has hung up', async () => {
      const path = join(directory, 'socket');
      const channel = new SocketChannel(path);
      const first = await connected(path);
      first.end('1');
      expect(await received(channel)).to.equal('1');
      const second = await connected(path);
      second.write('2');
      expect(await received(channel)).to.equal('2');
      second.destroy();
      channel.dispose();
    });

    it('leaves the socket to the parent of a fork, and gives back every descriptor', () => {
      const path = join(directory, 'socket');
      const before = openDescriptorCount();
      const channel = new SocketChannel(path);
      channel.notifyFork();
      expect(existsSync(path)).to.equal(true);
      expect(channel.isInput).to.equal(false);
      expect(channel.receive()).to.equal(null);
      channel.dispose();
      expect(openDescriptorCount()).to.equal(before);
    });

    it('says what is wrong with a path', () => {
      const path = join(directory, 'taken');
      writeFileSync(path, '');
      expect(() => new SocketChannel(path)).to.throw(FatalError, 'choose another path');
      expect(() => new SocketChannel(join(directory, 'x'.repeat(200)))).to.throw(
        FatalError,
        'File name too long',
      );
      expect(() => new SocketChannel(join(directory, 'no', 'such'))).to.throw(
        FatalError,
        'No such file or directory',
      );
    });
  });
});
