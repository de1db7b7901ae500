// A small story of three films, as a change stream reports it, for `npm run sample`.

export interface StoryEvent {
  readonly told: string;
  readonly event: Readonly<Record<string, unknown>>;
}

const film = { $oid: '573a1390f29313caabcd42e8' };
const remake = { $oid: '573a1390f29313caabcd5293' };
const classic = { $oid: '573a1390f29313caabcd4135' };

export interface Namespace {
  readonly db: string;
  readonly coll: string;
}

/** The namespace on a laptop: the name of Atlas' own sample data. */
export const namespaceHere: Namespace = { db: 'sample_mflix', coll: 'movies' };

/** The namespace in a lake that others read: nobody must think that the sample is data. */
export const namespaceElsewhere: Namespace = { db: 'atlas_lake_sync_sample', coll: 'films' };

/** Each run has new events, and so new files. */
export function story(now: Date, { db, coll }: Namespace): StoryEvent[] {
  const seconds = Math.floor(now.getTime() / 1000);
  let increment = 0;

  function change(
    told: string,
    operationType: string,
    id: unknown,
    fields: Readonly<Record<string, unknown>>,
  ): StoryEvent {
    increment++;
    const token = `82${hex(seconds)}${hex(increment)}2B042C0100296E5A${hex(now.getTime() % 2 ** 31)}04`;
    const event = {
      _id: { _data: token },
      operationType,
      clusterTime: { $timestamp: { t: seconds, i: increment } },
      wallTime: { $date: { $numberLong: String(now.getTime() + increment) } },
      ...fields,
      ns: { db, coll },
      documentKey: { _id: id },
    };
    return { told, event };
  }

  const draft = filmDocument(film, 'The Great Train Robery', '10');
  const corrected = filmDocument(film, 'The Great Train Robbery', '11');
  const other = filmDocument(remake, 'The Great Train Robbery (again)', '0');
  const changes = [
    change('a film is inserted', 'insert', film, { fullDocument: draft }),
    change('its title is corrected', 'update', film, {
      updateDescription: updated({ title: corrected.title, runtime: corrected.runtime }),
      fullDocument: corrected,
      fullDocumentBeforeChange: draft,
    }),
    change('it is edited in Data Explorer', 'replace', film, { fullDocument: corrected }),
    change('a second film is inserted', 'insert', remake, { fullDocument: other }),
    change('it is updated, but deleted before the look-up', 'update', remake, {
      updateDescription: updated({ runtime: { $numberInt: '90' } }),
      fullDocument: null,
    }),
    change('it is deleted, with its pre-image', 'delete', remake, { fullDocumentBeforeChange: other }),
    change('the first is deleted, without a pre-image', 'delete', film, {}),
  ];
  const kept = change('a third film is inserted, and stays', 'insert', classic, {
    fullDocument: filmDocument(classic, 'Blacksmith Scene', '1'),
  });
  return [...changes, kept, { ...kept, told: 'the same event comes again' }];
}

function filmDocument(id: unknown, title: string, minutes: string) {
  return {
    _id: id,
    title,
    year: { $numberInt: '1903' },
    runtime: { $numberInt: minutes },
    imdb: { rating: { $numberDouble: '7.4' }, votes: { $numberLong: '9847' } },
    budget: { $numberDecimal: '150.00' },
    released: { $date: { $numberLong: '-2085523200000' } },
  };
}

function updated(updatedFields: Readonly<Record<string, unknown>>) {
  return { updatedFields, removedFields: [], truncatedArrays: [] };
}

function hex(count: number): string {
  return count.toString(16).toUpperCase().padStart(8, '0');
}
