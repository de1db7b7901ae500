/** Logs at most `most` lines a minute. A stranger who can cause log lines must not fill the log. */
export function limitedLog(most: number): (log: (line: string) => void, line: string, now: Date) => void {
  let minute = 0;
  let logged = 0;
  return (log, line, now) => {
    const current = Math.floor(now.getTime() / 60_000);
    if (current !== minute) {
      minute = current;
      logged = 0;
    }
    if (logged++ < most) log(line);
  };
}
