// A setting that says where a lake or its tables are.
import { type LakeLocation, readLakeUrl } from '../lake/lake-url.ts';
import { hasAnotherForm, is, type SettingReader } from './setting-reader.ts';

/** Undefined after a problem. `read` then has the problem. */
export function readUrl(read: SettingReader, name: string, url: string): LakeLocation | undefined {
  const location = readLakeUrl(url);
  if (location.kind !== 'problem') return location;
  read.mustBe(name, location.mustBe, shown(url));
  return undefined;
}

/** Hides the parts of an address that can be a secret: people paste keys, connection strings and signed addresses. */
export function shown(url: string): string {
  const { protocol, username, password, host, pathname, search, hash } = URL.parse(url) ?? {};
  if (protocol === undefined || host === '') return /^[\w./:~-]{1,40}$/.test(url) ? is(url) : hasAnotherForm;
  const name = protocol === 'abfss:' ? `${username}@` : '';
  // Without secret parts, the address is shown unparsed: the parser removes `..`, and that can be the mistake.
  const isWhole = password === '' && search === '' && hash === '' && (username === '' || name !== '');
  return is(isWhole ? url : `${protocol}//${name}${host}${pathname}`);
}
