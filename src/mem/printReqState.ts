/** What a functional print request collects on its way. Source: gem5 `mem/packet.hh`. */
import type { SenderState } from './packet';

interface Label {
  readonly text: string;
  printed: boolean;
}

/**
 * The state of a `PrintReq`: every object that holds something at the address prints it, below the
 * labels of the objects that the request came through.
 */
export class PrintReqState implements SenderState {
  predecessor: SenderState | null = null;
  readonly #out: (line: string) => void;
  readonly #labels: Label[] = [];

  /** @param out - takes one line at a time */
  constructor(out: (line: string) => void) {
    this.#out = out;
  }

  /** Enters an object; its label is printed only when something follows. */
  pushLabel(text: string): void {
    this.#labels.push({ text, printed: false });
  }

  /** Leaves the object entered last. */
  popLabel(): void {
    this.#labels.pop();
  }

  /** Prints the labels that are due and a line below them. */
  print(line: string): void {
    this.#labels.forEach((label, depth) => {
      if (label.printed) return;
      this.#out('  '.repeat(depth) + label.text);
      label.printed = true;
    });
    this.#out('  '.repeat(this.#labels.length) + line);
  }
}
