// Runs code in the app in Atlas as its system user. The testing console of the Atlas UI does the same.
// https://www.mongodb.com/docs/api/doc/atlas-app-services-admin-api-v3/operation/operation-adminexecutefunctionsource

import { isRecord } from '../../../shared/json/record.ts';
import type { AdminApi } from '../../atlas-deploy/admin-api.ts';
import { FormError, type JsonObject, readObject } from '../../atlas-deploy/json.ts';
import { CommandError } from '../../command.ts';

export interface AtlasCall {
  /** Completes "Cannot …". */
  readonly doing: string;
  /** A script that assigns a function to `exports`, which returns text: JSON of an object. */
  readonly source: string;
}

/** An error of the script stays in Atlas, because a database's message can contain keys of documents. */
export async function callInAtlas(api: AdminApi, appId: string, { doing, source }: AtlasCall): Promise<JsonObject> {
  // The system user needs an empty `user_id`. Without the member Atlas refuses the request.
  const path = `/${appId}/debug/execute_function_source?run_as_system=true&user_id=`;
  const answer = await api.write('POST', path, { source, eval_source: 'exports()' }, { doing });
  const result = isRecord(answer) ? answer['result'] : undefined;
  if (typeof result !== 'string')
    throw new CommandError(`Cannot ${doing}: the script must return a result in Atlas: it ended with an error`);
  return readResult(result, doing);
}

function readResult(text: string, doing: string): JsonObject {
  try {
    return readObject(JSON.parse(text), 'its result');
  } catch (error) {
    if (!(error instanceof FormError) && !(error instanceof SyntaxError)) throw error;
    throw new CommandError(`Cannot ${doing}: the script must return a JSON object in Atlas: it does not`);
  }
}
