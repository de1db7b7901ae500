import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { type Command, CommandError, perform, type Terminal } from '../../local/command.ts';
import { root } from '../../local/paths.ts';
import { startAdminApi } from '../support/admin-api.ts';
import { temporaryAppFolder } from '../support/app-folders.ts';
import { performed } from '../support/commands.ts';
import { appFolder, smallSync } from '../support/configure.ts';
import { secret } from '../support/deliveries.ts';
import { spawned } from '../support/spawned.ts';

describe('perform()', () => {
  it('gives a command its options, flags, lists and words', async () => {
    const seen: unknown[] = [];
    const command = commandOf(async (options, { lists, words }) => void seen.push(options, lists, words), {
      options: ['out'],
      flags: ['json'],
      lists: ['file', 'other'],
      takesWords: true,
    });

    const given = ['--out', 'a', '--json', '--file', 'b', '--file', 'c', 'select 1'];
    const { code } = await performed(command, {}, ...given);

    assert.equal(code, 0);
    assert.deepEqual(seen, [{ out: 'a', json: 'true' }, { file: ['b', 'c'], other: [] }, ['select 1']]);
  });

  it('takes SQL that begins with a comment for a word', async () => {
    const seen: unknown[] = [];
    const command = commandOf(async (options, { words }) => void seen.push(options, words), {
      flags: ['json'],
      takesWords: true,
    });

    for (const sql of ['-- newest\nselect 1', '--newest\nselect 1', '-- a = 1\nselect 1'])
      await performed(command, {}, sql, '--json');

    assert.deepEqual(
      seen.filter((_, index) => index % 2 === 1),
      [['-- newest\nselect 1'], ['--newest\nselect 1'], ['-- a = 1\nselect 1']],
    );
    assert.deepEqual(seen[0], { json: 'true' });
  });

  it('shows an argument whole, also one with a dot', async () => {
    const { output } = await performed(
      commandOf(async () => assert.fail()),
      {},
      'shop.orders',
    );

    assert.equal(
      output,
      "Cannot read the arguments: unexpected argument 'shop.orders': --help shows what is possible\n",
    );
  });

  it('adds words to the only list, because a shell expands one pattern to many words', async () => {
    const seen: unknown[] = [];
    const command = commandOf(async (_options, { lists }) => void seen.push(lists), { lists: ['file'] });

    await performed(command, {}, '--file', 'a.json', 'b.json');

    assert.deepEqual(seen, [{ file: ['a.json', 'b.json'] }]);
  });

  it('prints the help, and runs nothing', async () => {
    const told = await performed(
      commandOf(async () => assert.fail()),
      {},
      '--help',
    );

    assert.deepEqual(told, { code: 0, output: 'npm run it\n', printed: 'npm run it\n' });
  });

  it('returns the code of the command', async () => {
    assert.equal(
      (
        await performed(
          commandOf(async () => 2),
          {},
        )
      ).code,
      2,
    );
  });

  for (const args of [['--prot', '1'], ['word'], ['--out']])
    it(`refuses ${args.join(' ')}, and runs nothing`, async () => {
      const { code, output, printed } = await performed(
        commandOf(async () => assert.fail(), { options: ['out'] }),
        {},
        ...args,
      );

      assert.deepEqual([code, printed], [1, '']);
      assert.match(output, new RegExp(`'?${args[0]}`));
    });

  it('shows a CommandError on standard error, without a stack', async () => {
    const command = commandOf(() => Promise.reject(new CommandError('Cannot go on: it must work: it does not')));

    assert.deepEqual(await performed(command, {}), {
      code: 1,
      output: 'Cannot go on: it must work: it does not\n',
      printed: '',
    });
  });

  it('throws an unexpected error', async () => {
    const command = commandOf(() => Promise.reject(new TypeError('a defect')));

    await assert.rejects(performed(command, {}), /a defect/);
  });

  it('lets a command end by itself at Ctrl-C', async () => {
    const stop = Promise.withResolvers<void>();
    const command = commandOf(async (_options, { stopped }) => {
      await stopped();
      return 130;
    });
    const silent = { environment: {}, write: () => undefined, note: () => undefined };

    const code = perform(command, [], { ...silent, stopped: () => stop.promise });
    stop.resolve();

    assert.equal(await code, 130);
  });
});

