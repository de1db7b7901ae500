// The modules that `require` gives to a function: Node 10's built-ins without what Atlas lacks. Newer parts of this
// machine's Node are removed.
// https://www.mongodb.com/docs/atlas/atlas-ui/triggers/functions/javascript-support/#built-in-modules
const whole = 'assert events net os path querystring stream string_decoder timers tls url zlib'.split(' ');

const partial: Readonly<Record<string, string>> = {
  buffer: 'Buffer SlowBuffer transcode INSPECT_MAX_BYTES kMaxLength kStringMaxLength constants',
  crypto:
    'Cipher Decipher Certificate Hash Hmac Sign Verify constants createCipheriv createDecipheriv createHash createHmac createSign createVerify getCiphers getCurves getHashes pbkdf2 pbkdf2Sync privateDecrypt privateEncrypt publicDecrypt publicEncrypt randomBytes randomFill randomFillSync scrypt scryptSync timingSafeEqual',
  fs: 'accessSync constants lstatSync readFileSync statSync',
  http: 'Agent ClientRequest IncomingMessage METHODS STATUS_CODES get globalAgent maxHeaderSize request',
  https: 'Agent get globalAgent request',
  process: 'hrtime nextTick version versions',
  util: 'callbackify debuglog deprecate format formatWithOptions inherits inspect isDeepStrictEqual promisify types',
};

export function atlasModule(name: string): unknown {
  if (whole.includes(name)) return process.getBuiltinModule(name);
  const names = partial[name];
  if (names === undefined) throw new Error(`Cannot find module "${name}"`);
  const module: Record<string, unknown> = Object(process.getBuiltinModule(name));
  return Object.fromEntries(names.split(' ').map((kept) => [kept, module[kept]]));
}
