// The seed of all that tests draw at random. It is the same in every npm test, so that a run depends on the tree alone; npm run fuzz
// draws others, and SEED=… repeats one.
import fc from 'fast-check';

export const seed = Number(process.env['SEED'] ?? 20_261_120);

fc.configureGlobal({ seed });

export { fc };
