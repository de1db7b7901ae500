/** A place in a dump that cannot be read. The message names the place, never what stands there. */
export class DumpFault extends Error {
  override readonly name = 'DumpFault';
  readonly requirement: string;
  readonly place: string;

  constructor(requirement: string, place: string, options?: ErrorOptions) {
    super(`${requirement}: ${place}`, options);
    this.requirement = requirement;
    this.place = place;
  }
}
