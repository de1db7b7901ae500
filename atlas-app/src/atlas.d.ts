// The parts of the Atlas runtime that our functions use. It is old: Node 10's built-ins, no `fetch`, no TextEncoder.
// https://www.mongodb.com/docs/atlas/atlas-ui/triggers/functions/

type Fields = Readonly<Record<string, unknown>>;

interface AtlasCursor {
  sort(order: Fields): AtlasCursor;
  limit(most: number): AtlasCursor;
  toArray(): Promise<Fields[]>;
}

/** It cannot make indexes, and `findOne` does not sort. */
interface AtlasCollection {
  find(query: Fields, projection?: Fields): AtlasCursor;
  aggregate(stages: readonly Fields[]): { toArray(): Promise<Fields[]> };
  findOne(query: Fields, projection?: Fields): Promise<Fields | null>;
  findOneAndUpdate(query: Fields, update: Fields, options?: Fields): Promise<Fields | null>;
  insertOne(document: Fields): Promise<unknown>;
  updateOne(query: Fields, update: Fields, options?: Fields): Promise<Fields>;
  updateMany(query: Fields, update: Fields): Promise<Fields>;
  deleteOne(query: Fields): Promise<unknown>;
  deleteMany(query: Fields): Promise<unknown>;
  count(query: Fields): Promise<number>;
}

interface AtlasAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: { text(): string } | undefined;
}

interface AtlasPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly encodeBodyAsJSON: boolean;
  readonly followRedirects: boolean;
}

declare const context: {
  readonly values: { get(name: string): unknown };
  readonly services: {
    get(name: string): { db(name: string): { collection(name: string): AtlasCollection } } | undefined;
  };
  /** Resolves on every status, and has no time limit. */
  readonly http: { post(request: AtlasPost): Promise<AtlasAnswer> };
};

declare const EJSON: {
  parse(text: string, options?: { relaxed: boolean }): unknown;
  stringify(value: unknown, options?: { relaxed: boolean }): string;
};
declare const BSON: { readonly ObjectId: new () => { toString(): string } };
declare const console: { log(line: string): void };
declare function setTimeout(callback: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;

interface AtlasBuffer {
  readonly length: number;
  readonly [index: number]: number | undefined;
  slice(start: number, end: number): AtlasBuffer;
  toString(encoding: 'utf8'): string;
}

interface AtlasHash {
  update(text: string, encoding: 'utf8'): AtlasHash;
  digest(encoding: 'hex' | 'base64'): string;
}

/** Call it only inside functions. */
declare function require(name: 'crypto'): {
  createHash(algorithm: 'sha256'): AtlasHash;
  createHmac(algorithm: 'sha256', key: AtlasBuffer): AtlasHash;
};
declare function require(name: 'buffer'): {
  readonly Buffer: {
    from(text: string, encoding: 'utf8' | 'base64'): AtlasBuffer;
    byteLength(text: string, encoding: 'utf8'): number;
  };
};

declare function require(name: 'timers'): {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
};

/** The one function of a script. */
declare let exports: unknown;
