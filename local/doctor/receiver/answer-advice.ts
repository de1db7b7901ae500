// Explains an unexpected answer, and says what to do.
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
      return `${must}: this address is its health`;
    case 'login':
      return `${must}: a login page answers, so no sender can reach it`;
    case 'key':
      return `${must}: Azure needs a key`;
    case 'nothing':
      return `${must}: there is no such function, so the app is not published, or the address is wrong`;
    case 'closed':
      return `${must}: it answers 403, so the app is stopped, or refuses this machine's address`;
    case 'unwell':
      return `${must}: it answers ${who.status}, so the app does not start, or is overloaded`;
    case 'another':
      return `${must}: another program answers, with ${who.status}`;
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
        : 'see docs/http.md, which explains each answer';
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
