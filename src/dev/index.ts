/** Floor 7: devices. They meet KVM through interfaces of lower floors only. */
export { BadDevice, badDeviceSchema } from './badDevice';
export type { BadDeviceParams } from './badDevice';
export { DEBUG_EXIT_CAUSE, IsaDebugExit, isaDebugExitSchema } from './isaDebugExit';
export type { IsaDebugExitParams } from './isaDebugExit';
export { badAddrSchema, IsaFake, isaFakeSchema } from './isaFake';
export type { IsaFakeParams } from './isaFake';
export { BasicPioDevice, basicPioDeviceSchema, PioDevice, pioDeviceSchema } from './pioDevice';
export type { BasicPioDeviceParams, PioDeviceParams } from './pioDevice';
export { Pc, pcSchema, Platform, platformSchema } from './platform';
export type { PcParams, PlatformParams } from './platform';
export { FwCfgItem, QemuFwCfgIo, qemuFwCfgIoSchema } from './qemuFwCfg';
export type { QemuFwCfgIoParams } from './qemuFwCfg';
export { SerialDevice, serialDeviceSchema, SerialNullDevice } from './serialDevice';
export type { SerialDeviceParams } from './serialDevice';
export { Terminal, terminalSchema } from './terminal';
export type { TerminalParams } from './terminal';
export { Uart8250, uart8250Schema } from './uart8250';
export type { Uart8250Params } from './uart8250';
