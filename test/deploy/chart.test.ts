import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Ajv } from 'ajv';
import { Deployment } from 'kubernetes-models/apps/v1';
import { CronJob } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { ConfigMap, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { SETTING_ROWS } from '../../src/settings/table.ts';
import { EXAMPLES, HELM, madeFrom, manifestsOf, readHelm, valuesOf } from './chart.fixture.ts';
import { watched } from './known-keys.ts';

const RENDER = 'GO111MODULE=off GOPATH=/usr/share/gocode go run deploy/helm/render/main.go';
const SECRETS = SETTING_ROWS.filter(({ isSecret }) => isSecret === true).map(({ name }) => name);

const MODELS = [
  ConfigMap,
  CronJob,
  Deployment,
  NetworkPolicy,
  PersistentVolumeClaim,
  PrometheusRule,
  Service,
  ServiceMonitor,
];

const Container = z.object({
  args: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  livenessProbe: z.unknown().optional(),
  readinessProbe: z.unknown().optional(),
});
const PodTemplate = z.object({
  spec: z.object({
    automountServiceAccountToken: z.literal(false),
    restartPolicy: z.string(),
    securityContext: z.object({
      runAsNonRoot: z.literal(true),
      runAsUser: z.literal(1000),
      fsGroup: z.literal(1000),
    }),
    containers: z.tuple([Container]),
    volumes: z.array(
      z.looseObject({
        name: z.string(),
        secret: z
          .object({
            secretName: z.string(),
            defaultMode: z.number(),
            items: z.array(z.object({ path: z.string() })),
          })
          .optional(),
        persistentVolumeClaim: z.unknown().optional(),
      }),
    ),
  }),
});
const Worker = z.object({
  spec: z.object({
    replicas: z.literal(1),
    strategy: z.strictObject({ type: z.literal('Recreate') }),
    template: PodTemplate,
  }),
});
const Scheduled = z.object({
  spec: z.object({
    concurrencyPolicy: z.literal('Forbid'),
    jobTemplate: z.object({ spec: z.object({ backoffLimit: z.literal(0), template: PodTemplate }) }),
  }),
});

/** The first manifest of this kind, in the form of `schema`. */
function only<T>(example: string, kind: string, schema: z.ZodType<T>): T {
  const found = manifestsOf(example).filter((manifest) => manifest.kind === kind);
  expect(found, `${kind} of ${example}`).toHaveLength(1);
  return schema.parse(found[0]);
}

function podOf(example: string): z.infer<typeof PodTemplate>['spec'] {
  return example === 'cronjob'
    ? only(example, 'CronJob', Scheduled).spec.jobTemplate.spec.template.spec
    : only(example, 'Deployment', Worker).spec.template.spec;
}

function settingsOf(example: string): Record<string, unknown> {
  const { data } = only(example, 'ConfigMap', z.object({ data: z.object({ 'settings.yaml': z.string() }) }));
  return z.record(z.string(), z.unknown()).parse(parse(data['settings.yaml']));
}

/** The words of Kubernetes' own schemas on a manifest; keys that they do not know are wrong as well. */
function faultsOf(manifest: unknown): readonly string[] {
  const { apiVersion, kind } = z.object({ apiVersion: z.string(), kind: z.string() }).parse(manifest);
  const model = MODELS.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (model === undefined) return [`no schema of ${apiVersion} ${kind}`];
  const watch = watched(manifest);
  try {
    Reflect.apply(Reflect.get(model.prototype, 'validate'), watch.value, []);
  } catch (thrown) {
    return [String(thrown)];
  }
  return watch.unread().map((path) => `${kind} has no ${path}`);
}

test('deploy, chart: the rendered manifests are made from these very templates and values', () => {
  expect(readHelm('examples/made-from.sha256').trim(), `render again: ${RENDER}`).toBe(madeFrom());
});

test('deploy, chart: its alerts are those of deploy/prometheus', () => {
  const rules = readFileSync(join(HELM, '../prometheus/rules.yml'), 'utf8');

  expect(readHelm('okta-ocsf/files/rules.yml'), `render again: ${RENDER}`).toBe(rules);
  expect(only('monitored', 'PrometheusRule', z.object({ spec: z.unknown() })).spec).toEqual(parse(rules));
});

test.each(EXAMPLES)('deploy, chart: Kubernetes has no fault to find in the manifests: %s', (example) => {
  expect(manifestsOf(example).flatMap(faultsOf)).toEqual([]);
});

test('deploy, chart: a key that Kubernetes does not know, and a value that it does not take, are found', () => {
  const [claim] = manifestsOf('worker').filter(({ kind }) => kind === 'PersistentVolumeClaim');

  expect(faultsOf({ ...claim, spce: {} })).toEqual(['PersistentVolumeClaim has no /spce']);
  expect(
    faultsOf({ ...claim, spec: { accessModes: ['ReadWriteOnce'], resources: { request: {} } } }),
  ).toEqual(['PersistentVolumeClaim has no /spec/resources/request']);
  expect(faultsOf({ ...claim, spec: { accessModes: 'ReadWriteOnce' } })).not.toEqual([]);
});

test.each(EXAMPLES)(
  'deploy, chart: secrets are files that the pod alone reads, never variables: %s',
  (example) => {
    const { containers, volumes } = podOf(example);
    const [{ env, volumeMounts }] = containers;
    const secret = volumes.find((volume) => volume.secret !== undefined)?.secret;
    const folder = volumeMounts.find(({ name }) => name === 'secrets')?.mountPath;

    expect(secret?.defaultMode).toBe(0o440);
    expect(env.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(SECRETS.join('|'))]),
    );
    const settings = settingsOf(example);
    expect(SECRETS.filter((name) => name in settings)).toEqual([]);
    const paths = SECRETS.map((name) => settings[`${name}_FILE`]).filter((path) => path !== undefined);
    expect(new Set(paths)).toEqual(new Set(secret?.items.map(({ path }) => `${folder}/${path}`)));
  },
);

