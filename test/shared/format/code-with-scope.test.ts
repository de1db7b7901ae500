import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scopeKeys } from '../../../shared/format/code-with-scope.ts';
import { allAtOnce } from '../../../shared/json/steps.ts';
import { written } from '../../support/written.ts';

describe('code with a scope, in `simple`', () => {
  it('has keys without a dollar, in the order of the event', () => {
    assert.equal(written('{"$code":"f","$scope":{}}', 'simple'), '{"code":"f","scope":{}}');
    assert.equal(written('{ "$scope" : {"a":[{}]} , "$code" : "}" }', 'simple'), '{"scope":{"a":[{}]},"code":"}"}');
    assert.equal(written('{"\\u0024code":"","\\u0024scope":{}}', 'simple'), '{"code":"","scope":{}}');
  });

  it('has a scope with typed values and unchanged keys', () => {
    const sent =
      '{"$code":"f","$scope":{"n":{"$numberLong":"1"},"$code":[{"$code":"g"}],"$scope":{"$code":"h","$scope":{}}}}';

    assert.equal(
      written(sent, 'simple'),
      '{"code":"f","scope":{"n":1,"$code":["g"],"$scope":{"code":"h","scope":{}}}}',
    );
  });

  it('is found in the scope of other code, also as its last member', () => {
    const sent = '{"$scope":{"a":{"$code":"g","$scope":{}},"b":{"$scope":{},"$code":"h"}},"$code":"f"}';

    assert.equal(written(sent, 'simple'), sent.replaceAll('"$', '"'));
  });

  it('is distinguished from look-alikes at each level', () => {
    const inner = '{"$code":"g","$scope":{}}';

    for (const lookAlike of [
      `{"$code":"f","$scope":{"a":${inner}},"x":1}`,
      `{"$scope":{"a":${inner}},"$code":"f","x":1}`,
      `{"$scope":{"a":${inner}}}`,
    ]) {
      assert.equal(written(lookAlike, 'simple'), lookAlike.replace(inner, '{"code":"g","scope":{}}'));
      assert.equal(
        written(`{"$code":"e","$scope":{"b":${lookAlike}}}`, 'simple'),
        `{"code":"e","scope":{"b":${lookAlike.replace(inner, '{"code":"g","scope":{}}')}}}`,
      );
    }
  });

  it('stays Extended JSON in the other formats', () => {
    for (const text of ['{"$code":"f","$scope":{}}', '{"$scope":{"a":{"$code":"g","$scope":{}}},"$code":"f"}']) {
      assert.equal(written(text, 'relaxed'), text);
      assert.equal(written(text, 'canonical'), text);
    }
  });
});

describe('scopeKeys()', () => {
  it('finds all nested code in one pass', () => {
    const first = Buffer.from(`${'{"$code":"f","$scope":'.repeat(120)}{}${'}'.repeat(120)},"behind"`);
    const last = Buffer.from(`${'{"$scope":'.repeat(120)}{}${',"$code":"f"}'.repeat(120)},"behind"`);

    const found = [first, last].map((text) => allAtOnce(scopeKeys(text, 0)));

    assert.deepEqual(
      found.map(({ keys }) => keys.length),
      [240, 240],
    );
    assert.deepEqual(
      found.map(({ end }) => end),
      [first.indexOf('}},"behind"') + 1, last.lastIndexOf(',"$code"')],
    );
  });

  it('stops early if an object cannot be code', () => {
    for (const text of ['{"$code":1,"$scope":{}}', '{"$code":"f","x":{}}', '{"$scope":[]}', '{"$code":"f"}', '{}']) {
      assert.deepEqual(allAtOnce(scopeKeys(Buffer.from(text), 0)), { keys: [], end: 0 });
    }
  });
});
