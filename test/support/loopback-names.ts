// Azure's storage names lead to this machine: the Data Lake endpoint and the Blob endpoint of an account differ only by
// name. Only the name shows the endpoint of a request. Imported, or loaded by `--import`.
import dns from 'node:dns';

const lookup = dns.lookup;

const toLoopback = (hostname: string, ...rest: unknown[]): unknown =>
  Reflect.apply(lookup, dns, [hostname.endsWith('.core.windows.net') ? '127.0.0.1' : hostname, ...rest]);

Object.assign(dns, { lookup: toLoopback });
