/** Whether requests to this host stay on this machine. Takes the hostname from `URL`. */
export function isThisMachine(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
