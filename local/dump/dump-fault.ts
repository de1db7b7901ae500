/** A place in a dump that cannot be read. The message names the place, never what stands there. */
export class DumpFault extends Error {
  override readonly name = 'DumpFault';
  readonly requirement: string;
  readonly place: string;
  /** Empty until whoever opened the file says which one it is. */
  readonly file: string;

  constructor(requirement: string, place: string, options: ErrorOptions & { readonly file?: string } = {}) {
    super(`${requirement}: ${place}`, options);
    this.requirement = requirement;
    this.place = place;
    this.file = options.file ?? '';
  }
}
