// Opens the lake and the tables for the timer, the status page and the commands. The receiver does not need them.
import type { LakeReader, LakeReplacer, LakeWriter } from '../lake/lake.ts';
import type { LakeLocation } from '../lake/lake-url.ts';
import { openReader, openRemover, openReplacer, openWriter } from '../lake/open-lake.ts';
import type { Places, Removers } from '../tables/places.ts';
import type { Settings } from './settings.ts';

/** Undefined if no setting says where the tables are. */
export async function openPlaces(settings: Settings, kind: Places['kind']): Promise<Places | undefined> {
  const { lake, tables } = settings;
  if (tables.location === undefined) return undefined;
  const tablesLake = { ...lake, location: tables.location };
  const [lakeReader, reader, writer, replacer] = await Promise.all([
    openReader(lake),
    openReader(tablesLake),
    openWriter(tablesLake),
    openReplacer(tablesLake),
  ]);
  return {
    lake: { reader: lakeReader, directory: directoryOf(lake.location) },
    tables: { reader, writer, replacer, directory: directoryOf(tables.location) },
    kind,
  };
}

export async function openRemovers({ lake, tables }: Settings): Promise<Removers | undefined> {
  if (tables.location === undefined) return undefined;
  const [ofLake, ofTables] = await Promise.all([
    openRemover(lake),
    openRemover({ ...lake, location: tables.location }),
  ]);
  return { lake: ofLake, tables: ofTables };
}

export interface Requests {
  readonly count: () => number;
  readonly places: Places;
}

/** Counts the requests to the store, because requests are the cost of a run. */
export function counted({ lake, tables, kind }: Places): Requests {
  let requests = 0;
  return {
    count: () => requests,
    places: {
      kind,
      lake: { ...lake, reader: countedReader(lake.reader) },
      tables: {
        ...tables,
        reader: countedReader(tables.reader),
        writer: countedWriter(tables.writer),
        replacer: countedReplacer(tables.replacer),
      },
    },
  };

  function countedReader(reader: LakeReader): LakeReader {
    return {
      list: async function* (...asked) {
        for await (const page of reader.list(...asked)) {
          requests++;
          yield page;
        }
      },
      folders: (...asked) => {
        requests++;
        return reader.folders(...asked);
      },
      files: (...asked) => {
        requests++;
        return reader.files(...asked);
      },
      read: (...asked) => {
        requests++;
        return reader.read(...asked);
      },
    };
  }

  function countedWriter(writer: LakeWriter): LakeWriter {
    return {
      create: (...asked) => {
        requests++;
        return writer.create(...asked);
      },
      check: writer.check,
    };
  }

  function countedReplacer(replacer: LakeReplacer): LakeReplacer {
    return {
      replace: (...asked) => {
        requests++;
        return replacer.replace(...asked);
      },
    };
  }
}

function directoryOf(location: LakeLocation): string {
  return location.kind === 'azure' ? location.directory : '';
}
