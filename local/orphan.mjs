// npm passes a signal on to the shell between it and us, and that shell dies without a word. So the end of our parent stands for
// the signal. Plain JavaScript for Node 20.

const everyMs = 500;

/**
 * Only under npm: whoever starts a command by hand and leaves it behind means it to go on.
 * @param {() => void} end
 */
export function onceOrphaned(end) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, everyMs);
  watch.unref();
}
