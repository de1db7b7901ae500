// Whether the folder of a lake can be written to, with the cause where it cannot.
import { deadlineIn, endingWith } from '../shared/async/deadline.ts';
import { folderWriter } from '../shared/lake/folder/folder-writer.ts';
import { CommandError, codeOf } from './command.ts';

export async function assertWritable(folder: string): Promise<void> {
  try {
    // A dead network folder answers nothing, not even an error.
    using deadline = deadlineIn(5_000);
    await endingWith(deadline.signal, folderWriter(folder).check(deadline.signal));
  } catch (error) {
    throw new CommandError(
      `Cannot start: the lake's folder must be one that can be written to: ${JSON.stringify(folder)} (LAKE_URL): ${codeOf(error)}`,
    );
  }
}
