// `context.http.post` of Atlas: it resolves on every status, and needs the same form of a request.
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';

/** Takes any argument of the function, and checks it here, as Atlas does. */
export type AtlasHttp = (request: unknown) => Promise<unknown>;

interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly body: string;
}

interface Answer {
  readonly statusCode: number | undefined;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly body: { readonly text: () => string };
}

export async function httpPost(given: unknown): Promise<Answer> {
  const { url, headers, body } = readPost(given);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const send = url.startsWith('https:') ? secureRequest : request;
  const bytes = Buffer.from(body, 'utf8');
  const sent = send(url, { method: 'POST', headers: { ...headers, 'content-length': bytes.length }, agent: false });
  sent.once('error', (error) => reject(new Error(`Post "${url}": ${error.message}`)));
  sent.once('response', (response) => {
    const pieces: Buffer[] = [];
    response.on('data', (piece) => pieces.push(piece));
    response.once('error', () => reject(new Error(`Post "${url}": unexpected EOF`)));
    response.once('end', () => {
      const text = Buffer.concat(pieces).toString('utf8');
      const status = response.statusCode;
      resolve({ statusCode: status, headers: namedAsInGo(response.headersDistinct), body: { text: () => text } });
    });
  });
  sent.end(bytes);
  return await promise;
}

function readPost(given: unknown): Post {
  if (typeof given !== 'object' || given === null) throw new Error('http.post: an object is required');
  const request: Record<string, unknown> = { ...given };
  const { url, headers = {}, body, encodeBodyAsJSON = false, followRedirects = false, ...unknown } = request;
  for (const name of Object.keys(unknown)) throw new Error(`http.post: "${name}" is not a known member`);
  if (typeof url !== 'string' || !/^https?:\/\//.test(url)) throw new Error('http.post: url must be a string');
  if (encodeBodyAsJSON !== false) throw new Error('http.post: a signed body must not be encoded by Atlas');
  if (followRedirects !== false) throw new Error('http.post: a signed body must not follow a redirect');
  if (typeof body !== 'string') throw new Error('http.post: body must be a string');
  return { url, headers: readHeaders(headers), body };
}

function readHeaders(headers: unknown): Record<string, string[]> {
  if (typeof headers !== 'object' || headers === null) throw new Error('http.post: headers must be an object');
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => {
      if (!Array.isArray(values) || values.some((value) => typeof value !== 'string'))
        throw new Error(`http.post: header "${name}" must be an array of strings`);
      return [name, values.map(String)];
    }),
  );
}

function namedAsInGo(headers: NodeJS.Dict<string[]>): Record<string, string[]> {
  const named = Object.entries(headers).map(([name, values = []]): [string, string[]] => [
    name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
    values,
  ]);
  return Object.fromEntries(named);
}
