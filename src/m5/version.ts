/** The version of the package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in package.json, such as '0.1.0'. */
export function version(): string {
  const path = join(__dirname, '..', '..', 'package.json');
  const contents = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return contents.version;
}
