// A separate process that writes to a folder: `folder-writer.ts <folder> <letter> <path>…`. It prints the outcome of
// each.
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import { lettersOf } from './letters.ts';
import { never } from './never.ts';

const [folder = '', letter = '', ...paths] = process.argv.slice(2);
const lake = folderWriter(folder);
const create = (path: string) => lake.create(path, lettersOf(letter), 'application/json', never);

console.log(JSON.stringify({ results: await Promise.all(paths.map(create)) }));
