import { expect } from 'chai';
import {
  MemCmd,
  MemCmdAttribute as A,
  memCmdAttributes,
  memCmdName,
  memCmdResponse,
  NUM_MEM_CMDS,
} from '../../../src/mem/index';

describe('Memory commands', () => {
  const all = Array.from({ length: NUM_MEM_CMDS }, (_, cmd) => cmd);
  const has = (cmd: number, bit: number): boolean => (memCmdAttributes(cmd) & bit) !== 0;

  it('have the numbers of gem5, which statistics are indexed by', () => {
    expect([MemCmd.InvalidCmd, MemCmd.ReadReq, MemCmd.WriteReq, MemCmd.SwapReq]).to.deep.equal([
      0, 1, 4, 34,
    ]);
    expect([MemCmd.MemFenceReq, MemCmd.CleanSharedReq, NUM_MEM_CMDS]).to.deep.equal([38, 42, 60]);
  });

  it('have names and responses', () => {
    const pairs = ['ReadReq', 'WriteReq', 'SwapReq', 'LoadLockedReq', 'StoreCondReq'] as const;
    expect(pairs.map(name => memCmdName(memCmdResponse(MemCmd[name])))).to.deep.equal([
      'ReadResp',
      'WriteResp',
      'SwapResp',
      'ReadResp',
      'StoreCondResp',
    ]);
    expect(memCmdResponse(MemCmd.WritebackDirty)).to.equal(MemCmd.InvalidCmd);
  });

  it('get a response exactly when they need one, and it is a response', () => {
    for (const cmd of all) {
      const response = memCmdResponse(cmd);
      expect(response !== MemCmd.InvalidCmd, memCmdName(cmd)).to.equal(has(cmd, A.NeedsResponse));
      if (response === MemCmd.InvalidCmd) continue;
      expect(has(cmd, A.IsRequest), memCmdName(cmd)).to.equal(true);
      expect(has(response, A.IsResponse), memCmdName(cmd)).to.equal(true);
    }
  });

  it('are requests or responses, never both', () => {
    for (const cmd of all) {
      expect(has(cmd, A.IsRequest) && has(cmd, A.IsResponse), memCmdName(cmd)).to.equal(false);
    }
  });

  it('carry data one way: writes on the request, reads on the response', () => {
    expect(has(MemCmd.ReadReq, A.HasData)).to.equal(false);
    expect(has(MemCmd.ReadResp, A.HasData)).to.equal(true);
    expect(has(MemCmd.WriteReq, A.HasData)).to.equal(true);
    expect(has(MemCmd.WriteResp, A.HasData)).to.equal(false);
    expect(has(MemCmd.SwapReq, A.HasData) && has(MemCmd.SwapResp, A.HasData)).to.equal(true);
  });
});
