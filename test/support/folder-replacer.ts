// A separate process that replaces one file in a folder: `folder-replacer.ts <folder> <path>`.
import { folderReplacer } from '../../shared/lake/folder/folder-replacer.ts';
import { never } from './never.ts';

const [folder = '', path = ''] = process.argv.slice(2);

await folderReplacer(folder).replace(path, Buffer.from('new'), 'application/json', never);
