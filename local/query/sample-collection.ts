// The columns of one collection, from a sample with a limit of files. Views read no more of the lake than that.
import type { Column } from '../views/column-type.ts';
import { inferColumns } from '../views/infer-columns.ts';
import type { LakeCollection } from './lake-catalog.ts';
import { openCollection } from './open-collection.ts';
import type { Reading } from './reading.ts';
import { sampledDocuments } from './sampled-documents.ts';

export interface SampledCollection {
  readonly columns: readonly Column[];
  readonly documents: number;
}

export async function sampleCollection(
  collection: LakeCollection,
  { sample, levels }: { readonly sample: number; readonly levels: number },
  reading: Reading,
): Promise<SampledCollection> {
  const open = await openCollection(collection, 0, reading);
  const isSimple = reading.places.settings.documentFormat === 'simple' || open.hasSimpleLines;
  const documents = await sampledDocuments(reading.database.connection, open.changes, sample, isSimple);
  return { columns: inferColumns(documents, levels), documents: documents.length };
}
