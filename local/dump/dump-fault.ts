/** A place in a dump that cannot be read. The message names the place, never its content. */
export class DumpFault extends Error {
  override readonly name = 'DumpFault';
  readonly requirement: string;
  readonly place: string;
  /** Empty until the opener of the file sets its name. */
  readonly file: string;

  constructor(requirement: string, place: string, options: ErrorOptions & { readonly file?: string } = {}) {
    super(`${requirement}: ${place}`, options);
    this.requirement = requirement;
    this.place = place;
    this.file = options.file ?? '';
  }
}
