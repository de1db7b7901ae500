// Checks the receiver as a sender uses it. Stores no event, because it posts empty deliveries only.
import type { KeyObject } from 'node:crypto';
import { type Check, type Checking, failed, leftOut, leftOutAfter, ok } from '../check.ts';
import { checkClock } from '../clock-check.ts';
import { appCommand, type Places, setSecrets } from '../places.ts';
import { fixOfAnswer, toldOf } from './answer-advice.ts';
import { askHealth, type Called, postNothing } from './receiver-call.ts';
import { whoAnswered } from './who-answered.ts';

export interface ReceiverPatient {
  readonly url: URL;
  readonly key: string;
  /** Empty if the settings need no signature. Undefined if the settings are wrong. */
  readonly secrets: readonly KeyObject[] | undefined;
  readonly places: Places;
}

export const receiverNames = {
  health: 'receiver health',
  clock: 'clock of the receiver',
  key: 'function key',
  unsigned: 'unsigned refused',
  signed: 'signed accepted',
};
const { health, clock, key: keyName, unsigned, signed } = receiverNames;

export async function* checkReceiver(patient: ReceiverPatient): Checking {
  const called = await askHealth(patient.url);
  const healthCheck = checkHealth(called, patient);
  yield healthCheck;
  if (called.kind === 'unreachable' || whoAnswered(called).kind !== 'health') {
    yield* leftOutAfter([clock, keyName, unsigned, signed], health);
    return;
  }
  yield checkClock(clock, 'the receiver', { ...called, date: called.headers.get('date') });
  yield* checkDeliveries(patient);
}

function checkHealth(called: Called, { url, places }: ReceiverPatient): Check {
  if (called.kind === 'unreachable')
    return failed(health, `${url.origin} must answer: ${called.why}`, reachAdvice(places));
  const who = whoAnswered(called);
  if (who.kind !== 'health') return failed(health, toldOf(who), fixOfAnswer(who, places));
  if (who.isWell) return ok(health, `${url.origin} has valid settings, and its container answers`);
  return failed(
    health,
    'the receiver must be healthy: its settings are wrong, or its container does not answer: its log says which',
    `${appCommand('webapp log tail', places)}\nand look for "wrong settings" or "the lake does not answer"`,
  );
}

function reachAdvice(places: Places): string {
  return appCommand('functionapp show', places, ' --query "[state, defaultHostName, publicNetworkAccess]"');
}

async function* checkDeliveries(patient: ReceiverPatient): Checking {
  const { url, key, places } = patient;
  const called = await postNothing(url, key, undefined);
  if (called.kind === 'unreachable') {
    yield failed(keyName, `the receiver must answer a delivery: ${called.why}`, reachAdvice(places));
    yield* leftOutAfter([unsigned, signed], keyName);
    return;
  }
  const who = whoAnswered(called);
  if (who.kind === 'receipt' || (who.kind === 'problem' && who.type === 'not-authentic')) {
    yield ok(keyName, key === '' ? 'the receiver needs no key' : 'the receiver accepts it');
    yield who.kind === 'problem'
      ? ok(unsigned, 'the receiver answers 401 to a delivery without a signature')
      : unsignedTaken(patient);
    yield* checkSignatures(patient);
    return;
  }
  yield keyOrOther(who, patient);
  yield* leftOutAfter([unsigned, signed], keyName);
}

/** On a laptop the receiver needs no signature until a person sets SIGNING_SECRETS. */
function unsignedTaken({ places, secrets }: ReceiverPatient): Check {
  if (places.isHere && secrets?.length === 0)
    return leftOut(unsigned, 'this receiver needs no signature, because SIGNING_SECRETS is not set');
  return failed(
    unsigned,
    'a delivery without a signature must be refused: it was accepted, because the app has no SIGNING_SECRETS',
    setSecrets(places, '$SIGNING_SECRETS'),
  );
}

function keyOrOther(who: ReturnType<typeof whoAnswered>, { key, places }: ReceiverPatient): Check {
  if (who.kind !== 'key') return failed(keyName, toldOf(who), fixOfAnswer(who, places));
  const found = key === '' ? 'RECEIVER_KEY is not set' : 'Azure answers 401 before the function is reached';
  return failed(
    keyName,
    `RECEIVER_KEY must be a function key of the app: ${found}`,
    `export RECEIVER_KEY="$(${appCommand('functionapp keys list', places, ' --query functionKeys.default --output tsv')})"`,
  );
}

/** Tests each secret by itself: during a rotation the receiver must know all of them. */
async function* checkSignatures({ url, key, secrets, places }: ReceiverPatient): Checking {
  if (secrets === undefined) {
    yield* leftOutAfter([signed], 'settings');
    return;
  }
  if (secrets.length === 0) yield leftOut(signed, 'SIGNING_SECRETS is not set here, so the doctor cannot sign');
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? 'the secret' : `secret ${index + 1} of ${secrets.length}`;
    yield checkSigned(await postNothing(url, key, secret), which, places);
  }
}

function checkSigned(called: Called, which: string, places: Places): Check {
  if (called.kind === 'unreachable')
    return failed(signed, `the receiver must answer a delivery: ${called.why}`, 'npm run doctor   (again)');
  const who = whoAnswered(called);
  if (who.kind === 'receipt' && called.status === 200 && who.isEmpty)
    return ok(signed, `the receiver knows ${which}: it answers 200 to an empty delivery`);
  if (who.kind === 'problem' && who.type === 'not-authentic')
    return failed(
      signed,
      `${which} must be one of the receiver's: the function key is right, but the receiver refuses the signature`,
      `${setSecrets(places, '$SIGNING_SECRETS')}\nor export SIGNING_SECRETS=<the app's secrets>; a clock that is wrong by 300 s has the same effect`,
    );
  return failed(signed, toldOf(who), fixOfAnswer(who, places));
}
