// Plans the secrets. Nobody can read a secret in Atlas, so each given secret is sent. Other secrets stay as they are in
// Atlas.
import type { AppFolder } from './app-folder.ts';
import type { AppState } from './app-state.ts';
import { type SecretSetting, secretVariables } from './deploy-environment.ts';
import { isLocalReceiver } from './folder-rules.ts';
import { findNamed, type Planned, toConflict, toStep } from './step.ts';

interface PlannedSecrets {
  readonly planned: readonly Planned[];
  /**
   * Secrets that do not exist. Atlas refuses empty secrets. Then their values are not made either, and functions read
   * "".
   */
  readonly absent: ReadonlySet<string>;
}

export function planSecrets(
  folder: AppFolder,
  state: AppState,
  settings: ReadonlyMap<string, SecretSetting>,
): PlannedSecrets {
  const names = new Set(folder.values.filter(({ fromSecret }) => fromSecret).map(({ value }) => String(value)));
  const planned: Planned[] = [];
  const absent = new Set<string>();
  for (const name of names) {
    const one = planSecret(name, settings.get(name) ?? { kind: 'unset' }, folder, state);
    if (one === 'absent') absent.add(name);
    else planned.push(one);
  }
  return { planned, absent };
}

function planSecret(name: string, setting: SecretSetting, folder: AppFolder, state: AppState): Planned | 'absent' {
  const named = { kind: 'secret', name } as const;
  const variable = secretVariables.get(name) ?? name;
  const found = findNamed(state.secrets, name);
  switch (setting.kind) {
    case 'given': {
      const body = () => ({ name, value: setting.value });
      if (found === undefined) return toStep({ ...named, action: 'create', body });
      return toStep({
        ...named,
        action: 'set',
        id: found.id,
        note: 'sent each time, because Atlas does not show secrets',
        body,
      });
    }
    case 'unset':
      if (found !== undefined) return toStep({ ...named, action: 'keep', note: `${variable} is not set` });
      if (isLocalReceiver(folder)) return 'absent';
      return toConflict(
        `${variable} must be set (empty if the receiver needs none): it is not, and Atlas has no secret ${name}`,
      );
    case 'none': {
      const isMade = found !== undefined || folder.values.some(isFrom(name, state));
      if (!isMade) return 'absent';
      return toConflict(
        `${variable} must not be empty if Atlas has ${name}: it is: first delete the value and the secret in Atlas`,
      );
    }
  }
}

function isFrom(secret: string, { values }: AppState): (value: AppFolder['values'][number]) => boolean {
  return ({ name, value, fromSecret }) => fromSecret && value === secret && findNamed(values, name) !== undefined;
}
