// The settings for Event Hubs. The binding reads the connection itself. Here it only has to be there.
import { isNotSet, type SettingReader } from './setting-reader.ts';

export interface EventHubSettings {
  readonly name: string;
  readonly consumerGroup: string;
}

/** Undefined if no hub is named. */
export function readEventHub(read: SettingReader): EventHubSettings | undefined {
  const name = read.text('EVENT_HUB_NAME');
  const group = read.text('EVENT_HUB_CONSUMER_GROUP');
  const hasConnection = connectionSettings.some((setting) => read.text(setting) !== undefined);
  if (name === undefined) {
    const found = [...(hasConnection ? ['EVENT_HUB_CONNECTION'] : []), ...(group ? ['EVENT_HUB_CONSUMER_GROUP'] : [])];
    if (found.length > 0) read.mustBe('EVENT_HUB_NAME', `set beside ${found.join(' and ')}`, isNotSet);
    return undefined;
  }
  if (!hasConnection)
    read.mustBe(
      'EVENT_HUB_CONNECTION',
      'set beside EVENT_HUB_NAME, or EVENT_HUB_CONNECTION__fullyQualifiedNamespace for an identity',
      isNotSet,
    );
  return { name, consumerGroup: group ?? '$Default' };
}

const connectionSettings = ['EVENT_HUB_CONNECTION', 'EVENT_HUB_CONNECTION__fullyQualifiedNamespace'] as const;
