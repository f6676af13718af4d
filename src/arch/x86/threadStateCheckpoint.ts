import type { CheckpointIn, CheckpointOut } from '../../sim/index';
import { msrName, stateMsrs } from './msr';
import { RegisterSet } from './registerSets';
import { gprNames, segmentNames } from './registers';
import type { SegmentRegister } from './segmentRegister';
import type { X86ThreadState } from './threadState';

const controlRegisters = ['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'efer', 'apicBase', 'xcr0'] as const;
const descriptorTables = ['gdt', 'idt'] as const;
const debugRegisters = [0, 1, 2, 3, 6, 7];
const segmentNumbers = ['limit', 'selector', 'type', 'dpl'] as const;
const segmentFlags = ['present', 'db', 's', 'l', 'g', 'avl', 'unusable'] as const;

/** Saves all registers under names of their own, in the current section. */
export function serializeThreadState(state: X86ThreadState, out: CheckpointOut): void {
  state.refresh(RegisterSet.All);
  for (const [i, name] of gprNames.entries()) out.paramOut(`regs.${name}`, state.gpr(i));
  for (const [i, segment] of state.segments.entries()) {
    saveSegment(segment, `sregs.${segmentNames[i] ?? ''}`, out);
  }
  for (const name of descriptorTables) {
    out.paramOut(`sregs.${name}.base`, state[name].base);
    out.paramOut(`sregs.${name}.limit`, state[name].limit);
  }
  for (const name of controlRegisters) out.paramOut(`sregs.${name}`, state[name]);
  for (const i of debugRegisters) out.paramOut(`dr${String(i)}`, state.debugRegister(i));
  for (const index of stateMsrs) out.paramOut(`msr.${msrName(index)}`, state.msr(index));
  out.paramOut('mpState', state.mpState);
  // The kernel's own layouts: pending exceptions and interrupts, and the vector registers.
  out.paramOut('events', state.bytesOf('events').slice());
  out.paramOut('xsave', state.bytesOf('xsave').slice());
  out.paramOut('lapic', state.bytesOf('lapic').slice());
  state.interrupts.serialize(out);
}

/** Restores what {@link serializeThreadState} saved; everything is dirty afterwards. */
export function unserializeThreadState(state: X86ThreadState, from: CheckpointIn): void {
  state.stale = 0;
  for (const [i, name] of gprNames.entries()) state.setGpr(i, from.bigint(`regs.${name}`));
  for (const [i, segment] of state.segments.entries()) {
    loadSegment(segment, `sregs.${segmentNames[i] ?? ''}`, from);
  }
  for (const name of descriptorTables) {
    state[name].base = from.bigint(`sregs.${name}.base`);
    state[name].limit = from.number(`sregs.${name}.limit`);
  }
  for (const name of controlRegisters) state[name] = from.bigint(`sregs.${name}`);
  for (const i of debugRegisters) state.setDebugRegister(i, from.bigint(`dr${String(i)}`));
  for (const index of stateMsrs) state.setMsr(index, from.bigint(`msr.${msrName(index)}`));
  state.mpState = from.number('mpState');
  state.bytesOf('events').set(from.bytes('events'));
  state.bytesOf('xsave').set(from.bytes('xsave'));
  state.bytesOf('lapic').set(from.bytes('lapic'));
  state.interrupts.unserialize(from);
  state.dirty = RegisterSet.All;
}

function saveSegment(segment: SegmentRegister, path: string, out: CheckpointOut): void {
  out.paramOut(`${path}.base`, segment.base);
  for (const field of segmentNumbers) out.paramOut(`${path}.${field}`, segment[field]);
  for (const field of segmentFlags) out.paramOut(`${path}.${field}`, segment[field]);
}

function loadSegment(segment: SegmentRegister, path: string, from: CheckpointIn): void {
  segment.base = from.bigint(`${path}.base`);
  for (const field of segmentNumbers) segment[field] = from.number(`${path}.${field}`);
  for (const field of segmentFlags) segment[field] = from.boolean(`${path}.${field}`);
}