describe('a command in a separate process', () => {
  it('ends with the code of its run: npm run atlas:configure', async (t) => {
    const folder = await appFolder(t, smallSync);

    const codes = [];
    for (const args of [['--check'], [], ['--check']])
      codes.push((await spawned('atlas-configure', {}, '--app', folder, ...args)).code);

    assert.deepEqual(codes, [1, 0, 0]);
  });

  it('reads its environment, and prints no secret of it: npm run atlas:deploy', async (t) => {
    const { environment } = await startAdminApi(t);
    const folder = await temporaryAppFolder(t);
    const secrets = { LAKE_RECEIVER_KEY: 'function-key-of-the-receiver==', LAKE_SIGNING_SECRET: secret };

    const planned = await spawned('atlas-deploy', { ...environment, ...secrets }, '--app', folder, '--dry-run');
    const refused = await spawned('atlas-deploy', { ...environment, ATLAS_PROJECT_ID: 'none' }, '--app', folder);

    assert.deepEqual([planned.code, refused.code], [0, 1]);
    assert.match(planned.printed, /^Nothing was changed: --dry-run$/m);
    assert.match(refused.output, /^Cannot deploy: ATLAS_PROJECT_ID must be the id of an Atlas project/m);
    assert.equal(refused.printed, '');
    for (const hidden of [...Object.values(secrets), String(environment['ATLAS_PRIVATE_KEY'])])
      assert(!(planned.output + refused.output).includes(hidden));
  });
});

describe('every command', () => {
  for (const name of globSync('local/commands/*.ts', { cwd: root })
    .map((file) => basename(file, '.ts'))
    .sort()) {
    it(`explains itself and each of its options: ${name}`, async () => {
      const command = await commandNamed(name);

      const { code, output } = await performed(command, {}, '--help');

      assert.equal(code, 0);
      assert.match(output, /^npm (run )?[a-z]+/);
      const { options = [], flags = [], lists = [] } = command;
      for (const option of [...options, ...flags, ...lists]) assert.match(output, new RegExp(`--${option}\\b`));
    });

    it(`refuses an unknown option in one line, and runs nothing: ${name}`, async () => {
      const command = await commandNamed(name);

      const { code, output, printed } = await performed(command, {}, '--no-such-option');

      assert.deepEqual([code, printed], [command.faultCode ?? 1, '']);
      assert.match(output, /^Cannot read the arguments: unknown option '--no-such-option': --help .*\n$/);
    });
  }

  for (const [name, args, must] of [
    ['bench', ['--only', 'query'], /^Cannot measure: --only and --rounds must come with --tables: it is missing\n$/],
    ['bench', ['--documents', '5'], /^Cannot measure: --documents must come with --verify: it is missing\n$/],
    [
      'bench',
      ['--verify', '--documents', '0'],
      /^Cannot measure: --documents must be from 1 to 999999999: it is "0"\n$/,
    ],
    ['bench', ['--tables', '--rounds', '0'], /^Cannot measure: --rounds must be from 1 to 99: it is "0"\n$/],
    [
      'memory',
      ['--small'],
      /^Cannot measure memory: (--only and --small must come with --hostile|the system must be Linux)/,
    ],
    ['test', ['--seed', '5'], /^Cannot test: --seed must come with --shuffle: it is missing\n$/],
    [
      'package',
      ['--out', 'a.zip', '--folder', 'b'],
      /^Cannot package: only one of --out and --folder must be given: both are\n$/,
    ],
    ['replay', [], /^Cannot replay: --refused must be given: it is missing: npm run replay -- --refused\n$/],
    [
      'bench-engines',
      ['--events', '5'],
      /^Cannot measure: --events must be whole thousands, such as 20000: it is "5"\n$/,
    ],
  ] as const)
    it(`does not ignore an option that has no effect or no sense: ${name} ${args.join(' ')}`, async () => {
      const { code, output, printed } = await performed(await commandNamed(name), {}, ...args);

      assert.deepEqual([code, printed], [1, '']);
      assert.match(output, must);
    });

  it('prints its help in its own process too', async () => {
    const { code, output } = await spawned('build', {}, '-h');

    assert.equal(code, 0);
    assert.match(output, /^npm run build\n/);
  });
});

async function commandNamed(name: string): Promise<Command> {
  const { command }: { command: Command } = await import(join(root, 'local/commands', `${name}.ts`));
  return command;
}

function commandOf(
  run: (options: Readonly<Record<string, string | undefined>>, terminal: Terminal) => ReturnType<Command['run']>,
  named: Omit<Command, 'help' | 'run'> = {},
): Command {
  return { help: 'npm run it', ...named, run };
}
