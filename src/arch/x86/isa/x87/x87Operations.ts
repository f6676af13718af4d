/** The operations of the x87, by name: their places in these lists are their numbers for helpers. */

/** Operations of two operands, in the order of their codes in opcodes. */
export const arithmeticNames = [
  ...(['add', 'mul', 'com', 'comp', 'sub', 'subr', 'div', 'divr'] as const),
];

/** Elementary functions. */
export const elementaryOperations = [
  ...(['f2xm1', 'yl2x', 'ptan', 'patan', 'yl2xp1', 'sincos', 'sin', 'cos'] as const),
];
/** One of them. */
export type ElementaryOperation = (typeof elementaryOperations)[number];

/** Operations without operands in memory. */
export const plainOperations = [
  ...(['chs', 'abs', 'tst', 'xam', 'sqrt', 'rndint', 'scale', 'prem', 'prem1', 'xtract'] as const),
  ...(['decstp', 'incstp', 'nclex', 'ninit', 'nop', 'compp', 'ucompp'] as const),
  ...(['ld', 'xch', 'free', 'freep', 'st', 'stp', 'ucom', 'ucomp', 'comi', 'comip'] as const),
  ...(['mmx', 'emms', 'summarize'] as const),
  ...(['ucomi', 'ucomip', 'ld1', 'ldl2t', 'ldl2e', 'ldpi', 'ldlg2', 'ldln2', 'ldz'] as const),
  ...elementaryOperations,
];
/** One of them. */
export type PlainOperation = (typeof plainOperations)[number];

/** How memory operands become numbers and the other way. */
export const memoryOperations = [
  ...(['ldSingle', 'ldDouble', 'ldExtended', 'ldInteger'] as const),
  ...(['stSingle', 'stDouble', 'stExtended', 'stInteger2', 'stInteger4', 'stInteger8'] as const),
  ...(['stTruncated2', 'stTruncated4', 'stTruncated8', 'pop'] as const),
  ...(['stPacked', 'ldPacked', 'stEnvironment', 'ldEnvironment', 'stState', 'ldState'] as const),
  ...(['ldControl'] as const),
];
/** One of them. */
export type MemoryOperation = (typeof memoryOperations)[number];
