// Opens what a process holds, once, from the environment: the settings, the lake and the count of bytes in flight.
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

/** Logs all problems once for each answer. */
export type ProblemLog = (log: (line: string) => void, now: Date) => void;

export type OpenedReceiver =
  | {
      readonly kind: 'open';
      readonly settings: Settings;
      readonly receiver: Receiver;
      readonly hub: HubReceiver;
      readonly health: HealthCheck;
      readonly deliveries: DeliveryCounts;
      /** Logs once if signatures are off. */
      readonly logNoticeOnce: (log: (line: string) => void) => void;
    }
  | {
      readonly kind: 'misconfigured';
      readonly problems: readonly string[];
      readonly logProblems: ProblemLog;
    };

/** Wrong settings are a value, not a crash. The app starts and answers 503, so that senders keep their events. */
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

/**
 * HTTP and hub share one limit of written text. A message has no limit of its own, so one message can take all of it.
 */
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

/** The receiver of this process. All its functions share one storage client and one limit of memory. */
export function sharedReceiver(environment: Environment): Promise<OpenedReceiver> {
  if (opened === undefined) {
    opened = openReceiver(environment);
    // Each function awaits it and gets the failure. Before that, an unhandled rejection must not end the process.
    opened.catch(() => undefined);
  }
  return opened;
}

/** Enough lines a minute to keep an alert active while deliveries are refused. */
const maxProblemLines = 60;

/** Logs with each answer, because Azure does not keep log lines from the loading of the app. */
function problemLog(problems: readonly string[]): ProblemLog {
  const limited = limitedLog(maxProblemLines);
  return (log, now) => limited(log, jsonLine({ message: 'cannot start: wrong settings', problems }), now);
}

/** Logs with the first request, for the same reason. */
function noticeLog({ signingSecrets }: Settings): (log: (line: string) => void) => void {
  let isLogged = signingSecrets.length > 0;
  return (log) => {
    if (!isLogged) log(jsonLine({ message: 'signatures are off: SIGNING_SECRETS is not set, or "none"' }));
    isLogged = true;
  };
}
