import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databaseTrigger, moviesTrigger, writeFiles } from '../../support/app-folders.ts';
import { onlyApp, setUp } from '../../support/deployments.ts';

describe('npm run atlas:deploy, halted triggers', () => {
  it('does not touch a suspended trigger, and does not report it as running', async (t) => {
    const { api, folder, deploy } = await setUp(t);
    await deploy();
    onlyApp(api).put('triggers', { name: moviesTrigger, error: 'ChangeStreamHistoryLost: resume point may be gone' });
    await writeFiles(folder, {
      [`triggers/${moviesTrigger}.json`]: databaseTrigger(moviesTrigger, { unordered: true }),
    });
    const before = api.writes().length;

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.deepEqual(api.writes().slice(before), ['PUT /secrets', 'PUT /secrets']);
    assert.match(
      output,
      new RegExp(`^ {2}keep {4}trigger {6}${moviesTrigger} {2}\\(suspended or disabled in Atlas: not touched\\)$`, 'm'),
    );
    assert.match(
      output,
      new RegExp(`^ {2}${moviesTrigger} {2}suspended: ChangeStreamHistoryLost: resume point may be gone$`, 'm'),
    );
    assert.match(
      output,
      new RegExp(`^Cannot confirm the deployment: every trigger must run: these do not: ${moviesTrigger}$`, 'm'),
    );
    assert.doesNotMatch(output, /agrees with the folder/);
    assert.match(output, /resume each of them with its resume token.*\n.*atlas-app\/README\.md/);
  });

  it('does not enable a trigger that is disabled only in Atlas, and says so', async (t) => {
    const { api, deploy } = await setUp(t);
    await deploy();
    onlyApp(api).put('triggers', { name: 'drainOutbox', disabled: true });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.equal(onlyApp(api).named('triggers', 'drainOutbox')?.['disabled'], true);
    assert.match(output, /^ {2}drainOutbox +disabled, by a person or because Atlas suspended it$/m);
  });

  it('leaves a trigger disabled that is disabled in the folder', async (t) => {
    const { api, folder, deploy } = await setUp(t);
    await writeFiles(folder, { [`triggers/${moviesTrigger}.json`]: { ...databaseTrigger(), disabled: true } });

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.equal(onlyApp(api).named('triggers', moviesTrigger)?.['disabled'], true);
    assert.match(output, new RegExp(`^ {2}${moviesTrigger} {2}disabled, as the folder says$`, 'm'));
  });
});
