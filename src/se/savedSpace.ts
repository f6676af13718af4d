/** An address space in a checkpoint: its areas, and where its page tables begin. */
import { constants } from 'node:fs';
import type { Addr } from '../base/index';
import { fatal, panic } from '../base/index';
import { xxh64File } from '../checkpoint/index';
import { errnoText, tryOpen } from '../host/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import { HostFile, statusOf } from './hostFile';
import type { SharedPageState } from './sharedPages';
import { makeVma, type FileBacking, type Vma, type VmaKind } from './vma';

/** Everything of an address space that is not in the system's memory. */
export interface AddressSpaceState {
  /** Physical address of the root of the page tables. */
  readonly root: Addr;
  /** Pages of the program that have memory. */
  readonly pages: number;
  /** Where the heap begins and ends. */
  readonly breakStart: number;
  readonly break: number;
  /** Lowest first. */
  readonly areas: readonly Vma[];
  /** Pages of shared mappings. */
  readonly sharedPages: readonly SharedPageState[];
}

const NO_FILE = -1;
const KINDS: readonly VmaKind[] = ['mapping', 'heap', 'stack'];
const SPACE_NUMBERS = ['root', 'pages', 'breakStart', 'break'] as const;
const AREA_NUMBERS = [
  'start',
  'end',
  'protection',
  'fileOffset',
  'fileLimit',
  'faultStart',
  'faultEnd',
  'faultPages',
] as const;

/** Opens a file that is mapped, for one use of it. */
export type OpenMapped = (path: string, writable: boolean) => FileBacking;

/** Opens a file that is mapped. @throws {FatalError} when that is not possible */
export function openMapped(path: string, writable: boolean): FileBacking {
  const mode = writable ? constants.O_RDWR : constants.O_RDONLY;
  const descriptor = tryOpen(path, mode | constants.O_NONBLOCK | constants.O_NOCTTY);
  if (descriptor >= 0) return new HostFile(descriptor, path, writable);
  return fatal(
    `${path}, which the program has mapped, cannot be opened: ${errnoText(-descriptor)}`,
  );
}

/** An address space, saved and restored. */
export class SavedSpace implements Serializable {
  readonly #openFile: OpenMapped;
  readonly #space: { saveState(): AddressSpaceState } | undefined;
  readonly #files: FileBacking[] = [];
  #state: AddressSpaceState | undefined;

  /**
   * @param openFile - opens a file that is mapped, for one use of it
   * @param space - to be saved
   */
  constructor(openFile: OpenMapped, space?: { saveState(): AddressSpaceState }) {
    this.#openFile = openFile;
    this.#space = space;
  }

  /** After `unserialize`: what was saved. */
  get state(): AddressSpaceState {
    return this.#state ?? panic('an address space was used before it was restored');
  }

