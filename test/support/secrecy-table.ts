// The secrecy table: surface × canary. A row is a surface. It names the canaries that enter, and returns every text
// that leaves. `assertSecrecy` is the only assertion: no text shows a canary, in any encoding.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { assertNoCanary, type Canary, canariesIn } from './canary.ts';

export interface Surface {
  readonly surface: string;
  /** The input: requests, settings, documents. */
  readonly given: string;
  /** The canaries in the input. The test compares them, so that no column is forgotten. */
  readonly canaries: readonly Canary[];
  readonly ways: Readonly<Record<string, (t: TestContext) => Promise<Told>>>;
}

export interface Told {
  /** The whole output. */
  readonly texts: readonly string[];
  /** Proves that the code ran. */
  readonly says?: readonly RegExp[];
}

export function assertSecrecy({ surface, given, canaries, ways }: Surface): void {
  describe(`what is secret, in ${surface}`, { concurrency: true }, () => {
    it('gets in', () => {
      const found = new Set<string>(canariesIn(given).map(({ canary }) => canary));

      assert.deepEqual([...found].sort(), [...canaries].sort());
    });

    for (const [what, way] of Object.entries(ways))
      it(`does not get out: ${what}`, async (t) => {
        const { texts, says = [] } = await way(t);

        assert(texts.length > 0);
        assertNoCanary(`${surface}, ${what},`, ...texts);
        for (const pattern of says) assert.match(texts.join('\n'), pattern);
      });
  });
}
