/** Builders and stand-ins for tests of devices. */
import { CheckpointSections } from '../../src/checkpoint/index';
import * as dev from '../../src/dev/index';
import { defineSchema, nodeClass, serializeSection, unserializeSection } from '../../src/sim/index';
import type { AnyNode, PortRef, SimObject, Simulation } from '../../src/sim/index';
import { aClock, instantiated, IOXBar, System, TestRequestor } from './memory';
import type { TestRequestorModel } from './memory';

export const BadDevice = nodeClass(dev.BadDevice, dev.badDeviceSchema);
export const BadAddr = nodeClass(dev.IsaFake, dev.badAddrSchema);
export const IsaFake = nodeClass(dev.IsaFake, dev.isaFakeSchema);
export const IsaDebugExit = nodeClass(dev.IsaDebugExit, dev.isaDebugExitSchema);
export const QemuFwCfgIo = nodeClass(dev.QemuFwCfgIo, dev.qemuFwCfgIoSchema);
export const Terminal = nodeClass(dev.Terminal, dev.terminalSchema);
export const Uart8250 = nodeClass(dev.Uart8250, dev.uart8250Schema);
export const Pc = nodeClass(dev.Pc, dev.pcSchema);

/** A node of a device, as far as a test's system needs it. */
export interface DeviceNode<M extends SimObject> extends AnyNode {
  pio: PortRef;
  simObject(): M;
}

/** A device behind a crossbar, and somebody who accesses it. */
export interface DeviceBench<M extends SimObject> {
  readonly simulation: Simulation;
  readonly cpu: TestRequestorModel;
  readonly device: M;
}

/** A system around a device. */
export function aDeviceBench<M extends SimObject>(
  device: DeviceNode<M>,
  options: { readonly memMode?: 'atomic' | 'timing' } = {},
): DeviceBench<M> {
  // The system has no need of the device's own type, which a generic function cannot show to fit.
  const child: AnyNode = device;
  const system = new System({
    clkDomain: aClock(),
    memMode: options.memMode ?? 'atomic',
    bus: new IOXBar(),
    cpu: new TestRequestor(),
    device: child,
  });
  device.pio = system.bus.memSidePorts;
  system.cpu.port = system.bus.cpuSidePorts;
  system.systemPort = system.bus.cpuSidePorts;
  const simulation = instantiated(system);
  return { simulation, cpu: system.cpu.simObject(), device: device.simObject() };
}

/** The state of an object, as a checkpoint holds it. */
export function savedState(object: SimObject): CheckpointSections {
  const checkpoint = new CheckpointSections('nowhere');
  serializeSection(checkpoint, 'object', object);
  return checkpoint;
}

/** Gives an object the state that `savedState` took from another one. */
export function restoreState(object: SimObject, checkpoint: CheckpointSections): void {
  unserializeSection(checkpoint, 'object', object);
}

const testSerialSchema = defineSchema('TestSerialDevice', dev.serialDeviceSchema, {
  description: 'A serial line whose far end is a test',
});

/** A serial line: keeps what was written, and hands out what the test types. */
export class TestSerialModel extends dev.SerialDevice {
  static override readonly schema = testSerialSchema;
  /** What the UART has sent. */
  readonly written: number[] = [];
  readonly #typed: number[] = [];

  /** Makes bytes come in. */
  type(...bytes: readonly number[]): void {
    this.#typed.push(...bytes);
    this.notifyInterface();
  }

  override dataAvailable(): boolean {
    return this.#typed.length > 0;
  }

  override readData(): number {
    const byte = this.#typed.shift();
    if (byte === undefined) throw new Error('nothing was typed');
    return byte;
  }

  override writeData(byte: number): void {
    this.written.push(byte);
  }
}

export const TestSerial = nodeClass(TestSerialModel, testSerialSchema);

const testPlatformSchema = defineSchema('TestPlatform', dev.platformSchema, {
  description: 'A board that writes down what its interrupt lines do',
});

/** A board on which a test sees the interrupt lines. */
export class TestPlatformModel extends dev.Platform {
  static override readonly schema = testPlatformSchema;
  /** What the lines have done: `4 high`. */
  readonly journal: string[] = [];

  override setInterruptLine(irq: number, high: boolean): void {
    this.journal.push(`${String(irq)} ${high ? 'high' : 'low'}`);
  }
}

export const TestPlatform = nodeClass(TestPlatformModel, testPlatformSchema);
