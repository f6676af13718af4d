/** Sections as messages, and back. */
import { Reader } from 'protobufjs/minimal';
import { assertNever, panic } from '../base/index';
import type { CheckpointValue } from '../sim/index';
import { CheckpointError } from './checkpointError';
import { Limits } from './limits';
import { toBigint, toNumber, toWire, type proto } from './proto';
import type { SavedSection } from './sections';

type EntryValue = Omit<proto.Entry.$Properties, 'key'>;

/** A section as a message. */
export function encodeSection(
  name: string,
  { version, values }: SavedSection,
): proto.Section.$Properties {
  const entry = [...values].map(([key, value]) => ({ key, ...encodeValue(key, value) }));
  return { name, version, entry };
}

function encodeValue(key: string, value: CheckpointValue): EntryValue {
  if (typeof value === 'boolean') return { boolean: value };
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number') {
    return isInteger(value) ? { integer: value } : { real: value };
  }
  if (typeof value === 'bigint') return { word: toWire(checkWord(key, value)) };
  if (value instanceof Uint8Array) return { data: value };
  return encodeList(key, value);
}

function encodeList(
  key: string,
  list: readonly number[] | readonly bigint[] | readonly string[],
): EntryValue {
  const [first] = list;
  if (typeof first === 'string') return { texts: { value: list as readonly string[] as string[] } };
  if (typeof first === 'bigint') {
    const words = list as readonly bigint[];
    return { words: { value: words.map(word => toWire(checkWord(key, word))) } };
  }
  const numbers = list as readonly number[] as number[];
  return numbers.every(isInteger)
    ? { integers: { value: numbers } }
    : { reals: { value: numbers } };
}

function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function checkWord(key: string, value: bigint): bigint {
  if (value === BigInt.asUintN(64, value)) return value;
  return panic(`'${key}' cannot be saved: ${String(value)} is no unsigned 64-bit number`);
}

/** A section from its message. @throws {CheckpointError} when a value is missing or twice there */
export function decodeSection(section: proto.Section): SavedSection {
  const values = new Map<string, CheckpointValue>();
  for (const entry of section.entry) {
    const place = { section: section.name, key: entry.key };
    if (values.has(entry.key)) throw new CheckpointError(place, 'the key is there twice');
    values.set(entry.key, decodeValue(entry, place));
  }
  if (section.version < 1) {
    throw new CheckpointError({ section: section.name }, 'it has no version');
  }
  return { version: section.version, values };
}

function decodeValue(
  entry: proto.Entry,
  place: { readonly section: string; readonly key: string },
): CheckpointValue {
  const { boolean, integer, real, word, text, data, integers, reals, words, texts } = entry;
  switch (entry.value) {
    case 'boolean':
      return boolean ?? false;
    case 'integer':
      return checkInteger(toNumber(integer ?? 0, true), place);
    case 'real':
      return real ?? 0;
    case 'word':
      return toBigint(word ?? 0);
    case 'text':
      return text ?? '';
    case 'data':
      // A copy: the record that it is part of need not stay.
      return Uint8Array.from(data ?? []);
    case 'integers':
      return (integers?.value ?? []).map(value => checkInteger(toNumber(value, true), place));
    case 'reals':
      return reals?.value ?? [];
    case 'words':
      return (words?.value ?? []).map(toBigint);
    case 'texts':
      return texts?.value ?? [];
    case undefined:
      throw new CheckpointError(place, 'the value is of a kind unknown to this mini-gem5');
    default:
      return assertNever(entry.value);
  }
}

function checkInteger(
  value: number,
  place: { readonly section: string; readonly key: string },
): number {
  if (Number.isSafeInteger(value)) return value;
  throw new CheckpointError(place, 'the number is beyond 2^53');
}

const WIRE_BYTES = 2;
const SECTION_ENTRY = 3;
const FIRST_LIST = 8;

/**
 * Counts what a section holds before memory is taken for it: an entry or a list element of one byte
 * takes a hundred as an object.
 * @param section - the message's bytes
 * @returns what is wrong, or undefined
 */
export function sectionExcess(section: Uint8Array): string | undefined {
  const reader = Reader.create(section);
  let entries = 0;
  let listBytes = 0;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 !== SECTION_ENTRY || (tag & 7) !== WIRE_BYTES) {
      reader.skipType(tag & 7);
      continue;
    }
    if (++entries > Limits.entries) return `more than ${String(Limits.entries)} values`;
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) {
      const inner = reader.uint32();
      const start = reader.pos;
      reader.skipType(inner & 7);
      if (inner >>> 3 >= FIRST_LIST) listBytes += reader.pos - start;
    }
    if (listBytes > Limits.listBytes) return `lists of more than ${String(Limits.listBytes)} bytes`;
  }
  return undefined;
}
