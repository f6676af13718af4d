import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeDescriptor,
  encodeDescriptor,
  encodeGate,
  encodeTaskState,
  SystemSegment,
  userCode,
  userData,
  type SegmentValue,
} from '../../../src/arch/x86/index';
import { PanicError } from '../../../src/base/index';

function word(bytes: Uint8Array, at = 0): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getBigUint64(at, true).toString(16).padStart(16, '0');
}

const taskSegment: SegmentValue = {
  ...{ base: 0xffff_ffff_8000_4000n, limit: 0x85, selector: 0x40, type: 0xb, present: true },
  ...{ dpl: 0, db: false, s: false, l: false, g: false, avl: false, unusable: false },
};

describe('Descriptors', () => {
  it('are the bytes that the manual says', () => {
    expect(word(encodeDescriptor(userCode))).to.equal('00affb000000ffff');
    expect(word(encodeDescriptor(userData))).to.equal('00cff3000000ffff');
    const kernel = { ...userCode, dpl: 0, selector: 8 };
    expect(word(encodeDescriptor(kernel))).to.equal('00af9b000000ffff');
    const task = encodeDescriptor(taskSegment);
    expect([word(task), word(task, 8)]).to.deep.equal(['80008b0040000085', '00000000ffffffff']);
  });

  it('decode to what they were made from', () => {
    const flags = fc.record({
      present: fc.boolean(),
      db: fc.boolean(),
      l: fc.boolean(),
      avl: fc.boolean(),
    });
    fc.assert(
      fc.property(
        flags,
        fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
        fc.nat(0xfffff),
        fc.boolean(),
        fc.nat(15),
        fc.nat(3),
        (bits, base, limit, g, type, dpl) => {
          const value: SegmentValue = {
            ...{ ...bits, base, limit: g ? limit * 4096 + 4095 : limit, g, type, dpl },
            ...{ selector: 8 | dpl, s: true, unusable: false },
          };
          expect(decodeDescriptor(encodeDescriptor(value), value.selector)).to.deep.equal(value);
        },
      ),
    );
    expect(decodeDescriptor(encodeDescriptor(taskSegment), 0x40)).to.deep.equal(taskSegment);
  });

  it('refuse limits that have no encoding', () => {
    expect(() => encodeDescriptor({ ...userCode, g: false })).to.throw(PanicError);
    expect(() => encodeDescriptor({ ...userCode, limit: 0x1000 })).to.throw(PanicError);
  });
});

describe('Gates', () => {
  it('are the bytes that the manual says', () => {
    const gate = encodeGate({
      ...{ offset: 0x1122_3344_5566_7788n, selector: 0x10, ist: 1 },
      ...{ type: SystemSegment.InterruptGate, dpl: 3 },
    });
    expect([word(gate), word(gate, 8)]).to.deep.equal(['5566ee0100107788', '0000000011223344']);
  });
});

describe('A task state segment', () => {
  it('has its stacks, and opens the given ports and no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(0xfff), { minLength: 1, maxLength: 5 }), openPorts => {
        const bytes = encodeTaskState({ rsp0: 0x1234n, interruptStacks: [5n, 6n], openPorts });
        const view = new DataView(bytes.buffer);
        expect(view.getBigUint64(4, true)).to.equal(0x1234n);
        expect([36, 44].map(at => view.getBigUint64(at, true))).to.deep.equal([5n, 6n]);
        const bitmap = view.getUint16(102, true);
        expect(bitmap).to.equal(104);
        expect(bytes.at(-1)).to.equal(0xff);
        const open: number[] = [];
        for (let port = 0; port < 0x10000; port++) {
          const byte = bytes[bitmap + (port >> 3)] ?? 0xff;
          if ((byte & (1 << (port & 7))) === 0) open.push(port);
        }
        expect(open).to.deep.equal([...openPorts].sort((a, b) => a - b));
      }),
    );
  });
});
