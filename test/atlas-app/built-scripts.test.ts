import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { transform } from 'esbuild';
import { atlasFunctions, atlasFunctionsFolder } from '../../local/atlas-functions.ts';

const built = await atlasFunctions();
const names = ['forwardChangeEvent', 'bufferChangeEvent', 'drainOutbox', 'loadCollection', 'requeueRefused'];

/** Names that the Atlas runtime lacks, or that a plain script does not need. */
const lacking: Readonly<Record<string, RegExp>> = {
  globals:
    /\b(BigInt\w*|Proxy|Reflect|WeakSet|WeakRef|FinalizationRegistry|TextEncoder|TextDecoder|globalThis|structuredClone|queueMicrotask|setImmediate|AbortController|AbortSignal|URLSearchParams|Intl|Atomics|SharedArrayBuffer|process|performance|atob|btoa)\b/,
  'a global of browsers': /(?<![.\w])(fetch|URL|Headers|Request|Response|FormData|Blob|crypto)\b(?!['"])/,
  'Buffer as a global': /(?<!\.)\bBuffer\b/,
  'static methods of Array': /\bArray\.(?!isArray\b)\w+/,
  'static methods of Number': /\bNumber\.\w+/,
  'newer methods of Math': /\bMath\.(?!(abs|ceil|floor|max|min|pow|random|round|sqrt)\b)\w+/,
  'newer methods of Object': /\bObject\.(?!(assign|create|entries|freeze|keys|values)\b)\w+/,
  'newer methods of Promise': /\bPromise\.(?!(all|race|reject|resolve)\b)\w+/,
  'newer methods of arrays and texts':
    /\.(flat|flatMap|at|findLast|findLastIndex|toSorted|toReversed|toSpliced|with|replaceAll|matchAll|isWellFormed|toWellFormed|groupBy|hasOwn)\(/,
  'properties of regular expressions': /\.(flags|global|ignoreCase|multiline|source|sticky|unicode|dotAll)\b/,
  'an encoding that Node 10 lacks': /base64url/,
  'optional chaining or a default for null': /\?\.(?!\d)|\?\?/,
  'digits with separators': /\d_\d/,
  modules: /\b(import|export|module|__filename|__dirname)\b/,
};

for (const name of names) {
  const script = readFileSync(join(atlasFunctionsFolder, `${name}.js`), 'utf8');

  describe(`atlas-app/functions/${name}.js`, () => {
    it('is the build of its sources', () => {
      assert(
        script === built.get(name),
        `atlas-app/functions/${name}.js is not what atlas-app/src makes: run npm run build`,
      );
    });

    it('begins with a comment that says its purpose', () => {
      assert.equal(script.split('\n')[0], `// Atlas Lake Sync: ${name}`);
    });

    it('has the syntax of 2018, without the spread of objects', async () => {
      const newest = await transform(script, { target: 'esnext' });

      // The syntax of 2017. It lacks object spread and `for await`, and no script needs them.
      for (const target of ['es2018', 'es2017'])
        assert.equal((await transform(script, { target })).code, newest.code, target);
    });

    it('has nothing that the Atlas runtime lacks', async () => {
      const code = await codeOf(script);

      for (const [what, pattern] of Object.entries(lacking)) {
        const [found] = pattern.exec(code) ?? [];
        assert.equal(found, undefined, what);
      }
    });

    it('has regular expressions with the old flags only', async () => {
      const expressions = [...(await codeOf(script)).matchAll(/(?<=[(=:,!&|?{};\n])\/(?:[^/\\\n]|\\.)+\/([a-z]*)/g)];

      for (const [expression, flags = ''] of expressions) assert.match(flags, /^[gim]*$/, expression);
    });

    it('requires only modules of Atlas, and only when it is called', () => {
      const required = [...script.matchAll(/\brequire\(([^)]*)\)/g)].map(([, module]) => module);
      const above = script.split('\n').filter((line) => /^\S.*\brequire\(/.test(line));

      for (const module of required) assert.match(module ?? '', /^'(crypto|buffer|timers)'$/);
      assert.deepEqual(above, []);
    });

    it('assigns its function to exports, once', () => {
      assert.deepEqual(script.match(/\bexports\b.*/g), [`exports = ${name};`]);
    });

    it('declares only names that it uses', async () => {
      const code = await codeOf(script);
      const declared = [...code.matchAll(/\b(?:function\*?|const|let|class) ([\w$]+)/g)].map(([, one = '']) => one);

      const unused = declared.filter(
        (one) => (code.match(new RegExp(`(?<![\\w$])${one}(?![\\w$])`, 'g')) ?? []).length < 2,
      );
      assert.deepEqual(unused, []);
      assert(declared.includes(name));
    });
  });
}

describe('atlas-app/functions/', () => {
  it('holds these scripts and no other', () => {
    const files = globSync('**/*.js', { cwd: atlasFunctionsFolder }).sort();

    assert.deepEqual(files, names.map((name) => `${name}.js`).sort());
    assert.deepEqual([...built.keys()].sort(), [...names].sort());
  });
});

/** The script without its comments. */
async function codeOf(script: string): Promise<string> {
  return (await transform(script, { target: 'esnext', minifyWhitespace: true })).code;
}
