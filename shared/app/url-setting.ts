// A setting that says where a lake or its tables are.
import { type LakeLocation, readLakeUrl } from '../lake/lake-url.ts';
import { is, isOfAnotherForm, type SettingReader } from './setting-reader.ts';

/** Undefined where it is a problem, which the reader then has. */
export function readUrl(read: SettingReader, name: string, url: string): LakeLocation | undefined {
  const location = readLakeUrl(url);
  if (location.kind !== 'problem') return location;
  read.mustBe(name, location.mustBe, shown(url));
  return undefined;
}

/** A person may have pasted a key, a connection string, or an address with a signature: only what can be none is shown. */
export function shown(url: string): string {
  const { protocol, username, password, host, pathname, search, hash } = URL.parse(url) ?? {};
  if (protocol === undefined || host === '') return /^[\w./:~-]{1,40}$/.test(url) ? is(url) : isOfAnotherForm;
  const name = protocol === 'abfss:' ? `${username}@` : '';
  // As it was set, where nothing in it is hidden: the parser takes `..` and the like away, which may be what is wrong.
  const isWhole = password === '' && search === '' && hash === '' && (username === '' || name !== '');
  return is(isWhole ? url : `${protocol}//${name}${host}${pathname}`);
}
