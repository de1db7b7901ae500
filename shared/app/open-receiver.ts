// What one process holds, opened once from the environment: settings, the lake, and the count of bytes in flight.
import { byteGate } from '../event-hub/byte-gate.ts';
import type { HubReceiver } from '../event-hub/hub-receiver.ts';
import { type BytesInFlight, bytesInFlight, maxTextBytes } from '../http/bytes-in-flight.ts';
import type { Receiver } from '../http/receive.ts';
import { jsonLine } from '../json/json-line.ts';
import type { LakeWriter } from '../lake/lake.ts';
import { openWriter } from '../lake/open-lake.ts';
import { countDeliveries, type DeliveryCounts } from './delivery-counts.ts';
import { type HealthCheck, healthCheck } from './health.ts';
import { isLaptop } from './laptop.ts';
import { limitedLog } from './limited-log.ts';
import type { Environment } from './setting-reader.ts';
import { readSettings, type Settings } from './settings.ts';

/** Logs what is wrong, for one answer. */
export type ProblemLog = (log: (line: string) => void, now: Date) => void;

export type OpenedReceiver =
  | {
      readonly kind: 'open';
      readonly settings: Settings;
      readonly receiver: Receiver;
      readonly hub: HubReceiver;
      readonly health: HealthCheck;
      readonly deliveries: DeliveryCounts;
      /** Logs once what an operator should know of valid settings. */
      readonly logNoticeOnce: (log: (line: string) => void) => void;
    }
  | {
      readonly kind: 'misconfigured';
      readonly problems: readonly string[];
      readonly logProblems: ProblemLog;
    };

/** Wrong settings are a value, not a crash: the app starts, says so, and answers 503, so that senders keep their events. */
export async function openReceiver(environment: Environment): Promise<OpenedReceiver> {
  const read = readSettings(environment);
  if (read.kind === 'invalid') {
    const { problems } = read;
    return { kind: 'misconfigured', problems, logProblems: problemLog(problems) };
  }
  const { settings } = read;
  const lake = await openWriter(settings.lake);
  const receiver = { settings, lake, inFlight: bytesInFlight(settings.maxBytesInFlight) };
  const hub = hubReceiver(settings, lake, receiver.inFlight);
  const deliveries = countDeliveries(Date.now(), isLaptop(environment));
  const logNoticeOnce = noticeLog(settings);
  return { kind: 'open', settings, receiver, hub, health: healthCheck(lake), deliveries, logNoticeOnce };
}

/** Both ways in share one bound on the text that is written. A message has no bound of its own, so that one may take all of it. */
export function hubReceiver(settings: Settings, lake: LakeWriter, inFlight: BytesInFlight): HubReceiver {
  const { maxBytesInFlight } = settings;
  return {
    settings,
    lake,
    gate: byteGate(maxBytesInFlight),
    text: () => inFlight.text(maxTextBytes(maxBytesInFlight)),
  };
}

let opened: Promise<OpenedReceiver> | undefined;

/** The process's own receiver: all its functions share one client and one bound on memory. */
export function sharedReceiver(environment: Environment): Promise<OpenedReceiver> {
  if (opened === undefined) {
    opened = openReceiver(environment);
    // Whoever awaits it hears of a failure; until somebody does, it must not end the process.
    opened.catch(() => undefined);
  }
  return opened;
}

/** So many a minute that an alert stays on while deliveries are refused. */
const maxProblemLines = 60;

/** With each answer: what is logged while the app loads, Azure does not keep. */
function problemLog(problems: readonly string[]): ProblemLog {
  const limited = limitedLog(maxProblemLines);
  return (log, now) => limited(log, jsonLine({ message: 'cannot start: wrong settings', problems }), now);
}

/** With the first request: as above. */
function noticeLog({ signingSecrets }: Settings): (log: (line: string) => void) => void {
  let isLogged = signingSecrets.length > 0;
  return (log) => {
    if (!isLogged) log(jsonLine({ message: 'signatures are off: SIGNING_SECRETS is not set, or "none"' }));
    isLogged = true;
  };
}
