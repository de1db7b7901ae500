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
  let isSeparated = true;
  let hasBegun = false;

  return {
    pass: (byte) => {
      if (isSpace(byte)) return undefined;
      if (byte === openBracket && !hasBegun) {
        isArray = true;
        hasBegun = true;
      } else if (byte === comma && isArray && !isSeparated && !isArrayClosed) isSeparated = true;
      else if (byte === closeBracket && isArray && !isArrayClosed) isArrayClosed = true;
      else return 'a document must be a JSON object';
      return undefined;
    },
    begin: () => (isArrayClosed || !isSeparated ? 'documents of an array must have one comma between them' : undefined),
    passDocument: () => {
      hasBegun = true;
      isSeparated = !isArray;
    },
    end: () => (isArray && !isArrayClosed ? 'the array must end with "]"' : undefined),
  };
}
