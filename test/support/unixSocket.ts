/** The other end of a simulator's socket. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { connect, type Socket } from 'node:net';

/** Connects as soon as there is somebody to connect to. */
export async function connected(
  path: string,
  child: ChildProcessWithoutNullStreams,
): Promise<Socket> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('the simulator has ended');
    const socket = connect(path);
    const isOpen = await new Promise<boolean>(resolve => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    if (isOpen) return socket;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
