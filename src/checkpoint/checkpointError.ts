/** What is wrong with a checkpoint: an error that says where, in a file or among the values. */
import { SimError } from '../base/index';

/** Where in a file. */
export interface FilePlace {
  /** Path of the file. */
  readonly file: string;
  /** Offset in bytes; absent when the whole file is meant. */
  readonly offset?: number;
}

/** Where among the values. */
export interface ValuePlace {
  /** Full name of the section. */
  readonly section: string;
  readonly key?: string;
}

/** A checkpoint that cannot be written or restored. */
export class CheckpointError extends SimError {
  readonly kind = 'checkpoint';
  readonly file: string | undefined;
  readonly offset: number | undefined;
  readonly section: string | undefined;
  readonly key: string | undefined;

  /** @param message - what is wrong there, and what to do where the user can do something */
  constructor(place: FilePlace | ValuePlace, message: string, options?: ErrorOptions) {
    super(`${describePlace(place)}: ${message}`, options);
    this.name = 'CheckpointError';
    if ('file' in place) {
      this.file = place.file;
      this.offset = place.offset;
    } else {
      this.section = place.section;
      this.key = place.key;
    }
  }
}

function describePlace(place: FilePlace | ValuePlace): string {
  if ('file' in place) {
    return place.offset === undefined ? place.file : `${place.file}, byte ${String(place.offset)}`;
  }
  const section = `checkpoint section '${place.section}'`;
  return place.key === undefined ? section : `${section}, key '${place.key}'`;
}

/** The same error, whatever an operation on a file threw: the system's words are kept. */
export function fileError(file: string, doing: string, error: unknown): CheckpointError {
  if (error instanceof CheckpointError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const reason = /^E[A-Z0-9]+: ([^,]+)/.exec(text)?.[1] ?? text;
  return new CheckpointError({ file }, `${doing} failed: ${reason}`, { cause: error });
}
