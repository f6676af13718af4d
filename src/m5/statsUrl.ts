/** How a script names an output for statistics. Source: gem5 `python/m5/stats/__init__.py`. */
import { fatal } from '../base/index';

/** What a URL of a statistics output says. */
export interface StatsUrl {
  readonly format: 'text' | 'json';
  /** Name of the file in the output directory. */
  readonly file: string;
  /** Whether text has descriptions and units. */
  readonly desc: boolean;
  /** Whether text is aligned with spaces. */
  readonly spaces: boolean;
}

/**
 * @param url - `text://stats.txt?desc=False&spaces=False`, `file://…`, `json://stats.json`, or a
 *   file name, which means text.
 * @throws {FatalError} naming what is wrong, and what is accepted.
 */
export function parseStatsUrl(url: string): StatsUrl {
  const [, scheme = 'text', file = '', query = ''] =
    /^(?:([a-z0-9]+):\/\/)?([^?]*)(?:\?(.*))?$/s.exec(url) ?? [];
  const format = formatOf(url, scheme);
  if (file === '') fatal(`the statistics output '${url}' names no file`);
  const options = { desc: true, spaces: true };
  for (const part of query === '' ? [] : query.split(/[&;]/)) {
    const [name = '', value = ''] = part.split('=');
    if (format !== 'text' || (name !== 'desc' && name !== 'spaces')) {
      fatal(
        `the statistics output '${url}' has no option '${name}'; ` +
          'text:// has desc and spaces, json:// has none',
      );
    }
    options[name] = truthOf(url, name, value);
  }
  return { format, file, ...options };
}

function formatOf(url: string, scheme: string): 'text' | 'json' {
  if (scheme === 'text' || scheme === 'file') return 'text';
  if (scheme === 'json') return 'json';
  return fatal(`'${scheme}' of '${url}' is no statistics format; use text://FILE or json://FILE`);
}

function truthOf(url: string, name: string, value: string): boolean {
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  return fatal(`${name} of the statistics output '${url}' must be True or False`);
}
