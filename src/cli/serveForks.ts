/** `mini-gem5 serve-forks`: a warmed-up simulation that gives each request a fork of it. */
import { fatal } from '../base/index';
import { defaultM5 } from '../m5/index';
import type { ServerOptions } from './serveForksOptions';
import type { LoadedScript } from './runScript';

/**
 * Serves until SIGINT or SIGTERM.
 * @param exported - what the script exports: its function `serve` answers requests, in children
 * @throws {FatalError} when there is no such function
 */
export function serveForks(
  script: string,
  exported: LoadedScript['exported'],
  options: ServerOptions,
): void {
  const { serve } = exported;
  if (typeof serve !== 'function') {
    fatal(`the script '${script}' exports no function serve(request); add one`);
  }
  const server = defaultM5().serveForks(
    request => (serve as (r: unknown) => unknown)(request),
    options,
  );
  console.log(`Serving forks on ${options.socket}`);
  void server.ended.then(() => {
    console.log('No more forks are served');
  });
}
