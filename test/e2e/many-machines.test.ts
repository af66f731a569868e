// The guide for many machines: its manifests are whole, and every command in them and in its text is understood. No
// container is started.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadAll } from 'js-yaml';
import { gossamer } from '../helpers/gossamer.ts';

const GUIDE = join(import.meta.dirname, '../../docs/guide');
const FILES = join(GUIDE, 'many-machines');
/** Nobody listens there. */
const NOWHERE = 'postgres://gossamer@127.0.0.1:1/crawls';
const folder = mkdtempSync(join(tmpdir(), 'gossamer-guide-'));
after(() => rmSync(folder, { recursive: true }));

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector?: { readonly app?: string; readonly matchLabels?: object };
    readonly serviceName?: string;
    readonly completions?: number;
    readonly template?: {
      readonly metadata?: { readonly labels: object };
      readonly spec: {
        readonly restartPolicy?: string;
        readonly containers: readonly Container[];
        readonly volumes?: readonly { readonly name: string; readonly persistentVolumeClaim: { claimName: string } }[];
      };
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

interface Service {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
}

/** The command is understood, and ends because there is no such server: exit 3, and not 2 for wrong usage. */
async function assertUnderstood(words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const local = words.map((word) => (word.startsWith('/crawls') ? join(folder, word) : word));
  const { code, stderr } = await gossamer(local, { ...env, DATABASE_URL: NOWHERE }, '', folder);
  assert.equal(code, 3, `gossamer ${words.join(' ')}\n${stderr}`);
  assert.match(stderr, /could not be reached/);
}

function read(file: string): string {
  return readFileSync(join(FILES, file), 'utf8');
}

test('compose.yaml: its services fit together, and the workers have a real command', async () => {
  const [{ services, volumes }] = loadAll(read('compose.yaml')) as [Compose];
  const { database, worker } = services as { readonly database: Service; readonly worker: Service };
  assert.ok(database.healthcheck !== undefined);
  assert.equal(worker.depends_on?.['database']?.condition, 'service_healthy');
  const url = new URL(worker.environment['DATABASE_URL']!);
  assert.deepEqual(
    [url.hostname, url.username, url.pathname.slice(1)],
    ['database', database.environment['POSTGRES_USER'], database.environment['POSTGRES_DB']],
  );
  assert.equal(worker.environment['PGPASSWORD'], database.environment['POSTGRES_PASSWORD']);
  const mounted = Object.values(services).flatMap((service) => service.volumes.map((volume) => volume.split(':')[0]!));
  assert.deepEqual(mounted.sort(), Object.keys(volumes).sort());
  await assertUnderstood(worker.command, worker.environment);
});

test('kubernetes.yaml: its objects refer to each other, and the workers have a real command', async () => {
  const all = loadAll(read('kubernetes.yaml')) as Manifest[];
  const by = (kind: string): Manifest => {
    const found = all.filter((each) => each.kind === kind);
    assert.equal(found.length, 1, kind);
    return found[0]!;
  };
  const versions = { Service: 'v1', StatefulSet: 'apps/v1', PersistentVolumeClaim: 'v1', Job: 'batch/v1' };
  for (const [kind, version] of Object.entries(versions)) assert.equal(by(kind).apiVersion, version);
  assert.equal(all.length, Object.keys(versions).length);
  const [service, database, job] = [by('Service'), by('StatefulSet'), by('Job')];
  assert.equal(database.spec.serviceName, service.metadata.name);
  assert.deepEqual(database.spec.selector?.matchLabels, service.spec.selector);
  assert.deepEqual(database.spec.template!.metadata!.labels, service.spec.selector);
  const [postgres] = database.spec.template!.spec.containers;
  const claims = database.spec.volumeClaimTemplates!.map(({ metadata }) => metadata.name);
  assert.deepEqual(
    postgres!.volumeMounts!.map(({ name }) => name),
    claims,
  );

  const { containers, volumes, restartPolicy } = job.spec.template!.spec;
  const [worker] = containers;
  assert.equal(restartPolicy, 'OnFailure');
  assert.equal(job.spec.completions, undefined, 'the pods end by themselves');
  assert.equal(volumes![0]!.persistentVolumeClaim.claimName, by('PersistentVolumeClaim').metadata.name);
  assert.deepEqual(
    worker!.volumeMounts!.map(({ name }) => name),
    volumes!.map(({ name }) => name),
  );
  const settingOf = ({ env }: Container, wanted: string) => env!.find(({ name }) => name === wanted)!;
  const url = new URL(settingOf(worker!, 'DATABASE_URL').value!);
  assert.deepEqual(
    [url.hostname, url.username, url.pathname.slice(1)],
    [service.metadata.name, settingOf(postgres!, 'POSTGRES_USER').value, settingOf(postgres!, 'POSTGRES_DB').value],
  );
  assert.deepEqual(settingOf(worker!, 'PGPASSWORD').valueFrom, settingOf(postgres!, 'POSTGRES_PASSWORD').valueFrom);
  await assertUnderstood(worker!.args!, {});
});

test('many-machines.md: the commands of the guide are understood', async () => {
  const text = readFileSync(join(GUIDE, 'many-machines.md'), 'utf8');
  const blocks = [...text.matchAll(/^```\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.trim().split('\n'));
  const commands = blocks.filter((line) => line.startsWith('npx gossamer ')).map((line) => line.split(' ').slice(2));
  assert.ok(commands.some(([name]) => name === 'work'));
  await Promise.all(commands.map((words) => assertUnderstood(words, {})));
});
