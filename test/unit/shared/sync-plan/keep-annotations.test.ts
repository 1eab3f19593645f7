import { expect, test } from 'vitest';
import { isPruneDisabled, isRecreateAllowed } from '../../../../shared/sync-plan/keep-annotations.ts';

const ARGO = 'argocd.argoproj.io/sync-options';
const FLUX = 'kustomize.toolkit.fluxcd.io';

test.each<[string, string, boolean]>([
  ['signet.dev/prune', 'disabled', true],
  ['signet.dev/prune', 'Disabled', false],
  [`${FLUX}/prune`, 'disabled', true],
  [`${FLUX}/prune`, 'enabled', false],
  [ARGO, 'Prune=false', true],
  [ARGO, 'Validate=false, Prune=false', true],
  [ARGO, 'Prune=confirm', false],
  [ARGO, 'NoPrune=false', false],
])('%s: %s keeps an object: %s', (name, value, isKept) => {
  expect(isPruneDisabled({ annotations: { [name]: value } })).toBe(isKept);
});

test.each<[Readonly<Record<string, string>>, boolean]>([
  [{}, false],
  [{ 'signet.dev/recreate': 'allowed' }, true],
  [{ 'signet.dev/recreate': 'true' }, false],
  [{ [`${FLUX}/force`]: 'enabled' }, true],
  [{ [`${FLUX}/force`]: 'Enabled' }, false],
  [{ [ARGO]: 'Force=true,Replace=true' }, true],
  [{ [ARGO]: 'Replace=true' }, false],
  [{ 'signet.dev/recreate': 'never', [`${FLUX}/force`]: 'enabled' }, false],
])('%j allows to make an object anew: %s', (annotations, isAllowed) => {
  expect(isRecreateAllowed({ annotations })).toBe(isAllowed);
});
