/** Writes a checkpoint again and again until it is killed; a program of its own. */
import { writeTestCheckpoint } from './checkpoints';

const [, , directory = '', pages = '64'] = process.argv;
for (let round = 1; ; round++) {
  const byte = (round % 200) + 1;
  writeTestCheckpoint(directory, {
    pages: new Array<number>(Number(pages)).fill(byte),
    values: { byte },
    tick: round,
  });
  if (round === 1) process.stdout.write('ready\n');
}
