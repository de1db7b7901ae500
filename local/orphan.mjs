// npm sends a signal to the shell between it and us. That shell ends and does not pass the signal on. So the end of our
// parent counts as the signal. Plain JavaScript for Node 20.

const everyMs = 500;

/**
 * Watches under npm only. A command that a person started directly continues in the background.
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
