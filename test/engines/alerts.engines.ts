// Runs the alert rules of Bicep in Kusto on DuckDB, over days of log lines of the app. Each must fire when it should,
// and only then.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type AlertRule, alertRules } from './support/alert-rules.ts';
import { type AlertStory, alertStories, begin, end, isoOf, nameOf } from './support/alert-stories.ts';
import { firedTimes } from './support/dialects.ts';
import { type LogLines, writeLogLines } from './support/log-lines.ts';
import { temporaryPlaces } from './support/told-lake.ts';

const places = temporaryPlaces();
const rules = alertRules();

describe('the alerts', () => {
  let written: LogLines;
  before(async () => {
    written = await writeLogLines(places);
  });

  for (const story of alertStories)
    it(`fire when they should, and only then: ${story.name}`, async () => {
      const tables = {
        AppTraces: story.lines.map(({ minute, kind }) => [isoOf(minute), written[kind]]),
        AppRequests: story.calls.map(({ minute, resultCode }) => [isoOf(minute), resultCode, false]),
      };

      const fired = await firedTimes(rules, tables, isoOf(begin), isoOf(end));

      assert.deepEqual(spansOf(fired), { ...nothing(rules), ...story.fires });
    });

  it('have each a story in which they fire', () => {
    const named = new Set(alertStories.flatMap(({ fires }: AlertStory) => Object.keys(fires)));

    assert.deepEqual([...named].toSorted(), rules.map(({ name }) => name).toSorted());
  });
});

function nothing(of: readonly AlertRule[]): Record<string, readonly string[]> {
  return Object.fromEntries(of.map(({ name }) => [name, []]));
}

/** Joins the looks at which a rule fires one after another into spans. */
function spansOf(fired: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  const spans = rules.map(({ name, every }) => {
    const times = (fired[name] ?? []).map((time) => Date.parse(time) / 60_000);
    const firsts = times.filter((time) => !times.includes(time - every));
    const lasts = times.filter((time) => !times.includes(time + every));
    return [name, firsts.map((time, at) => `${named(time)} – ${named(lasts[at] ?? 0)}`)];
  });
  return Object.fromEntries(spans);
}

function named(minutes: number): string {
  return nameOf(new Date(minutes * 60_000).toISOString());
}
