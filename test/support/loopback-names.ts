// Maps Azure's storage names to this machine. The Data Lake endpoint and the Blob endpoint of an account differ only by
// name, so a test needs the names. Import it, or load it by `--import`.
import dns from 'node:dns';

const lookup = dns.lookup;

const toLoopback = (hostname: string, ...rest: unknown[]): unknown =>
  Reflect.apply(lookup, dns, [hostname.endsWith('.core.windows.net') ? '127.0.0.1' : hostname, ...rest]);

Object.assign(dns, { lookup: toLoopback });
