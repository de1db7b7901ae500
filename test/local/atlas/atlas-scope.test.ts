import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runBody, runScript } from '../../support/atlas-script.ts';

const missingGlobals =
  'BigInt Proxy Reflect WeakSet WeakRef FinalizationRegistry globalThis TextEncoder TextDecoder Buffer process module global fetch URL URLSearchParams AbortController structuredClone queueMicrotask setImmediate setInterval performance atob crypto WebAssembly Atomics SharedArrayBuffer Iterator AggregateError BigInt64Array'.split(
    ' ',
  );

const missingMembers = [
  'Array.from Array.of Array.fromAsync',
  'Number.isInteger Number.isFinite Number.isNaN Number.isSafeInteger Number.parseInt Number.parseFloat',
  'Math.trunc Math.sign Math.log2 Math.log10 Math.cbrt Math.hypot Math.imul Math.clz32 Math.fround',
  'Object.fromEntries Object.groupBy Object.hasOwn',
  'Promise.allSettled Promise.any Promise.withResolvers Promise.try',
  '[].flat [].flatMap [].at [].findLast [].toSorted [].toSpliced [].with',
  '"".at "".replaceAll "".matchAll "".isWellFormed',
  'new(Set)().union new(Set)().intersection Map.groupBy RegExp.escape JSON.rawJSON',
].flatMap((names) => names.split(' '));

const oldMembers =
  'Array.isArray Object.assign Object.entries Object.values Promise.all Promise.race Math.floor Math.pow [].includes [].find "".padStart "".trim "".includes Date.now JSON.stringify'.split(
    ' ',
  );

describe('the scope of an Atlas function', () => {
  for (const name of missingGlobals) {
    it(`has no ${name}`, async () => {
      assert.equal(await runBody(`return typeof ${name};`), 'undefined');
    });
  }

  for (const member of missingMembers) {
    it(`has no ${member}`, async () => {
      assert.equal(await runBody(`return typeof ${member};`), 'undefined');
    });
  }

  it('has the older built-ins', async () => {
    for (const member of oldMembers) assert.equal(await runBody(`return typeof ${member};`), 'function', member);
  });

  it('has maps, sets, symbols, promises and generators', async () => {
    const sum =
      'function* numbers() { yield 1; yield 2; } let sum = 0; for (const one of new Set(numbers())) sum += one; return sum;';

    assert.equal(await runBody(sum), 3);
  });

  it('shares nothing with another invocation', async () => {
    const counting = 'count = typeof count === "undefined" ? 1 : count + 1; return count;';

    assert.deepEqual([await runBody(counting), await runBody(counting)], [1, 1]);
  });
});

describe('require() in an Atlas function', () => {
  it('gives the built-ins of Node 10', async () => {
    assert.equal(
      await runBody('return require("crypto").createHash("sha256").update("", "utf8").digest("hex").slice(0, 8);'),
      'e3b0c442',
    );
    assert.equal(await runBody('return require("buffer").Buffer.from("YQ==", "base64").toString("utf8");'), 'a');
  });

  for (const name of 'child_process cluster domain readline v8 vm worker_threads node:crypto fs/promises timers/promises async_hooks perf_hooks bson axios'.split(
    ' ',
  )) {
    it(`lacks ${name}`, async () => {
      await assert.rejects(runBody(`require("${name}")`), new RegExp(`Cannot find module "${name}"`));
    });
  }

  for (const [module, name] of [
    ['util', 'TextEncoder'],
    ['util', 'TextDecoder'],
    ['util', 'parseArgs'],
    ['crypto', 'createECDH'],
    ['crypto', 'createDiffieHellman'],
    ['crypto', 'randomUUID'],
    ['crypto', 'webcrypto'],
    ['crypto', 'hash'],
    ['buffer', 'Blob'],
    ['buffer', 'atob'],
    ['http', 'createServer'],
    ['fs', 'readFile'],
    ['fs', 'writeFileSync'],
    ['process', 'env'],
  ]) {
    it(`gives ${module} without ${name}`, async () => {
      assert.equal(await runBody(`return typeof require("${module}").${name};`), 'undefined');
    });
  }

  it('works inside functions only', async () => {
    await assert.rejects(
      runScript('const crypto = require("crypto"); exports = async () => crypto;'),
      /require\("crypto"\): only inside of a function/,
    );
  });
});

describe('exports of an Atlas function', () => {
  for (const script of ['', 'exports = {};', 'exports = { run: async () => 1 };', 'async function run() {}']) {
    it(`must be one function: ${script}`, async () => {
      await assert.rejects(runScript(script), /the script must assign one function to exports/);
    });
  }

  it('cannot be an ES module', async () => {
    await assert.rejects(runScript('module.exports = async () => 1;'), /module is not defined/);
    await assert.rejects(runScript('exports.run = async () => 1;'), /Cannot set properties of undefined/);
    await assert.rejects(runScript('import crypto from "crypto";'), /Cannot use import statement/);
  });
});
