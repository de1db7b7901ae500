// A thread of a load: reads a dump and writes the files, while the main thread puts them.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { root } from '../paths.ts';

enableCompileCache(join(root, 'node_modules/.cache/compiled'));
await import('./reading-thread.ts');
