// Computes the secrets of a tree, and the result of redaction, independently of the code, from whole paths.
import { createHmac } from 'node:crypto';
import type { Action } from '../../../shared/redact/rules.ts';
import { keyTextOf, type Tree, type TreeMember } from './json-tree.ts';
import { redactSecret } from './redacted.ts';

export interface PathRule {
  readonly path: readonly string[];
  readonly action: Action;
}

/** The tree with secrets at all places that the rules cover: in values, and in names below a rule's field. */
export function withSecrets(
  tree: Tree,
  rules: readonly PathRule[],
  secret: string,
  above: readonly string[] = [],
): Tree {
  switch (tree.kind) {
    case 'leaf':
      return tree;
    case 'array':
      return { kind: 'array', items: tree.items.map((item) => withSecrets(item, rules, secret, above)) };
    case 'object':
      return { kind: 'object', members: tree.members.map((member) => withSecret(member, rules, secret, above)) };
  }
}

function withSecret(
  member: TreeMember,
  rules: readonly PathRule[],
  secret: string,
  above: readonly string[],
): TreeMember {
  const decision = decide(above, member.key, rules);
  if (decision === undefined)
    return { ...member, value: withSecrets(member.value, rules, secret, [...above, ...member.key.split('.')]) };
  const planted: Tree = { kind: 'leaf', sent: secret, hashed: '' };
  const value: Tree = member.value.kind === 'leaf' ? planted : { kind: 'array', items: [member.value, planted] };
  const key = decision.isBelow ? `${member.key}.canary4711` : member.key;
  return { key, keyText: keyTextOf(key, false), value };
}

/** The rest of the tree after redaction. A hashed value must have no secret in it. */
export function expectedOf(tree: Tree, rules: readonly PathRule[], above: readonly string[] = []): Tree {
  switch (tree.kind) {
    case 'leaf':
      return tree;
    case 'array':
      return { kind: 'array', items: tree.items.map((item) => expectedOf(item, rules, above)) };
    case 'object':
      return { kind: 'object', members: tree.members.flatMap((member) => expectedMember(member, rules, above)) };
  }
}

function expectedMember(member: TreeMember, rules: readonly PathRule[], above: readonly string[]): TreeMember[] {
  const decision = decide(above, member.key, rules);
  if (decision === undefined)
    return [{ ...member, value: expectedOf(member.value, rules, [...above, ...member.key.split('.')]) }];
  if (decision.isBelow || decision.action === 'drop') return [];
  const sent = decision.action === 'mask' ? '"***"' : hashOf(member.value);
  return [{ ...member, value: { kind: 'leaf', sent, hashed: sent } }];
}

export function decide(above: readonly string[], name: string, rules: readonly PathRule[]) {
  const parts = name.split('.');
  for (let count = 1; count <= parts.length; count++) {
    const path = normal([...above, ...parts.slice(0, count)]);
    const actions = rules.filter((one) => normal(one.path) === path).map(({ action }) => action);
    const action = (['drop', 'mask', 'hash'] as const).find((one) => actions.includes(one));
    if (action !== undefined) return { action, isBelow: count < parts.length };
  }
  return undefined;
}

function normal(path: readonly string[]): string {
  return JSON.stringify(
    path.filter((part) => part === '' || [...part].some((letter) => !'0123456789'.includes(letter))),
  );
}

function hashOf(tree: Tree): string {
  return `"hmac:${createHmac('sha256', redactSecret).update(hashedText(tree)).digest('hex').slice(0, 32)}"`;
}

function hashedText(tree: Tree): string {
  switch (tree.kind) {
    case 'leaf':
      return tree.hashed;
    case 'array':
      return `[${tree.items.map(hashedText).join(',')}]`;
    case 'object':
      return `{${tree.members.map(({ key, value }) => `${JSON.stringify(key)}:${hashedText(value)}`).join(',')}}`;
  }
}
