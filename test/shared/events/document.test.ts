import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pickDocument } from '../../../shared/events/document.ts';
import { parseAt } from '../../../shared/json/json-text.ts';
import {
  changeEvents,
  type EventFields,
  heat,
  readEvent,
  textOf,
  withField,
  withoutField,
} from '../../support/change-events.ts';

const before = { title: 'before' };

describe('pickDocument()', () => {
  it('picks the document after an insert, an update or a replace', () => {
    for (const operationType of ['insert', 'update', 'replace'] as const) {
      assert.deepEqual(documentOf(changeEvents[operationType]), changeEvents[operationType].fullDocument);
    }
  });

  it('picks the document before a delete', () => {
    assert.deepEqual(documentOf(changeEvents.delete), heat);
  });

  it('picks nothing if the event has no document', () => {
    assert.equal(documentOf(withoutField(changeEvents.delete, 'fullDocumentBeforeChange')), undefined);
    assert.equal(documentOf(withoutField(changeEvents.update, 'fullDocument')), undefined);
    assert.equal(documentOf(changeEvents.drop), undefined);
    assert.equal(documentOf(changeEvents.invalidate), undefined);
  });

  it('picks null if the document was deleted before the look-up', () => {
    assert.equal(documentOf(withField(changeEvents.update, 'fullDocument', null)), null);
    assert.equal(documentOf(withField(changeEvents.delete, 'fullDocumentBeforeChange', null)), null);
  });

  it('never uses the document before a change as the document after it', () => {
    for (const operationType of ['insert', 'update', 'replace', 'drop', 'archiveCollection'] as const) {
      const event = withField(
        withoutField(changeEvents[operationType], 'fullDocument'),
        'fullDocumentBeforeChange',
        before,
      );

      assert.equal(documentOf(event), undefined);
    }
  });

  it('never uses a full document as the document before a delete', () => {
    const event = withField(withoutField(changeEvents.delete, 'fullDocumentBeforeChange'), 'fullDocument', heat);

    assert.equal(documentOf(event), undefined);
  });
});

function documentOf(fields: EventFields): unknown {
  const event = readEvent(textOf(fields));
  const document = pickDocument(event);
  return document && parseAt(event.text, document);
}
