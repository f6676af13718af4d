/**
 * A device that KVM emulates in the kernel, and its attributes.
 *
 * Sources: gem5 `cpu/kvm/device.hh`; KVM API sections 4.79 to 4.81.
 */
import { withAddressOf } from '../host/index';
import { KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR, KVM_SET_DEVICE_ATTR } from './abi';
import { kvmDeviceAttr } from './abiVm';
import { KvmDescriptor } from './descriptor';
import { hostSystemCalls, type KvmSystemCalls } from './systemCalls';

/** Bytes of an attribute's value. */
export type AttributeSize = 4 | 8;

/** One in-kernel device. Owns its descriptor; closed by {@link dispose}. */
export class KvmDevice {
  readonly #descriptor: KvmDescriptor;

  /**
   * @param fd - from `KvmVM.createDevice`, taken over
   * @param name - what it is, for messages: `the interrupt controller`
   */
  constructor(fd: number, name = 'an in-kernel device', calls: KvmSystemCalls = hostSystemCalls) {
    this.#descriptor = new KvmDescriptor(calls, fd, name);
  }

  /** False once disposed of. */
  get isOpen(): boolean {
    return this.#descriptor.isOpen;
  }

  /** Whether the device has an attribute. */
  hasAttr(group: number, attr: number | bigint): boolean {
    const request = deviceAttr(group, attr, 0n);
    return this.#descriptor.tryRequest(KVM_HAS_DEVICE_ATTR, request) === 0;
  }

  /**
   * An attribute that is an unsigned number.
   * @throws {KvmError} when there is none, or it cannot be read
   */
  getAttr(group: number, attr: number | bigint, bytes: AttributeSize): bigint {
    const value = new DataView(new ArrayBuffer(bytes));
    this.getAttrPtr(group, attr, value);
    return bytes === 4 ? BigInt(value.getUint32(0, true)) : value.getBigUint64(0, true);
  }

  /**
   * Sets an attribute that is a number.
   * @param value - only its lowest `bytes` bytes count
   * @throws {KvmError} when there is none, or it cannot have the value
   */
  setAttr(
    group: number,
    attr: number | bigint,
    value: number | bigint,
    bytes: AttributeSize,
  ): void {
    const data = new DataView(new ArrayBuffer(bytes));
    if (bytes === 4) data.setUint32(0, Number(BigInt.asUintN(32, BigInt(value))), true);
    else data.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    this.setAttrPtr(group, attr, data);
  }

  /** Reads an attribute into `data`, which is as large as the attribute. @throws {KvmError} */
  getAttrPtr(group: number, attr: number | bigint, data: ArrayBufferView): void {
    this.#access(KVM_GET_DEVICE_ATTR, 'reading', { group, attr, data });
  }

  /** Sets an attribute from `data`, which is as large as the attribute. @throws {KvmError} */
  setAttrPtr(group: number, attr: number | bigint, data: ArrayBufferView): void {
    this.#access(KVM_SET_DEVICE_ATTR, 'setting', { group, attr, data });
  }

  #access(request: number, verb: string, { group, attr, data }: Attribute): void {
    const doing = `${verb} attribute 0x${attr.toString(16)} of group ${String(group)}`;
    withAddressOf(data, address =>
      this.#descriptor.request(request, deviceAttr(group, attr, address), doing),
    );
  }

  /** Closes the device. A second call does nothing. */
  dispose(): void {
    this.#descriptor.dispose();
  }
}

interface Attribute {
  readonly group: number;
  readonly attr: number | bigint;
  readonly data: ArrayBufferView;
}

/** A `struct kvm_device_attr`. */
function deviceAttr(group: number, attr: number | bigint, address: bigint): DataView {
  const { offset } = kvmDeviceAttr;
  const request = new DataView(new ArrayBuffer(kvmDeviceAttr.size));
  request.setUint32(offset.group, group, true);
  request.setBigUint64(offset.attr, BigInt(attr), true);
  request.setBigUint64(offset.addr, address, true);
  return request;
}
