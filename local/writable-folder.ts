// Checks that the folder of a lake can be written to, and names the cause if it cannot.
import { within } from '../shared/async/deadline.ts';
import { folderWriter } from '../shared/lake/folder/folder-writer.ts';
import { CommandError, reasonOf } from './command.ts';

export async function assertWritable(folder: string): Promise<void> {
  try {
    // A dead network folder never answers, not even with an error.
    await within(5_000, folderWriter(folder).check);
  } catch (error) {
    throw new CommandError(
      `Cannot start: the lake's folder must be one that can be written to: ${JSON.stringify(folder)} (LAKE_URL): ${reasonOf(error)}`,
    );
  }
}
