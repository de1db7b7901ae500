import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { checkInfra } from '../../local/infra-check/check-infra.ts';
import { temporaryFolder } from '../support/lakes.ts';

describe('npm run infra:check', () => {
  it('says that there is no compiler, and ends with 0', async (t) => {
    const { lines, code } = await check({ PATH: await temporaryFolder(t) });

    assert.equal(code, 0);
    assert.match(lines.join('\n'), /^Not checked: neither "bicep" nor "az bicep" is on the PATH/);
  });

  for (const name of ['bicep', 'az'])
    it(`builds, lints and evaluates four snapshots with ${name}`, async (t) => {
      const { path, calls } = await compiler(t, name, '');

      const { lines, code } = await check({ PATH: path });

      assert.equal(code, 0, lines.join('\n'));
      assert.deepEqual(
        (await calls()).map((call) => call.replace(/^bicep /, '').split(' ')[0]),
        [name === 'az' ? 'version' : '--version', 'build', 'lint', ...Array(4).fill('snapshot')],
      );
      assert.equal(lines.filter((line) => line.startsWith('ok ')).length, 6);
      assert.equal(new Set(lines.filter((line) => line.includes('snapshot'))).size, 4);
    });

  it('counts a warning as an error, and shows it', async (t) => {
    const { path } = await compiler(t, 'bicep', 'main.bicep(7,1) : Warning BCP081: no types');

    const { lines, code } = await check({ PATH: path });

    assert.equal(code, 1);
    assert.match(lines.join('\n'), /FAILED build\n {7}main\.bicep\(7,1\) : Warning BCP081/);
  });

  it('counts a failure without output as an error', async (t) => {
    const { path } = await compiler(t, 'bicep', '', 3);

    const { lines, code } = await check({ PATH: path });

    assert.equal(code, 1);
    assert.match(lines.join('\n'), /FAILED lint\n {7}it ended with code 3/);
  });
});

async function check(environment: Record<string, string>): Promise<{ lines: string[]; code: number }> {
  const lines: string[] = [];
  const code = await checkInfra(environment, (line) => lines.push(line));
  return { lines, code };
}

/** Refuses unknown commands and missing files, as the real one does. */
async function compiler(t: TestContext, name: string, says: string, code = 0) {
  const folder = await temporaryFolder(t);
  const log = join(folder, 'calls');
  const file = join(folder, name);
  const script = `#!/bin/sh
echo "$*" >> '${log}'
[ '${name}' = az ] && { [ "$1" = bicep ] || exit 2; shift; }
command=$1
case $command in --version | version) echo 'Bicep CLI version 0.49.2 (0)'; exit 0;; build | lint | snapshot) ;; *) exit 2;; esac
[ "$2" = --file ] && shift
[ -f "$2" ] || exit 4
read -r line < "$2"
[ "$command" = snapshot ] && [ "$line" != "using 'main.bicep'" ] && exit 5
echo 'WARNING: A new Bicep release is available' >&2
echo '${says}' >&2
exit ${code}
`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return {
    path: folder,
    calls: async () => (await readFile(log, 'utf8')).trim().split('\n'),
  };
}