  /** Lets go of the files that `unserialize` has opened; areas that were made of them keep them. */
  releaseFiles(): void {
    for (const file of this.#files.splice(0)) file.release();
  }

  serialize(out: CheckpointOut): void {
    const state = this.#space?.saveState() ?? this.state;
    const { areas } = state;
    for (const name of SPACE_NUMBERS) out.paramOut(name, state[name]);
    const list = (name: string, of: (area: Vma) => number): void => {
      out.paramOut(`area.${name}`, areas.map(of));
    };
    for (const name of AREA_NUMBERS) list(name, area => area[name]);
    list('kind', ({ kind }) => KINDS.indexOf(kind));
    list('noReserve', ({ noReserve }) => Number(noReserve));
    list('shared', ({ shared }) => Number(shared));
    // A shared page holds what it was mapped with first, and that mapping may be gone.
    const backings = [...areas, ...state.sharedPages].flatMap(({ backing }) => backing ?? []);
    const files = [...new Set(backings)];
    list('file', ({ backing }) => (backing === undefined ? NO_FILE : files.indexOf(backing)));
    out.paramOut(
      'file.path',
      files.map(({ path }) => path),
    );
    out.paramOut(
      'file.writable',
      files.map(({ writable }) => Number(writable)),
    );
    saveShared(state.sharedPages, files, out);
    out.paramOut('file.digest', files.map(digestOf));
  }

  /** @throws {FatalError} when a mapped file has changed: pages that come in later are read from it */
  unserialize(from: CheckpointIn): void {
    const digests = from.bigints('file.digest');
    const writable = from.numbers('file.writable');
    for (const [i, path] of from.strings('file.path').entries()) {
      const file = this.#openFile(path, writable[i] === 1);
      this.#files.push(file);
      if (xxh64File(file.path) !== digests[i]) {
        fatal(
          file.path === path
            ? `${path} is not what it was when the checkpoint was made; put the old file back`
            : `${file.path} is not the program of the checkpoint, which was ${path}`,
        );
      }
    }
    const areas = loadAreas(from, this.#files);
    const [root = 0, pages = 0, breakStart = 0, end = 0] = SPACE_NUMBERS.map(name =>
      from.number(name),
    );
    const sharedPages = loadShared(from, this.#files);
    this.#state = { root, pages, breakStart, break: end, areas, sharedPages };
  }
}

/** The checksum of a mapped file. @throws {FatalError} when its path does not lead to it any more */
function digestOf({ path, identity }: FileBacking): bigint {
  const now = statusOf(path);
  if (now === undefined || `${String(now.dev)}:${String(now.ino)}` !== identity) {
    fatal(
      `${path}, which the program has mapped, cannot be saved: the file has lost its name; ` +
        'make the checkpoint at another point of the program',
    );
  }
  return xxh64File(path);
}

const SHARED_NUMBERS = ['physical', 'index', 'users'] as const;

function saveShared(
  pages: AddressSpaceState['sharedPages'],
  files: readonly FileBacking[],
  out: CheckpointOut,
): void {
  for (const name of SHARED_NUMBERS) {
    out.paramOut(
      `shared.${name}`,
      pages.map(page => page[name]),
    );
  }
  out.paramOut(
    'shared.written',
    pages.map(({ written }) => Number(written)),
  );
  out.paramOut(
    'shared.file',
    pages.map(({ backing }) => files.indexOf(backing)),
  );
}

function loadShared(
  from: CheckpointIn,
  files: readonly FileBacking[],
): AddressSpaceState['sharedPages'] {
  const [physicals = [], indices = [], users = []] = SHARED_NUMBERS.map(name =>
    from.numbers(`shared.${name}`),
  );
  const written = from.numbers('shared.written');
  return from.numbers('shared.file').map((number, i) => {
    const backing = files[number] ?? from.fail('the file of a shared page is missing');
    return {
      physical: physicals[i] ?? 0,
      index: indices[i] ?? 0,
      users: users[i] ?? 0,
      ...{ written: written[i] === 1, file: backing.identity, backing },
    };
  });
}

function loadAreas(from: CheckpointIn, files: readonly FileBacking[]): Vma[] {
  const names = [...AREA_NUMBERS, 'kind', 'noReserve', 'shared', 'file'] as const;
  const lists = new Map<string, readonly number[]>(
    names.map(name => [name, from.numbers(`area.${name}`)]),
  );
  return from.numbers('area.start').map((start, i) => {
    const of = (name: (typeof names)[number]): number =>
      lists.get(name)?.[i] ?? from.fail(`the list 'area.${name}' is too short`);
    const area = makeVma({
      ...{ start, end: of('end'), protection: of('protection') },
      kind: KINDS[of('kind')] ?? from.fail('an area is of no known kind'),
      backing:
        of('file') === NO_FILE ? undefined : (files[of('file')] ?? from.fail('a file is missing')),
      ...{ fileOffset: of('fileOffset'), fileLimit: of('fileLimit') },
      ...{ noReserve: of('noReserve') !== 0, shared: of('shared') !== 0 },
    });
    area.faultStart = of('faultStart');
    area.faultEnd = of('faultEnd');
    area.faultPages = of('faultPages');
    return area;
  });
}
