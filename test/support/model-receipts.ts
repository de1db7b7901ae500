// Checks each receipt when it leaves the receiver, also a lost one. Its claims must be true at that moment, and stay
// true.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EventFields } from './change-events.ts';
import { type LakeFiles, lineOf, sequenceIn, tokenIn } from './model-lake.ts';
import type { Witness } from './model-proxy.ts';
import type { EagerReader } from './model-reader.ts';

export interface ReceiptWitness {
  readonly witness: Witness;
  readonly problems: readonly string[];
}

export function receiptWitness(folder: string, lakeFiles: LakeFiles, reader: EagerReader): ReceiptWitness {
  const stored = new Set<string>();
  const problems: string[] = [];

  function look(event: EventFields, outcome: string, path: string): void {
    const token = tokenIn(event);
    if (outcome === 'refused') problems.push(`refused: ${token}`);
    if (outcome !== 'stored' && outcome !== 'alreadyStored') return;
    if (!existsSync(join(folder, path))) return void problems.push(`acknowledged before there is a file: ${path}`);
    const line = reader.read(path).lines.find((one) => sequenceIn(one) === token);
    if (line === undefined) return void problems.push(`acknowledged but not in its file: ${token} in ${path}`);
    if (outcome === 'alreadyStored') return;
    if (line !== lineOf(event)) problems.push(`stored otherwise than it was sent: ${line}`);
    const once = lakeFiles === 'event' ? token : `${token} ${path}`;
    if (stored.has(once)) problems.push(`stored twice: ${once}`);
    stored.add(once);
  }

  return {
    witness: (body, answer) => {
      const events: EventFields[] = [JSON.parse(body)].flat();
      const receipt: unknown = JSON.parse(answer);
      const outcomes: unknown = Object(receipt).events;
      // On a slow machine a signature can be too old. Then the whole request is refused.
      if (!Array.isArray(outcomes)) return;
      for (const [index, event] of events.entries()) {
        const { outcome, path } = Object(outcomes[index]);
        look(event, String(outcome), String(path));
      }
    },
    problems,
  };
}
