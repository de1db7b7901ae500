import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const folder = join(root, 'infra', 'synapse');
const kinds = { LinkedServiceReference: 'linkedService', DatasetReference: 'dataset', PipelineReference: 'pipeline' };
const artifacts = globSync('*/*.json', { cwd: folder }).map((path) => {
  const { name, properties } = JSON.parse(readFileSync(join(folder, path), 'utf8'));
  return { kind: dirname(path), file: basename(path, '.json'), name: String(name), properties };
});

describe('the pipelines of infra/synapse', () => {
  it('have the names of their files', () => {
    assert(artifacts.length >= 14);
    for (const { file, name, properties } of artifacts) {
      assert.equal(name, file);
      assert.equal(typeof properties, 'object', name);
    }
  });

  it('refer only to existing parts, with existing parameters', () => {
    const references = artifacts.flatMap(({ name, properties }) =>
      recordsIn(properties)
        .filter(isReference)
        .map((to) => ({ name, to })),
    );

    for (const { name, to } of references) {
      const kind = Object.entries(kinds).find(([type]) => type === to['type'])?.[1];
      const target = artifacts.find((one) => one.kind === kind && one.name === to['referenceName']);
      assert(target !== undefined, `${name} refers to the ${kind} "${to['referenceName']}", which is not there`);
      if (kind !== 'dataset') continue;
      const wanted = Object.keys(target.properties.parameters ?? {});
      assert.deepEqual(Object.keys(Object(to['parameters'])).toSorted(), wanted.toSorted(), `${name} → ${target.name}`);
    }
    assert(references.length > 15);
  });

  it('start pipelines with existing parameters, and with all that have no default', () => {
    const starts = artifacts
      .filter(({ kind }) => kind === 'trigger')
      .flatMap(({ name, properties }) =>
        [properties.pipelines ?? properties.pipeline].flat().map((start) => ({ name, start })),
      );

    for (const { name, start } of starts) {
      const { properties } = artifacts.find((one) => one.name === start.pipelineReference.referenceName) ?? {};
      const given = Object.keys(start.parameters);
      for (const parameter of given) assert(parameter in properties.parameters, `${name}: ${parameter}`);
      for (const [parameter, { defaultValue }] of Object.entries<Record<string, unknown>>(properties.parameters))
        assert(defaultValue !== undefined || given.includes(parameter), `${name} leaves out ${parameter}`);
    }
    assert.equal(starts.length, 3);
  });

  it('read only declared names in their expressions', () => {
    for (const { name, properties } of artifacts) {
      const text = JSON.stringify(properties);
      const activities = recordsIn(properties).flatMap(({ name, type }) => (type === undefined ? [] : [String(name)]));
      for (const [, parameter = ''] of text.matchAll(/(?:pipeline|dataset)\(\)\.(?:parameters\.)?(\w+)/g))
        assert(parameter in Object(properties.parameters), `${name} reads the parameter ${parameter}`);
      for (const [, variable = ''] of text.matchAll(/variables\('(\w+)'\)/g))
        assert(variable in Object(properties.variables), `${name} reads the variable ${variable}`);
      for (const [, activity = ''] of text.matchAll(/activity\('(\w+)'\)/g))
        assert(activities.includes(activity), `${name} reads the activity ${activity}`);
      for (const { activity, dependencyConditions } of recordsIn(properties))
        if (dependencyConditions !== undefined)
          assert(activities.includes(String(activity)), `${name} waits for ${activity}`);
    }
  });

  it('start no trigger when they are deployed', () => {
    for (const { kind, name, properties } of artifacts)
      if (kind === 'trigger') assert.equal(properties.runtimeState, 'Stopped', name);
  });

  it('are deployed after the parts that they refer to', () => {
    const printed = execFileSync('bash', [join(folder, 'deploy.sh'), '--workspace', 'w', '--print'], {
      encoding: 'utf8',
    });
    const order = [...printed.matchAll(/^az synapse (\S+) create --workspace-name w --name (\S+)$/gm)].map(
      ([, , name]) => name,
    );

    for (const { name, properties } of artifacts)
      for (const to of recordsIn(properties).filter(isReference))
        assert(
          order.indexOf(String(to['referenceName'])) < order.indexOf(name),
          `${name} before ${to['referenceName']}`,
        );
    assert.deepEqual(order.toSorted(), artifacts.map(({ name }) => name).toSorted());
  });
});

function isReference(record: Record<string, unknown>): boolean {
  return 'referenceName' in record;
}

/** Every object in a value, at any depth. */
function recordsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(recordsIn);
  return Array.isArray(value) ? inner : [{ ...value }, ...inner];
}
