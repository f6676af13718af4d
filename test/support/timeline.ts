/** Reading timelines: the records of the trace event format, with their tracks by name. */
import { TimelineEnding, type Simulation, type TimelineOutput } from '../../src/sim/index';

/** One record as it is in the file. */
interface RawRecord {
  readonly ph: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly name?: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/** What is shown at one place of the picture. */
export interface TimelineRecord extends RawRecord {
  /** The clock and the track, such as `host time/event loop`. */
  readonly track: string;
}

/** The records of a timeline's text in the order in which they were written; names are resolved. */
export function parseTimeline(text: string): TimelineRecord[] {
  const records = JSON.parse(text) as RawRecord[];
  const groups = new Map<number, unknown>();
  const tracks = new Map<number, string>();
  const shown: TimelineRecord[] = [];
  for (const record of records) {
    if (record.name === 'process_name') groups.set(record.pid, record.args['name']);
    const tid = record.tid ?? -1;
    if (record.name === 'thread_name') {
      if (tracks.has(tid)) throw new Error(`thread ${tid} has two names`);
      tracks.set(tid, `${String(groups.get(record.pid))}/${String(record.args['name'])}`);
    }
    if (record.ph === 'M') continue;
    const track = tracks.get(tid);
    if (track === undefined) throw new Error(`${JSON.stringify(record)} is on no track`);
    shown.push({ ...record, track });
  }
  return shown;
}

/** Keeps a timeline's text. */
export class TimelineText implements TimelineOutput {
  text = '';
  flushes = 0;
  isOpen = true;

  write(text: string): void {
    if (!this.isOpen) throw new Error(`written after the end: ${text}`);
    this.text += text;
  }

  flush(): void {
    this.flushes++;
  }

  close(): void {
    this.isOpen = false;
    this.text += TimelineEnding;
  }

  /** What was recorded until now. */
  records(): TimelineRecord[] {
    return parseTimeline(this.isOpen ? this.text + TimelineEnding : this.text);
  }

  /** The records of one track. */
  track(name: string): TimelineRecord[] {
    return this.records().filter(({ track }) => track === name);
  }
}

/** Records a simulation from now on. */
export function record(simulation: Simulation): TimelineText {
  const output = new TimelineText();
  simulation.startTimeline(output);
  return output;
}

/**
 * Slices of one track that overlap without one lying inside the other, which no viewer can draw.
 * @param tolerance - in microseconds: what rounding may add
 */
export function overlaps(records: readonly TimelineRecord[], tolerance = 1e-6): string[] {
  const slices = records.filter(({ ph }) => ph === 'X');
  const found: string[] = [];
  for (const track of new Set(slices.map(slice => slice.track))) {
    const spans = slices
      .filter(slice => slice.track === track)
      .map(({ ts = NaN, dur = NaN, name }) => ({ start: ts, end: ts + dur, name }))
      .sort((a, b) => a.start - b.start || b.end - a.end);
    const open: typeof spans = [];
    for (const span of spans) {
      while (open.length > 0 && open.at(-1)!.end <= span.start + tolerance) open.pop();
      const outer = open.at(-1);
      if (outer !== undefined && span.end > outer.end + tolerance) {
        found.push(`${String(span.name)} overlaps ${String(outer.name)} at ${span.start}`);
      }
      open.push(span);
    }
  }
  return found;
}
