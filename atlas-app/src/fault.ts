/** Messages of faults repeat addresses and keys of documents: only words that are known to be harmless are told. */
export function faultWord(error: unknown): string {
  const known =
    /no such host|refused|reset|timeout|timed out|certificate|EOF|unreachable|not primary|\b(?:ECONN(?:ABORTED|REFUSED|RESET)|ENOTFOUND|ETIMEDOUT|EPIPE|EHOST(?:DOWN|UNREACH)|ENETUNREACH|EAI_AGAIN|E11000)\b|TypeError|RangeError|the value lakeDataSource must name a data source of this app/.exec(
      String(error),
    );
  return known === null ? 'a fault that it does not name' : known[0];
}
