/** `npm run docs:instructions`: writes docs/instructions.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTRUCTION_PAGE, instructionPage } from '../instructionPage';
import { repositoryRoot } from '../repository';

writeFileSync(join(repositoryRoot, INSTRUCTION_PAGE), instructionPage());
