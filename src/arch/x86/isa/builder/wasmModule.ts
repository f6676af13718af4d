/**
 * The binary format of WebAssembly modules, as far as generated code needs it.
 * Source: WebAssembly core specification 2.0, chapter 5.
 */

/** The types of values, with their codes in the binary format. */
export const valueTypeCode = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

/** A type of values. */
export type ValueType = keyof typeof valueTypeCode;

/** What a function takes and gives. */
export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A function of the module, or one that it imports (from the module name `env`). */
export interface ImportedFunction {
  readonly name: string;
  readonly type: FunctionType;
}

/** A function's code: everything between its locals and its final `end`. */
export interface DefinedFunction {
  /** Name under which it is exported; empty for none. */
  readonly exportName: string;
  readonly type: FunctionType;
  /** How many locals of each type, in this order, follow the parameters. */
  readonly locals: readonly (readonly [count: number, type: ValueType])[];
  readonly code: readonly number[];
}

/** What a module consists of. */
export interface ModuleContent {
  readonly imports: readonly ImportedFunction[];
  readonly functions: readonly DefinedFunction[];
  /** Whether the table `env.handlers` of functions is imported. */
  readonly importsTable: boolean;
  /** Pages of the imported memory `env.memory`, which has as many as it may have. */
  readonly memoryPages: number;
  /** Types that code refers to besides those of functions: index 0 on. */
  readonly types: readonly FunctionType[];
}

/** Appends an unsigned number in LEB128. */
export function pushUnsigned(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

/** Appends a signed 32-bit number in LEB128. */
export function pushSigned(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
      out.push(byte);
      return;
    }
    out.push(byte | 0x80);
  }
}

/** Appends a signed 64-bit number in LEB128. */
export function pushSigned64(out: number[], value: bigint): void {
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)) {
      out.push(byte);
      return;
    }
    out.push(byte | 0x80);
  }
}

const SectionId = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const FUNCTION_TYPE = 0x60;
const FUNCTION_REFERENCE = 0x70;
const END = 0x0b;

function pushName(out: number[], name: string): void {
  pushUnsigned(out, name.length);
  for (const letter of name) out.push(letter.charCodeAt(0));
}

/** Numbers function types, each once. */
class TypeTable {
  readonly encoded: number[][] = [];
  readonly #indices = new Map<string, number>();

  indexOf({ parameters, results }: FunctionType): number {
    const key = `${parameters.join()}:${results.join()}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const bytes = [FUNCTION_TYPE];
    for (const types of [parameters, results]) {
      pushUnsigned(bytes, types.length);
      for (const type of types) bytes.push(valueTypeCode[type]);
    }
    this.#indices.set(key, this.encoded.length);
    return this.encoded.push(bytes) - 1;
  }
}

function pushSection(out: number[], id: number, items: readonly (readonly number[])[]): void {
  const body: number[] = [];
  pushUnsigned(body, items.length);
  for (const item of items) for (const byte of item) body.push(byte);
  out.push(id);
  pushUnsigned(out, body.length);
  for (const byte of body) out.push(byte);
}

function importItem(name: string, description: readonly number[]): number[] {
  const item: number[] = [];
  pushName(item, 'env');
  pushName(item, name);
  item.push(...description);
  return item;
}

function imports(content: ModuleContent, types: TypeTable): number[][] {
  const limits: number[] = [];
  pushUnsigned(limits, content.memoryPages);
  pushUnsigned(limits, content.memoryPages);
  const items = [importItem('memory', [0x02, 0x01, ...limits])];
  if (content.importsTable) {
    items.push(importItem('handlers', [0x01, FUNCTION_REFERENCE, 0x00, 0x00]));
  }
  for (const { name, type } of content.imports) {
    const description = [0x00];
    pushUnsigned(description, types.indexOf(type));
    items.push(importItem(name, description));
  }
  return items;
}

function codeItem({ locals, code }: DefinedFunction): number[] {
  const body: number[] = [];
  pushUnsigned(body, locals.length);
  for (const [count, type] of locals) {
    pushUnsigned(body, count);
    body.push(valueTypeCode[type]);
  }
  for (const byte of code) body.push(byte);
  body.push(END);
  const item: number[] = [];
  pushUnsigned(item, body.length);
  for (const byte of body) item.push(byte);
  return item;
}

/** The bytes of a module. Functions are numbered imports first. */
export function encodeModule(content: ModuleContent): Uint8Array {
  const types = new TypeTable();
  for (const type of content.types) types.indexOf(type);
  const importItems = imports(content, types);
  const functionItems = content.functions.map(({ type }) => {
    const item: number[] = [];
    pushUnsigned(item, types.indexOf(type));
    return item;
  });
  const exportItems = content.functions.flatMap(({ exportName }, i) => {
    if (exportName === '') return [];
    const item: number[] = [];
    pushName(item, exportName);
    item.push(0x00);
    pushUnsigned(item, content.imports.length + i);
    return [item];
  });
  const out = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  pushSection(out, SectionId.type, types.encoded);
  pushSection(out, SectionId.import, importItems);
  pushSection(out, SectionId.function, functionItems);
  pushSection(out, SectionId.export, exportItems);
  pushSection(out, SectionId.code, content.functions.map(codeItem));
  return Uint8Array.from(out);
}
