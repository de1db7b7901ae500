// Redacts an `updateDescription`. It names fields by their paths. `updatedFields` has paths as names, as in
// `{"updatedFields":{"cards.0.number":…}}`. `removedFields` and `truncatedArrays` have them as values.
// https://www.mongodb.com/docs/manual/reference/change-events/update/
import { openBrace, openBracket, quote } from '../json/json-bytes.ts';
import { stringAt } from '../json/json-text.ts';
import { allAtOnce, type Steps } from '../json/steps.ts';
import { stringEnd, valueEnd } from '../json/value-end.ts';
import { type Edit, editItems, type Taken } from './edit.ts';
import { type HashOf, memberAt, redactMember, redactValue, stayingValue } from './redact-value.ts';
import { type Action, follow, type PathTree } from './rules.ts';

export function* redactUpdate(edit: Edit, start: number, paths: PathTree, hashOf: HashOf): Steps<number> {
  const { text } = edit;
  if (text[start] !== openBrace) return yield* redactValue(edit, start, paths, hashOf);
  return yield* editItems(edit, start, (keyStart) => {
    const at = memberAt(text, keyStart).start;
    const redactPart = text[at] === openBracket ? redactEntries : redactValue;
    return stayingValue(redactPart(edit, at, paths, hashOf));
  });
}

function redactEntries(edit: Edit, start: number, paths: PathTree, hashOf: HashOf): Steps<number> {
  return editItems(edit, start, (at) => redactEntry(edit, at, paths, hashOf));
}

function redactEntry(edit: Edit, start: number, paths: PathTree, hashOf: HashOf): Taken | Steps<Taken> {
  const { text } = edit;
  switch (text[start]) {
    case quote:
      return { end: stringEnd(text, start), stays: actionOn(text, start, paths) !== 'drop' };
    case openBracket:
      return stayingValue(redactEntries(edit, start, paths, hashOf));
    case openBrace:
      if (isOfRedactedArray(edit, start, paths)) return { end: valueEnd(text, start), stays: false };
      return stayingValue(redactTruncation(edit, start, paths, hashOf));
    default:
      return { end: valueEnd(text, start), stays: true };
  }
}

function actionOn(text: Uint8Array, start: number, paths: PathTree): Action | undefined {
  return follow(paths, stringAt(text, start, stringEnd(text, start)))?.action;
}

/** The new length is part of the array's value, so a masked or hashed array hides it too. */
function isOfRedactedArray(edit: Edit, start: number, paths: PathTree): boolean {
  const { text } = edit;
  let isRedacted = false;
  const looking = editItems(edit, start, (keyStart) => {
    const { key, start: at } = memberAt(text, keyStart);
    if (key === 'field' && text[at] === quote && actionOn(text, at, paths) !== undefined) isRedacted = true;
    return { end: valueEnd(text, at), stays: true };
  });
  allAtOnce(looking);
  return isRedacted;
}

/** Its two members belong to the event, also if a document has fields of these names. */
function redactTruncation(edit: Edit, start: number, paths: PathTree, hashOf: HashOf): Steps<number> {
  return editItems(edit, start, (keyStart) => {
    const { key, start: at } = memberAt(edit.text, keyStart);
    if (key === 'field' || key === 'newSize') return { end: valueEnd(edit.text, at), stays: true };
    return redactMember(edit, keyStart, paths, hashOf);
  });
}
