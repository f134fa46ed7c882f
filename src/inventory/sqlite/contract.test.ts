import { inventoryContract } from '../contract/inventory.fixture.ts';
import { createFolder, keptIn } from './inventory.fixture.ts';

inventoryContract(() => keptIn(createFolder()));
