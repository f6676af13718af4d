/** How a C struct lies in memory: its size and where its fields are, in bytes. */
export interface StructLayout<Offsets extends Readonly<Record<string, number>>> {
  /** Name of the struct in C, without the keyword. */
  readonly cName: string;
  /** `sizeof`, in bytes. A trailing flexible array counts nothing. */
  readonly size: number;
  /** `offsetof` by C member designator, in bytes. */
  readonly offset: Offsets;
}

/** Declares the layout of a C struct. */
export const struct = <const Offsets extends Readonly<Record<string, number>>>(
  cName: string,
  size: number,
  offset: Offsets,
): StructLayout<Offsets> => ({ cName, size, offset });
