// Builds HTML. It escapes every inserted value, because names come from data and can contain markup.

export interface Html {
  readonly html: string;
}

export type HtmlValue = Html | readonly Html[] | string | number;

export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: parts.map((part, index) => `${part}${textOf(values[index] ?? '')}`).join('') };
}

export const nothing: Html = { html: '' };

function textOf(value: HtmlValue): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  return 'html' in value ? value.html : value.map((one) => one.html).join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`).toWellFormed();
}
