// Checks the text between the documents of a JSON file: white space, and the brackets and commas of an array.
import { closeBracket, comma, isSpace, openBracket } from '../../shared/json/json-bytes.ts';

/** Each function returns the requirement that is not met. Undefined if all is right. */
export interface DocumentList {
  readonly pass: (byte: number) => string | undefined;
  /** Whether a document can begin here. */
  readonly begin: () => string | undefined;
  /** A document has ended. */
  readonly passDocument: () => void;
  readonly end: () => string | undefined;
}

export function documentList(): DocumentList {
  let isArray = false;
  let isArrayClosed = false;
  let last: 'nothing' | 'document' | 'comma' = 'nothing';

  return {
    pass: (byte) => {
      if (isSpace(byte)) return undefined;
      const isOpen = isArray && !isArrayClosed;
      if (byte === openBracket && !isArray && last === 'nothing') isArray = true;
      else if (byte === comma && isOpen && last === 'document') last = 'comma';
      else if (byte === closeBracket && isOpen && last === 'comma') return 'an array must not end with a comma';
      else if (byte === closeBracket && isOpen) isArrayClosed = true;
      else return 'a document must be a JSON object';
      return undefined;
    },
    begin: () =>
      isArrayClosed || (isArray && last === 'document')
        ? 'documents of an array must have one comma between them'
        : undefined,
    passDocument: () => {
      last = 'document';
    },
    end: () => (isArray && !isArrayClosed ? 'the array must end with "]"' : undefined),
  };
}
