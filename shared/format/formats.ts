// The setting `DOCUMENT_FORMAT`. docs/lake.md has a table of each type in each format.
import { canonical } from './canonical.ts';
import type { Format } from './format.ts';
import { relaxed } from './relaxed.ts';
import { simple } from './simple.ts';

export type DocumentFormat = 'relaxed' | 'canonical' | 'simple';

export const formats: Readonly<Record<DocumentFormat, Format>> = { relaxed, canonical, simple };
