/** Statistics as numbers, under the names that `stats.txt` gives them. */
import { TextWriter, type Simulation } from '../sim/index';

/** Values by name, such as `system.cpu.numCycles`; elements of vectors as `system.cpu.x::read`. */
export type StatValues = Readonly<Record<string, number>>;

/** All statistics of a simulation as they are now. Nothing counts as dumped by it. */
export function statValues(simulation: Simulation): StatValues {
  if (!simulation.stats.enabled) return {};
  let text = '';
  const writer = new TextWriter(
    chunk => {
      text += chunk;
    },
    { desc: false, spaces: false },
  );
  simulation.stats.write(writer);
  const values: Record<string, number> = {};
  for (const [, name, value] of text.matchAll(/^([^\s-]\S*) +(\S+)/gm)) {
    if (name !== undefined && value !== undefined) values[name] = numberOf(value);
  }
  return values;
}

/** A number as gem5 prints it. */
function numberOf(text: string): number {
  if (text === 'inf') return Infinity;
  return text === '-inf' ? -Infinity : Number(text);
}
