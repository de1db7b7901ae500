/** The hostname of an address as `URL` gives it: what is sent there does not leave this machine. */
export function isThisMachine(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
