// What an answer that is not the one hoped for means, and what to do.
import { appCommand, type Places } from '../places.ts';
import type { Answerer } from './who-answered.ts';

const must = 'the receiver must answer there';

export function toldOf(who: Answerer): string {
  switch (who.kind) {
    case 'receipt':
      return 'an empty delivery must store nothing: the receipt counts events';
    case 'problem':
      return `the receiver must accept an empty delivery: it answers "${who.type}"`;
    case 'health':
      return `${must}: what answers is its health`;
    case 'login':
      return `${must}: a login page does, so no sender gets through`;
    case 'key':
      return `${must}: Azure asks for a key`;
    case 'nothing':
      return `${must}: there is no such function, so the app is not published or the address is another`;
    case 'closed':
      return `${must}: 403, so the app is stopped or lets this address not in`;
    case 'unwell':
      return `${must}: ${who.status}, so the app does not start or is overloaded`;
    case 'another':
      return `${must}: another program does, with ${who.status}`;
  }
}

export function fixOfAnswer(who: Answerer, places: Places): string {
  const isAnother = who.kind !== 'receipt' && who.kind !== 'unwell' && who.kind !== 'problem';
  if (places.isHere && isAnother) return 'PORT=<the port of npm start> npm run doctor';
  switch (who.kind) {
    case 'receipt':
    case 'unwell':
      return appCommand('webapp log tail', places);
    case 'problem':
      return who.type === 'misconfigured'
        ? `${appCommand('webapp log tail', places)}\nand look for "wrong settings", which names every one of them`
        : 'docs/http.md says what it means';
    case 'login':
      return appCommand('webapp auth update', places, ' --enabled false');
    case 'nothing':
      return `npm run build\nfunc azure functionapp publish ${places.app} --javascript`;
    case 'closed':
      return `${appCommand('functionapp show', places, ' --query state')}\n${appCommand('functionapp config access-restriction show', places)}`;
    case 'key':
    case 'health':
    case 'another':
      return `npm run doctor -- --url https://${places.app}.azurewebsites.net`;
  }
}
