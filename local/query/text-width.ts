// The number of terminal columns of a text. A Chinese character and an emoji take two. A separate accent takes none.

const plain = /^[ -~]*$/;
const wide =
  /(?![\uff61-\uff9f])[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const withoutWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;

export function columnsOf(text: string): number {
  if (plain.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += characterColumns(character);
  return columns;
}

/** Cuts only between characters, and puts … at the cut. */
export function cutToColumns(text: string, room: number): string {
  if (columnsOf(text) <= room) return text;
  let columns = 0;
  let end = 0;
  for (const character of text) {
    columns += characterColumns(character);
    if (columns > room - 1) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

function characterColumns(character: string): number {
  if (withoutWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
