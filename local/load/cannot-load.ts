import { CommandError } from '../command.ts';

export function cannotLoad(problems: readonly string[]): CommandError {
  return new CommandError(problems.map((problem) => `Cannot load: ${problem}`).join('\n'));
}
