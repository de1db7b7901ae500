// The seed of all random values in tests. It is the same in every npm test, so that a run depends only on the tree. npm
// run fuzz uses other seeds, and SEED=… repeats one.
import fc from 'fast-check';

export const seed = Number(process.env['SEED'] ?? 20_261_120);

fc.configureGlobal({ seed });

export { fc };
