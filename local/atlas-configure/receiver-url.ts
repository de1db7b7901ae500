// Checks the address that the Atlas functions post to. A message never repeats a possible key.

import { isThisMachine } from '../../shared/lake/this-machine.ts';
import { placeholderUrl } from './lake-sync.ts';

export interface UrlProblem {
  readonly requirement: string;
  readonly found: string;
}

export function findUrlProblem(text: string): UrlProblem | undefined {
  if (text === placeholderUrl) return undefined;
  const url = URL.parse(text);
  const found = `it is ${JSON.stringify(withoutKeys(text))}`;
  // URL.parse() drops white space and control characters. The Atlas functions may not do that.
  if (url === null || /[\s\p{Cc}]/u.test(text)) return { requirement: 'the whole address of the receiver', found };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isThisMachine(url.hostname)))
    return { requirement: 'an https:// address, or http:// for localhost', found };
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text))
    return {
      requirement: 'without user, query string and fragment',
      found: 'it has one: put a key into the secret lakeReceiverKey',
    };
  if (!url.pathname.endsWith('/api/change-events'))
    return { requirement: 'an address that ends in /api/change-events', found };
  return undefined;
}

function withoutKeys(text: string): string {
  return text.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
}
