// The global scope of a function: ECMAScript 2018 and the built-ins of Node 10, without what Atlas lacks.
// https://www.mongodb.com/docs/atlas/atlas-ui/triggers/functions/javascript-support/
import { type Context, createContext, runInContext } from 'node:vm';
import { atlasModule } from './atlas-modules.ts';
import type { Clock } from './clock.ts';

export interface Scope {
  readonly global: Context;
  /** Calls the function that the script exports. */
  readonly call: (args: readonly unknown[]) => Promise<unknown>;
}

interface Given {
  readonly context: unknown;
  readonly EJSON: unknown;
  readonly BSON: unknown;
  readonly log: (line: string) => void;
  readonly clock: Clock;
}

const missingGlobals =
  'BigInt BigInt64Array BigUint64Array Proxy Reflect WeakSet WeakRef FinalizationRegistry Atomics SharedArrayBuffer WebAssembly globalThis Iterator AggregateError Float16Array DisposableStack AsyncDisposableStack SuppressedError'.split(
    ' ',
  );

/** All members of each built-in. Other members of this machine's Node are removed. */
const kept: Record<string, string> = {
  Array: 'length name prototype isArray',
  'Array.prototype':
    'length constructor concat copyWithin entries every fill filter find findIndex forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice toLocaleString toString unshift values',
  Number: 'length name prototype MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY',
  Math: 'E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan',
  Object:
    'length name prototype assign create defineProperties defineProperty entries freeze getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values',
  JSON: 'parse stringify',
  Map: 'length name prototype',
  'Map.prototype': 'constructor clear delete entries forEach get has keys set size values',
  Promise: 'length name prototype all race reject resolve',
  'Promise.prototype': 'constructor catch finally then',
  RegExp: 'length name prototype',
  Set: 'length name prototype',
  'Set.prototype': 'constructor add clear delete entries forEach has keys size values',
  String: 'length name prototype fromCharCode fromCodePoint raw',
  'String.prototype':
    'length constructor anchor big blink bold charAt charCodeAt codePointAt concat endsWith fixed fontcolor fontsize includes indexOf italics lastIndexOf link localeCompare match normalize padEnd padStart repeat replace search slice small split startsWith strike sub substr substring sup toLocaleLowerCase toLocaleUpperCase toLowerCase toString toUpperCase trim trimEnd trimLeft trimRight trimStart valueOf',
};

export function atlasScope({ context, EJSON, BSON, log, clock }: Given): Scope {
  let isCalled = false;
  const given = {
    context,
    EJSON,
    BSON,
    console: { log: (...parts: unknown[]) => log(parts.map(String).join(' ')) },
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    require: (name: string) => {
      if (!isCalled) throw new Error(`require("${name}"): only inside of a function`);
      return atlasModule(name);
    },
    exports: undefined,
  };
  const global = createContext({ ...given, now: clock.now });
  runInContext(`(${restrict})(${JSON.stringify(missingGlobals)}, ${JSON.stringify(kept)}); delete this.now;`, global);
  return {
    global,
    call: async (args) => {
      isCalled = true;
      const exported: unknown = global['exports'];
      if (typeof exported !== 'function') throw new Error('the script must assign one function to exports');
      return await exported(...args);
    },
  };
}

/** Runs inside the new scope, on the scope's own built-ins. */
const restrict = `function (missing, kept) {
  var names = Object.getOwnPropertyNames;
  var realNow = now;
  var RealDate = Date;
  Date = class Date extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(realNow());
      else super(...parts);
    }
    static now() { return realNow(); }
  };
  for (var path of Object.keys(kept)) {
    var owner = path.split('.').reduce((whole, part) => whole[part], this);
    var allowed = kept[path].split(' ');
    for (var name of names(owner)) if (!allowed.includes(name)) delete owner[name];
  }
  for (var one of missing) delete this[one];
}.bind(this)`;
