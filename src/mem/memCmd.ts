/**
 * The commands that packets carry, and what each of them means. Source: gem5 `mem/packet.hh`,
 * `mem/packet.cc`.
 */

/** What a command means, as bits to be tested with `&`. */
export const MemCmdAttribute = {
  /** Data flows from the responder to the requestor. */
  IsRead: 1 << 0,
  /** Data flows from the requestor to the responder. */
  IsWrite: 1 << 1,
  IsUpgrade: 1 << 2,
  IsInvalidate: 1 << 3,
  /** Writes dirty copies back. */
  IsClean: 1 << 4,
  /** A cache needs a writable copy to complete it. */
  NeedsWritable: 1 << 5,
  /** Sent by a requestor. */
  IsRequest: 1 << 6,
  /** Sent by a responder. */
  IsResponse: 1 << 7,
  /** The requestor waits for a response. */
  NeedsResponse: 1 << 8,
  IsEviction: 1 << 9,
  IsSWPrefetch: 1 << 10,
  IsHWPrefetch: 1 << 11,
  /** A load-locked or store-conditional access. */
  IsLlsc: 1 << 12,
  /** Half of an x86 locked read-modify-write. */
  IsLockedRMW: 1 << 13,
  /** The packet has a payload. */
  HasData: 1 << 14,
  IsError: 1 << 15,
  /** Prints the state that matches the address, for debugging. */
  IsPrint: 1 << 16,
  IsFlush: 1 << 17,
  /** Sent by a cache. */
  FromCache: 1 << 18,
} as const;

const A = MemCmdAttribute;
const READ_REQUEST = A.IsRead | A.IsRequest | A.NeedsResponse;
const READ_RESPONSE = A.IsRead | A.IsResponse | A.HasData;
const WRITE_REQUEST = A.IsWrite | A.NeedsWritable | A.IsRequest | A.NeedsResponse | A.HasData;
const WRITE_RESPONSE = A.IsWrite | A.IsResponse;
const FROM_CACHE_BACK = A.IsWrite | A.IsRequest | A.HasData | A.FromCache;
const INVALIDATING = A.IsInvalidate | A.NeedsWritable;
const ERROR = A.IsResponse | A.IsError;

