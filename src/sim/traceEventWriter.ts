/**
 * Writes the trace event format of Chrome, in its form as a JSON array, which Perfetto and Chrome's
 * own viewer load: one record a line, handed on as soon as it is complete.
 */

/** Where the text of a timeline goes. */
export interface TimelineOutput {
  /** Takes one or more whole records; may hold them back for a while. */
  write(text: string): void;
  /** Hands on what is held back. */
  flush(): void;
  /** The text is complete but for {@link TimelineEnding}, which the output adds. */
  close(): void;
}

/** What the text of a timeline ends with, be it empty but for its first record. */
export const TimelineEnding = '\n]\n';

/** Details of a record, shown when it is selected. */
export type TraceArguments = Readonly<Record<string, string | number>>;

/** One line of the picture, on which slices nest. */
export interface Track {
  /** The record's fields that say where it belongs. */
  readonly place: string;
}

/** Writes records. Times are in microseconds, with fractions; names may hold any characters. */
export class TraceEventWriter {
  readonly #output: TimelineOutput;
  #separator = '[\n';
  /** Viewers tell threads apart by this number alone, so none is given twice. */
  #nextThread = 10;

  constructor(output: TimelineOutput) {
    this.#output = output;
  }

  /**
   * Names a group of tracks.
   * @param process - its number, from 1; its place among the groups too
   */
  group(process: number, name: string): void {
    this.#metadata(`"pid":${process}`, 'process_name', { name });
    this.#metadata(`"pid":${process}`, 'process_sort_index', { sort_index: process });
  }

  /**
   * Makes a track of a group.
   * @param order - its place among the tracks of the group: those with less come first
   */
  track(process: number, name: string, order: number): Track {
    const place = `"pid":${process},"tid":${this.#nextThread++}`;
    this.#metadata(place, 'thread_name', { name });
    this.#metadata(place, 'thread_sort_index', { sort_index: order });
    return { place };
  }

  #metadata(place: string, name: string, args: TraceArguments): void {
    this.#record(`"ph":"M",${place},"name":"${name}","args":${JSON.stringify(args)}`);
  }

  /** Something that took time. Slices of one track may lie inside one another, not overlap. */
  slice(
    track: Track,
    category: string,
    name: string,
    start: number,
    duration: number,
    args: TraceArguments = {},
  ): void {
    const time = `"ts":${start},"dur":${duration}`;
    this.#record(`"ph":"X",${track.place},${time},${described(category, name, args)}`);
  }

  /** Something that begins here; `end` says when it is over. */
  begin(track: Track, category: string, name: string, time: number, args: TraceArguments): void {
    this.#record(`"ph":"B",${track.place},"ts":${time},${described(category, name, args)}`);
  }

  /** The end of what was begun last on the track. */
  end(track: Track, time: number, args: TraceArguments): void {
    this.#record(`"ph":"E",${track.place},"ts":${time},"args":${JSON.stringify(args)}`);
  }

  /** Something that took no time. */
  instant(track: Track, category: string, name: string, time: number, args: TraceArguments): void {
    const what = described(category, name, args);
    this.#record(`"ph":"i","s":"t",${track.place},"ts":${time},${what}`);
  }

  /** Hands on what is held back. */
  flush(): void {
    this.#output.flush();
  }

  /** No more records follow. */
  close(): void {
    this.#output.close();
  }

  #record(fields: string): void {
    this.#output.write(`${this.#separator}{${fields}}`);
    this.#separator = ',\n';
  }
}

function described(category: string, name: string, args: TraceArguments): string {
  return `"cat":"${category}","name":${JSON.stringify(name)},"args":${JSON.stringify(args)}`;
}
