/** Floor 2: saved state, its files, and what can be done with them. */
export { packCheckpoint, unpackCheckpoint } from './archive';
export { removeLeftovers } from './atomicDirectory';
export { readChain } from './chain';
export type { ChainLink } from './chain';
export { ChainImages } from './chainImages';
export { CHECKPOINT_FILE, readCheckpointFile } from './checkpointFile';
export { CheckpointError } from './checkpointError';
export { diffCheckpoints } from './diff';
export type { CheckpointDifference } from './diff';
export { openCheckpoint } from './readCheckpoint';
export type { OpenCheckpoint } from './readCheckpoint';
export { CheckpointSections } from './sections';
export { squashCheckpoint } from './squash';
export { verifyCheckpoint } from './verify';
export { writeCheckpoint } from './writeCheckpoint';
export type { CheckpointRequest, WrittenCheckpoint } from './writeCheckpoint';
export { xxh64File } from './xxh64';
