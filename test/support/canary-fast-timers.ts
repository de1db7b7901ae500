// For a receiver whose storage never answers: loaded before it, this makes its deadlines come twenty times as early.
const { setTimeout: later } = globalThis;
const factor = 20;

globalThis.setTimeout = Object.assign(
  (callback: () => void, ms = 0, ...args: []) => later(callback, ms / factor, ...args),
  later,
);
