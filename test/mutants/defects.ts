// Defects that projects like this one really had, or that a tired person could write here: each breaks a promise of README.md.

export interface Defect {
  readonly name: string;
  readonly file: string;
  /** Stands there once. */
  readonly is: string;
  readonly becomes: string;
  /** The tests that are asked: those of the file and of the promise. */
  readonly tests: readonly string[];
}

const receive = 'test/shared/http/receive.test.ts';
const atlasSide = 'test/atlas-app';

export const defects: readonly Defect[] = [
  {
    name: 'acknowledges before the write',
    file: 'shared/lake/create-in-time.ts',
    is: 'return await endingWith(deadline.signal, writer.create(path, content, contentType, deadline.signal));',
    becomes: "writer.create(path, content, contentType, signal).catch(() => undefined);\n  return 'created';",
    tests: [receive],
  },
  {
    name: 'takes a failed event for stored',
    file: 'shared/events/store-events.ts',
    is: "return { outcome: 'failed', event, fault: describeFault(fault) };",
    becomes: "return { outcome: 'stored', path: '', event };",
    tests: [receive],
  },
  {
    name: 'takes any 409 for stored',
    file: 'shared/lake/azure/azure-writer.ts',
    is: "if (codeOf(error) === 'BlobAlreadyExists') return 'exists';",
    becomes: "if (error instanceof Error && 'statusCode' in error && error.statusCode === 409) return 'exists';",
    tests: ['test/shared/lake/azure/azure-writer.test.ts'],
  },
  {
    name: 'overwrites what is there',
    file: 'shared/lake/azure/azure-writer.ts',
    is: "conditions: { ifNoneMatch: '*' },",
    becomes: '',
    tests: ['test/shared/lake/azure/azure-writer.test.ts'],
  },
  {
    name: 'takes an empty file of a dead writer for stored',
    file: 'shared/lake/azure/dfs-create.ts',
    is: "if (contentLength > 0) return { kind: 'complete' };",
    becomes: "if (contentLength >= 0) return { kind: 'complete' };",
    tests: ['test/shared/lake/azure/dfs-create.test.ts'],
  },
  {
    name: 'forgets to wait for the flush',
    file: 'shared/lake/azure/dfs-create.ts',
    is: 'await target.file.flush(content.byteLength, { ...options, abortSignal });',
    becomes: 'target.file.flush(content.byteLength, { ...options, abortSignal }).catch(() => undefined);',
    tests: ['test/shared/lake/azure/dfs-create.test.ts', 'test/shared/lake/azure/azure-writer.test.ts'],
  },
  {
    name: 'takes the directories of a hierarchical account for files',
    file: 'shared/lake/azure/azure-reader.ts',
    is: "metadata?.['hdi_isfolder'] === 'true'",
    becomes: "metadata?.['hdi_isfolder'] === 'never'",
    tests: ['test/shared/lake/azure/azure-reader.test.ts'],
  },
  {
    name: 'publishes a file before it is durable',
    file: 'shared/lake/folder/folder-writer.ts',
    is: 'await file.sync();',
    becomes: '',
    tests: ['test/shared/lake/folder/folder-writer.test.ts'],
  },
  {
    name: 'names files by the document, so that its next event finds the name taken',
    file: 'shared/events/lake-path.ts',
    is: "const id = event.documentId === undefined ? '' : `-${event.documentId}`;\n  return `${prefix}-${timeName(event.time)}${id}-${digestOf(event)}.json`;",
    becomes: 'return `${prefix}-${event.documentId ?? digestOf(event)}.json`;',
    tests: ['test/shared/events/lake-path.test.ts', receive],
  },
  {
    name: 'partitions by the clock',
    file: 'shared/events/lake-path.ts',
    is: 'const [year, month, day, hour] = new Date(ms).toISOString().split(/[-T:]/);',
    becomes: 'const [year, month, day, hour] = new Date(ms && Date.now()).toISOString().split(/[-T:]/);',
    tests: ['test/shared/events/lake-path.test.ts'],
  },
  {
    name: 'lets a collection called ".." out of its folder',
    file: 'shared/lake/path-name.ts',
    is: 'text.replaceAll(/^[._]|[^A-Za-z0-9._-]|\\.$/gu, escapeCharacter)',
    becomes: 'text.replaceAll(/[^A-Za-z0-9._-]/gu, escapeCharacter)',
    tests: ['test/shared/lake/path-name.test.ts', 'test/shared/events/lake-path-safety.test.ts'],
  },
  {
    name: 'rounds 64-bit integers',
    file: 'shared/format/relaxed.ts',
    is: "case 'int64':\n      return value.digits;",
    becomes: "case 'int64':\n      return String(Number(value.digits));",
    tests: ['test/shared/format/relaxed.test.ts'],
  },
  {
    name: 'passes a pre-image off as the new state',
    file: 'shared/events/document.ts',
    is: "return fields.get(operationType === 'delete' ? 'fullDocumentBeforeChange' : 'fullDocument');",
    becomes:
      "return fields.get(operationType === 'delete' ? 'fullDocumentBeforeChange' : 'fullDocument') ?? fields.get('fullDocumentBeforeChange');",
    tests: ['test/shared/events/document.test.ts'],
  },
  {
    name: 'drops an update whose document is null',
    file: 'shared/events/change-event.ts',
    is: 'const { _id, operationType, clusterTime, wallTime, ns } = placing;',
    becomes:
      "const { _id, operationType, clusterTime, wallTime, ns } = placing;\n  const full = fields.get('fullDocument');\n  if (full !== undefined && text[full.start] === 0x6e) return refused('null');",
    tests: [receive, 'test/shared/events/change-event.test.ts'],
  },
  {
    name: 'compares the beginning of signatures only',
    file: 'shared/http/signature.ts',
    is: 'if (timingSafeEqual(one, expected)) authentic = true;',
    becomes: 'if (Buffer.from(one).subarray(0, 4).equals(expected.subarray(0, 4))) authentic = true;',
    tests: ['test/shared/http/signature.test.ts'],
  },
  {
    name: 'compares signatures with ===, which tells by its time how much of one is right',
    file: 'shared/http/signature.ts',
    is: 'if (timingSafeEqual(one, expected)) authentic = true;',
    becomes: "if (Buffer.from(one).toString('hex') === expected.toString('hex')) authentic = true;",
    tests: ['test/shared/http/signature.test.ts'],
  },
  {
    name: 'parses before it verifies',
    file: 'shared/http/receive.ts',
    is: 'const { body, encoding } = admission;',
    becomes:
      "const { body, encoding } = admission;\n  const early = findJsonFault(body);\n  if (early !== undefined && encoding === 'identity') return { kind: early, bytes: body.length };",
    tests: [receive],
  },
  {
    name: 'counts characters for bytes',
    file: 'shared/http/gather.ts',
    is: 'const needed = length + piece.byteLength;',
    becomes: 'const needed = length + Buffer.from(piece).toString().length;',
    tests: ['test/shared/http/delivery.test.ts', receive],
  },
  {
    name: 'trusts the size of a compressed body',
    file: 'shared/http/inflate.ts',
    is: 'gather(inflatedPieces(body, signal), toldBytes(body, maxBytes), maxBytes, roomBeside)',
    becomes: 'gather(inflatedPieces(body, signal), 0, Number.MAX_SAFE_INTEGER, roomBeside)',
    tests: ['test/shared/http/inflate.test.ts'],
  },
  {
    name: 'answers 200 to a batch that failed in part',
    file: 'shared/http/response.ts',
    is: 'if (counts.failed > 0)',
    becomes: 'if (counts.failed > 0 && counts.stored === 0)',
    tests: ['test/shared/http/response.test.ts'],
  },
  {
    name: 'logs paths, and with them keys of documents',
    file: 'shared/app/log-line.ts',
    is: "message: 'change events',",
    becomes: "message: 'change events',\n    paths: events.map((event) => ('path' in event ? event.path : '')),",
    tests: ['test/shared/app/log-line.test.ts', 'test/functions/secrecy.test.ts'],
  },
  {
    name: 'logs what stands in a body that it refuses, and answers with it',
    file: 'shared/events/change-event.ts',
    is: "const field = placingFields.find((one) => one === name) ?? '_id';",
    becomes: 'const field = JSON.stringify(placing[name]);',
    tests: ['test/shared/events/change-event-refusals.test.ts', 'test/functions/secrecy.test.ts'],
  },
  {
    name: 'names a batch by its first event alone',
    file: 'shared/events/batch-file.ts',
    is: 'const sequences = events.map(({ placed }) => placed.sequence);',
    becomes: 'const sequences = events.slice(0, 1).map(({ placed }) => placed.sequence);',
    tests: ['test/shared/events/store-batch.test.ts'],
  },
  {
    name: 'the Atlas function trusts a 200 without a receipt',
    file: 'atlas-app/src/receipt.ts',
    is: 'if (!Array.isArray(events) || events.length !== eventCount) return undefined;',
    becomes:
      "if (!Array.isArray(events) || events.length !== eventCount) return answer.status === 200 ? [{ kind: 'delivered' }] : undefined;",
    tests: [`${atlasSide}/undelivered.test.ts`],
  },
  {
    name: 'the Atlas function drops an event on 401',
    file: 'atlas-app/src/deliver.ts',
    is: 'if (isTooLarge(answer)) return refusedByStatus(answer);',
    becomes:
      "if (answer.kind === 'answer' && answer.status === 401) return { kind: 'delivered' };\n  if (isTooLarge(answer)) return refusedByStatus(answer);",
    tests: [`${atlasSide}/undelivered.test.ts`],
  },
  {
    name: 'the Atlas function signs another text than it sends',
    file: 'atlas-app/src/post.ts',
    is: 'signatureHeaders(receiver.secret, webhookId, body)',
    becomes: 'signatureHeaders(receiver.secret, webhookId, JSON.stringify(JSON.parse(body), null, 1))',
    tests: [`${atlasSide}/forward-change-event.test.ts`],
  },
  {
    name: 'the Atlas function makes a new webhook-id for each try',
    file: 'atlas-app/src/event.ts',
    is: 'return `evt_${sha256(token).slice(0, 32)}`;',
    becomes: 'return `evt_${sha256(token + Math.random()).slice(0, 32)}`;',
    tests: [`${atlasSide}/forward-change-event.test.ts`],
  },
  {
    name: 'the Atlas function logs the resume token',
    file: 'atlas-app/src/log.ts',
    is: 'const { namespace, operationType, digest } = event;',
    becomes: 'const { namespace, operationType, token: digest } = event;',
    tests: [`${atlasSide}/forward-change-event.test.ts`, `${atlasSide}/forward-secrecy.test.ts`],
  },
  {
    name: 'the drain deletes from the outbox before the receipt',
    file: 'atlas-app/src/drain.ts',
    is: 'const answer = await post(receiver, batch.webhookId, batch.body, batchTryMs);',
    becomes:
      'await removeEntries(batch.entries);\n  const answer = await post(receiver, batch.webhookId, batch.body, batchTryMs);',
    tests: [`${atlasSide}/drain-receipts.test.ts`],
  },
  {
    name: 'the drain removes what was refused',
    file: 'atlas-app/src/drain.ts',
    is: "const delivered = entries.filter((_, index) => kindOf(index) === 'delivered');",
    becomes: "const delivered = entries.filter((_, index) => kindOf(index) !== 'undelivered');",
    tests: [`${atlasSide}/drain-receipts.test.ts`],
  },
  {
    name: 'the outbox names parts before they are there',
    file: 'atlas-app/src/keep.ts',
    is: "await outboxCollection('parts').updateOne({ _id: id }, { $set: part }, { upsert: true });",
    becomes: "outboxCollection('parts').updateOne({ _id: id }, { $set: part }, { upsert: true });",
    tests: [`${atlasSide}/large-events.test.ts`],
  },
  {
    name: 'the outbox removes parts that a late entry names',
    file: 'atlas-app/src/keep.ts',
    is: 'if (kept === null || kept === undefined) throw error;',
    becomes: 'if (kept === null || kept === undefined) {\n    await removeParts(parts);\n    throw error;\n  }',
    tests: [`${atlasSide}/large-events.test.ts`],
  },
  {
    name: 'the Atlas function sends documents to another machine in clear text',
    file: 'atlas-app/src/values.ts',
    is: 'if (!/^https:/i.test(url) && !isThisMachine(url))',
    becomes: 'if (false)',
    tests: [`${atlasSide}/odd-values.test.ts`],
  },
  {
    name: 'lets the checkpoint of the hub pass what failed',
    file: 'functions/event-hub.ts',
    is: 'if (!isDone(receipt))',
    becomes: 'if (receipt.left < 0)',
    tests: ['test/proof/event-hub.test.ts'],
  },
  {
    name: 'retries an invocation of the hub a few times only',
    file: 'functions/event-hub.ts',
    is: 'maxRetryCount: -1,',
    becomes: 'maxRetryCount: 5,',
    tests: ['test/functions/event-hub.test.ts'],
  },
  {
    name: 'lets the host parse messages of the hub as text',
    file: 'functions/event-hub.ts',
    is: "dataType: 'binary',",
    becomes: "dataType: 'string',",
    tests: ['test/functions/event-hub.test.ts'],
  },
  {
    name: 'takes a refused message of the hub for kept whose file failed',
    file: 'shared/event-hub/take-messages.ts',
    is: "return { outcome: 'failed', event: undefined, fault: describeFault(fault) };",
    becomes: 'return refused;',
    tests: ['test/shared/event-hub/take-messages.test.ts'],
  },
  {
    name: 'reads data of a v2 message that looks like v1 as v1',
    file: 'shared/event-hub/legacy-json.ts',
    is: "if (wallTime !== undefined) return legacyValueAt(text, wallTime.start)?.type === 'date';",
    becomes: '',
    tests: ['test/shared/event-hub/read-message.test.ts'],
  },
  {
    name: 'keeps the body of a refused message where fields are redacted',
    file: 'shared/event-hub/refused-file.ts',
    is: '...(withBody ? bodyOf(body) : {}),',
    becomes: '...bodyOf(body),',
    tests: ['test/shared/event-hub/refused-file.test.ts'],
  },
  {
    name: 'a run of the tables commits what another run has committed',
    file: 'shared/tables/delta/commit.ts',
    is: "    if (doubles.size > 0) return { kind: 'overlaps', sequences: doubles, conflicts };",
    becomes: '',
    tests: ['test/proof/tables-writers.test.ts'],
  },
  {
    name: 'a run of the tables does not compare its rows with the table',
    file: 'shared/tables/delta/delta-table.ts',
    is: "          if (doubles.size > 0) return { kind: 'overlaps', sequences: doubles, conflicts: 0 };",
    becomes: '',
    tests: ['test/shared/tables/compact.test.ts'],
  },
  {
    name: 'a run of the tables takes the log entry of another for its own',
    file: 'shared/tables/delta/commit.ts',
    is: "    const winner = created === 'created' ? undefined : await entryAt(request, version, signal);",
    becomes:
      "    const winner = created === 'created' || version >= 0 ? undefined : await entryAt(request, version, signal);",
    tests: ['test/proof/tables-writers.test.ts'],
  },
  {
    name: 'a run of the tables notes files that it has not read',
    file: 'shared/tables/compact-day.ts',
    is: 'digests: digestsOf(gathered.read)',
    becomes: 'digests: digestsOf(files)',
    tests: ['test/proof/tables-model.test.ts'],
  },
  {
    name: 'a table loses what its column cannot hold',
    file: 'shared/tables/row.ts',
    is: '  if (!namespace.isWhole) leave(others, columns.ns);\n',
    becomes: '',
    tests: ['test/shared/tables/row.test.ts'],
  },
  {
    name: 'a checkpoint of a table forgets a file',
    file: 'shared/tables/delta/checkpoint.ts',
    is: '    ...[...adds.values()].map((add) => ({',
    becomes: '    ...[...adds.values()].slice(1).map((add) => ({',
    tests: ['test/shared/tables/parquet.test.ts', 'test/proof/tables-writers.test.ts'],
  },
  {
    name: 'a table has Data Page V2',
    file: 'shared/tables/parquet/column-chunk.ts',
    is: 'const dataPage = 0;',
    becomes: 'const dataPage = 3;',
    tests: ['test/shared/tables/parquet.test.ts'],
  },
  {
    name: 'prune believes the name of a file',
    file: 'shared/tables/prune.ts',
    is: 'sequences.length > 0 && sequences.every((sequence) => inTable.has(sequence))',
    becomes: 'sequences.length > 0 && sequences.some((sequence) => inTable.has(sequence))',
    tests: ['test/local/tables.test.ts'],
  },
  {
    name: 'the initial load ends where the type of `_id` changes',
    file: 'atlas-app/src/load-page.ts',
    is: "[{ $expr: { $gt: ['$_id', { $literal: position._id }] } }]",
    becomes: '[{ _id: { $gt: position._id } }]',
    tests: [`${atlasSide}/load-collection.test.ts`],
  },
  {
    name: 'the initial load has a T0 after its beginning',
    file: 'atlas-app/src/load-state.ts',
    is: 'Math.floor(Number(now) / 1000) - earlierSeconds',
    becomes: 'Math.floor(Number(now) / 1000) + 600',
    tests: [`${atlasSide}/load-model.test.ts`],
  },
  {
    name: 'the initial load moves on before a page is durable',
    file: 'atlas-app/src/load-page.ts',
    is: "return verdicts.every(({ kind }) => kind !== 'undelivered');",
    becomes: 'return verdicts.length > 0;',
    tests: [`${atlasSide}/load-collection.test.ts`],
  },
];
