/** A database of its own: a trigger on the whole cluster sees its changes, and must not send them. */
export const outboxDatabase = 'atlas_lake_sync';