/** One row per command in gem5's order: name, attributes, and the response that it gets. */
const COMMANDS = [
  ['InvalidCmd', 0],
  ['ReadReq', READ_REQUEST, 'ReadResp'],
  ['ReadResp', READ_RESPONSE],
  ['ReadRespWithInvalidate', READ_RESPONSE | A.IsInvalidate],
  ['WriteReq', WRITE_REQUEST, 'WriteResp'],
  ['WriteResp', WRITE_RESPONSE],
  ['WriteCompleteResp', WRITE_RESPONSE],
  ['WritebackDirty', FROM_CACHE_BACK | A.IsEviction],
  ['WritebackClean', FROM_CACHE_BACK | A.IsEviction],
  ['WriteClean', FROM_CACHE_BACK],
  ['CleanEvict', A.IsRequest | A.IsEviction | A.FromCache],
  ['SoftPFReq', READ_REQUEST | A.IsSWPrefetch, 'SoftPFResp'],
  ['SoftPFExReq', READ_REQUEST | INVALIDATING | A.IsSWPrefetch, 'SoftPFResp'],
  ['HardPFReq', READ_REQUEST | A.IsHWPrefetch | A.FromCache, 'HardPFResp'],
  ['SoftPFResp', READ_RESPONSE | A.IsSWPrefetch],
  ['HardPFResp', READ_RESPONSE | A.IsHWPrefetch],
  ['WriteLineReq', WRITE_REQUEST, 'WriteResp'],
  [
    'UpgradeReq',
    INVALIDATING | A.IsUpgrade | A.IsRequest | A.NeedsResponse | A.FromCache,
    'UpgradeResp',
  ],
  [
    'SCUpgradeReq',
    INVALIDATING | A.IsUpgrade | A.IsLlsc | A.IsRequest | A.NeedsResponse | A.FromCache,
    'UpgradeResp',
  ],
  ['UpgradeResp', A.IsUpgrade | A.IsResponse],
  ['SCUpgradeFailReq', READ_REQUEST | INVALIDATING | A.IsLlsc | A.FromCache, 'UpgradeFailResp'],
  ['UpgradeFailResp', READ_RESPONSE],
  ['ReadExReq', READ_REQUEST | INVALIDATING | A.FromCache, 'ReadExResp'],
  ['ReadExResp', READ_RESPONSE],
  ['ReadCleanReq', READ_REQUEST | A.FromCache, 'ReadResp'],
  ['ReadSharedReq', READ_REQUEST | A.FromCache, 'ReadResp'],
  ['LoadLockedReq', READ_REQUEST | A.IsLlsc, 'ReadResp'],
  ['StoreCondReq', WRITE_REQUEST | A.IsLlsc, 'StoreCondResp'],
  ['StoreCondFailReq', WRITE_REQUEST | A.IsLlsc, 'StoreCondResp'],
  ['StoreCondResp', WRITE_RESPONSE | A.IsLlsc],
  ['LockedRMWReadReq', READ_REQUEST | A.IsLockedRMW | A.NeedsWritable, 'LockedRMWReadResp'],
  ['LockedRMWReadResp', READ_RESPONSE | A.IsLockedRMW | A.NeedsWritable],
  ['LockedRMWWriteReq', WRITE_REQUEST | A.IsLockedRMW, 'LockedRMWWriteResp'],
  ['LockedRMWWriteResp', WRITE_RESPONSE | A.IsLockedRMW | A.NeedsWritable],
  ['SwapReq', WRITE_REQUEST | A.IsRead, 'SwapResp'],
  ['SwapResp', READ_RESPONSE | A.IsWrite],
  ['Deprecated_MessageReq', 0],
  ['Deprecated_MessageResp', 0],
  ['MemFenceReq', A.IsRequest | A.NeedsResponse, 'MemFenceResp'],
  ['MemSyncReq', A.IsRequest | A.NeedsResponse, 'MemSyncResp'],
  ['MemSyncResp', A.IsResponse],
  ['MemFenceResp', A.IsResponse],
  ['CleanSharedReq', A.IsRequest | A.IsClean | A.NeedsResponse | A.FromCache, 'CleanSharedResp'],
  ['CleanSharedResp', A.IsResponse | A.IsClean],
  [
    'CleanInvalidReq',
    A.IsRequest | A.IsInvalidate | A.IsClean | A.NeedsResponse | A.FromCache,
    'CleanInvalidResp',
  ],
  ['CleanInvalidResp', A.IsResponse | A.IsInvalidate | A.IsClean],
  ['InvalidDestError', ERROR],
  ['BadAddressError', ERROR],
  ['ReadError', ERROR | A.IsRead],
  ['WriteError', ERROR | A.IsWrite],
  ['FunctionalReadError', ERROR | A.IsRead],
  ['FunctionalWriteError', ERROR | A.IsWrite],
  ['PrintReq', A.IsRequest | A.IsPrint],
  ['FlushReq', A.IsRequest | A.IsFlush | A.NeedsWritable],
  ['InvalidateReq', INVALIDATING | A.IsRequest | A.NeedsResponse | A.FromCache, 'InvalidateResp'],
  ['InvalidateResp', A.IsInvalidate | A.IsResponse],
  ['HTMReq', READ_REQUEST, 'HTMReqResp'],
  ['HTMReqResp', A.IsRead | A.IsResponse],
  ['HTMAbort', A.IsRead | A.IsRequest],
  ['TlbiExtSync', A.IsRequest],
] as const;

type CommandName = (typeof COMMANDS)[number][0];

/** A command: its index in gem5's table. */
export type MemCmd = number;

/** The commands by name. */
export const MemCmd = Object.freeze(
  Object.fromEntries(COMMANDS.map(([name], index) => [name, index])),
) as Readonly<Record<CommandName, MemCmd>>;

/** How many commands there are. */
export const NUM_MEM_CMDS: number = COMMANDS.length;

// Typed arrays, since every packet looks its command up.
const attributes = Int32Array.from(COMMANDS, row => row[1]);
const responses = Int32Array.from(COMMANDS, row => MemCmd[row[2] ?? 'InvalidCmd']);

/** The `MemCmdAttribute` bits of a command. */
export function memCmdAttributes(cmd: MemCmd): number {
  return attributes[cmd] ?? 0;
}

/** The response to a command; `InvalidCmd` when it gets none. */
export function memCmdResponse(cmd: MemCmd): MemCmd {
  return responses[cmd] ?? MemCmd.InvalidCmd;
}

/** The name of a command, as statistics and traces show it. */
export function memCmdName(cmd: MemCmd): string {
  return COMMANDS[cmd]?.[0] ?? `command ${String(cmd)}`;
}