test.each(EXAMPLES)('deploy, chart: the settings are ones that the product has: %s', (example) => {
  const known = [...SETTING_ROWS.map(({ name }) => name), ...SECRETS.map((name) => `${name}_FILE`)];

  expect(known).toEqual(expect.arrayContaining(Object.keys(settingsOf(example))));
});

test('deploy, chart: a worker is probed and keeps its state; a job is not probed, and runs strictly', () => {
  const [worker, job] = [podOf('worker'), podOf('cronjob')];

  expect(worker.containers[0]).toMatchObject({
    args: ['--config', '/etc/okta-ocsf/settings.yaml', 'worker'],
    livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
    readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
  });
  expect(job.restartPolicy).toBe('Never');
  expect(job.containers[0].args).toEqual(['--config', '/etc/okta-ocsf/settings.yaml', 'sync', '--strict']);
  expect(job.containers[0].livenessProbe).toBeUndefined();
  expect(worker.volumes).toContainEqual({ name: 'state', persistentVolumeClaim: { claimName: 'okta-ocsf' } });
  expect(job.volumes).toContainEqual({
    name: 'state',
    persistentVolumeClaim: { claimName: 'okta-ocsf-state' },
  });
});

const accepts = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  z.record(z.string(), z.unknown()).parse(JSON.parse(readHelm('okta-ocsf/values.schema.json'))),
);

test.each(EXAMPLES)('deploy, chart: the values are as its schema wants them: %s', (example) => {
  accepts(valuesOf(example));
  expect(accepts.errors ?? []).toEqual([]);
});

test.each([
  ['no secret is named', { existingSecret: '' }],
  ['a value is misspelt', { persistance: { size: '1Gi' } }],
  [
    'a secret is among the settings',
    { settings: { OKTA_BASE_URL: 'https://acme.okta.com', OKTA_API_TOKEN: 'x' } },
  ],
  ['a secret is in a variable', { extraEnv: [{ name: 'SEKOIA_API_KEY', value: 'x' }] }],
  ['the mode is another', { mode: 'statefulset' }],
])('deploy, chart: its schema refuses values where %s', (_fault, wrong) => {
  expect(accepts({ ...z.record(z.string(), z.unknown()).parse(valuesOf('worker')), ...wrong })).toBe(false);
});

test('deploy, chart: its schema knows every secret, and its version is that of the product', () => {
  const { definitions } = z
    .object({ definitions: z.object({ secret: z.object({ enum: z.array(z.string()) }) }) })
    .parse(JSON.parse(readHelm('okta-ocsf/values.schema.json')));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(HELM, '../../package.json'), 'utf8')));

  expect(definitions.secret.enum).toEqual(SECRETS.toSorted());
  expect(parse(readHelm('okta-ocsf/Chart.yaml'))).toMatchObject({ version, appVersion: version });
});
