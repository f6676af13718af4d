/** Floor 2: saved state. */
export { CheckpointSections } from './sections';
