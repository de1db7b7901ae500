// The state of a process for all its invocations.
import type { StoreSettings } from '../events/store-events.ts';
import type { TextRoom } from '../json/byte-writer.ts';
import type { LakeWriter } from '../lake/lake.ts';
import type { Redactions } from '../redact/rules.ts';
import type { ByteGate } from './byte-gate.ts';

export interface HubSettings extends StoreSettings {
  readonly redactions: Redactions | undefined;
  readonly maxBytesInFlight: number;
}

export interface HubReceiver {
  readonly settings: HubSettings;
  readonly lake: LakeWriter;
  readonly gate: ByteGate;
  /** For the text that is made from all messages in work. */
  readonly text: () => TextRoom;
}
