/** Node's streams for standard output and error. */

/** The part of a stream's handle that Node does not document, for pipes. */
interface BlockingHandle {
  setBlocking?(on: boolean): number;
}

type HandleOwner = NodeJS.WriteStream & { readonly _handle?: BlockingHandle | null };

const streams = (): HandleOwner[] => [process.stdout, process.stderr];

/**
 * Makes Node write to standard output and error at once, wherever they go. Without this it keeps what
 * a full pipe does not take, and loses that when the process ends.
 */
export function blockStandardStreams(): void {
  for (const { _handle } of streams()) _handle?.setBlocking?.(true);
}

/** Bytes that Node has taken for standard output and error and not written yet. */
export function unwrittenOutput(): number {
  return streams().reduce((sum, { writableLength }) => sum + writableLength, 0);
}
