import { decoded, type LocationProblem, problem } from '../location-problem.ts';

export interface FolderLocation {
  readonly kind: 'folder';
  readonly folder: string;
}

/** `file:./lake`, `file:/data/lake` and `file:///data/lake`. */
export function readFolderLocation(text: string): FolderLocation | LocationProblem {
  const path = decoded(text.slice('file:'.length).replace(/^\/\/(?=\/)/, ''));
  return path === undefined || path === '' || path.startsWith('//') || /\p{Cc}/u.test(path)
    ? problem('file: and a folder, as in file:./lake')
    : { kind: 'folder', folder: path };
}
