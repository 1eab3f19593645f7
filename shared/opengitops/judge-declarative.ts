/** @module Declarative: the desired state is data, all of it, credentials included. */
import { countOf } from '../encoding/count-of.ts';
import type { GitSyncFacts, OwnedObjectFacts, RenderFacts } from './facts.ts';
import { type Answer, type Finding, findingOf, firstOf, whenKnown } from './finding.ts';

/** The answers to the questions of the first principle. */
export function judgeDeclarative({ rendered, owned }: GitSyncFacts): readonly Finding[] {
  return [
    findingOf('renders', whenKnown(rendered, judgeRender)),
    findingOf(
      'inventory',
      whenKnown(rendered, (files) => whenKnown(owned, (objects) => judgeInventory(files, objects))),
    ),
    findingOf('secrets', whenKnown(rendered, judgeSecrets)),
  ];
}

function judgeRender({ problems, unhonoured, skipped, declared, files, refusal }: RenderFacts): Answer {
  if (problems.length > 0) return ['fail', ...firstOf(problems)];
  if (refusal !== null) return ['fail', `a sync of it would be refused whole: ${refusal}`];
  const found = `${countOf(declared.length, 'object')} in ${countOf(files, 'file')}`;
  const left = skipped.length === 0 ? [] : [`${countOf(skipped.length, 'file')} left out on purpose`];
  return [unhonoured.length === 0 ? 'pass' : 'warn', found, ...left, ...firstOf(unhonoured)];
}

function judgeInventory({ problems, declared, left }: RenderFacts, owned: readonly OwnedObjectFacts[]): Answer {
  if (problems.length > 0) return ['unknown', 'the files cannot be rendered'];
  const wanted = new Set(declared);
  const had = new Set(owned.map(({ key }) => key));
  const missing = declared.filter((key) => !had.has(key));
  const surplus = owned
    .filter(({ key }) => !wanted.has(key))
    .map(({ name }) => `${name} is owned, and not in the commit`);
  const faults = [...missing.map((key) => `${describeKey(key)} is in the commit, and not owned`), ...surplus];
  if (faults.length > 0) return ['fail', ...firstOf(faults), ...firstOf(left)];
  if (owned.length === 0) return ['fail', 'nothing is owned, and nothing is in the commit'];
  return ['pass', `${countOf(owned.length, 'object')} owned, the same as in the commit`];
}

function judgeSecrets({ problems, plainSecrets }: RenderFacts): Answer {
  if (problems.length > 0) return ['unknown', 'the files cannot be rendered'];
  if (plainSecrets.length === 0) return ['pass', 'no Secret of the commit holds data'];
  return ['fail', ...firstOf(plainSecrets.map((secret) => `${secret} is in Git in plain text`))];
}

/** `apps/Deployment/shop/cart` as `Deployment shop/cart`. */
function describeKey(key: string): string {
  const [, kind = '', namespace = '', name = ''] = key.split('/');
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
