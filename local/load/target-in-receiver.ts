// Opens the target of a load through a receiver.
import { type Environment, settingReader } from '../../shared/app/setting-reader.ts';
import { readSigningSecrets } from '../../shared/app/settings.ts';
import { receiverKey } from '../doctor/receiver/receiver-address.ts';
import { cannotLoad } from './cannot-load.ts';
import type { LoadTarget } from './load-target.ts';
import { receiverTarget } from './receiver-target.ts';
import type { Snapshot } from './snapshot.ts';
import { throughEvents } from './through-events.ts';

export function targetInReceiver(
  url: URL,
  environment: Environment,
  snapshot: Snapshot,
  pausesMs: readonly number[] | undefined,
): LoadTarget {
  const read = settingReader(environment);
  const [secret] = readSigningSecrets(read);
  if (read.problems.length > 0) throw cannotLoad(read.problems);
  return throughEvents(receiverTarget({ url, key: receiverKey(environment), secret }, pausesMs), snapshot);
}
