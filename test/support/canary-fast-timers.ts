// For a receiver with a storage that never answers. Loaded before it, this makes its deadlines twenty times as early.
const { setTimeout: later } = globalThis;
const factor = 20;

globalThis.setTimeout = Object.assign(
  (callback: () => void, ms = 0, ...args: []) => later(callback, ms / factor, ...args),
  later,
);
