// One Azurite for all files of a lane. The test runner starts it first, because a start costs two seconds of CPU.
import { runAzurite, sharedOrigin } from './azurite.ts';

let stop: (() => Promise<void>) | undefined;

export async function globalSetup(): Promise<void> {
  const azurite = await runAzurite();
  process.env[sharedOrigin] = azurite.origin;
  stop = azurite.stop;
}

export async function globalTeardown(): Promise<void> {
  await stop?.();
}
