// The buttons of a crawl that runs: pause, go on, stop, and its pace. Where another process crawls they are disabled,
// and the reason is told.

import { useState } from 'preact/hooks';
import type { ControlAnswer, LiveState, PaceSettings } from '../../serve/api.ts';
import { type AskError, apiOf, tell } from '../ask.ts';
import { shown } from '../foreign.ts';
import { Failure } from './words.tsx';

export function Controls({ job, live }: { job: string; live: LiveState }) {
  const [failure, setFailure] = useState<AskError | null>(null);
  const { isPaused, isStopping, control, pace } = live;
  const change = (what: 'pause' | 'resume' | 'stop'): void => {
    setFailure(null);
    tell<ControlAnswer>(apiOf(job, what), {}).catch(setFailure);
  };
  const isOff = !control.isPossible || isStopping;
  return (
    <section class="controls" aria-label="steer the crawl">
      <div class="buttons">
        <button type="button" disabled={isOff} onClick={() => change(isPaused ? 'resume' : 'pause')}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        <button type="button" disabled={isOff} onClick={() => change('stop')}>
          {isStopping ? 'Stopping…' : 'Stop'}
        </button>
        {control.why !== null && <span class="dim">{shown(control.why)}</span>}
        {control.isPossible && <span class="dim">A stopped crawl goes on later with the same command.</span>}
      </div>
      {failure !== null && <Failure failure={failure} />}
      {pace !== null && <Pace job={job} pace={pace} isOff={isOff} />}
    </section>
  );
}

const FIELDS: readonly (readonly [name: keyof PaceSettings, label: string, least: number])[] = [
  ['concurrency', 'requests in flight', 1],
  ['hostConcurrency', 'of one host', 1],
  ['delayMs', 'delay in ms', 0],
  ['limit', 'most URLs', 1],
];

function Pace({ job, pace, isOff }: { job: string; pace: PaceSettings; isOff: boolean }) {
  const [failure, setFailure] = useState<AskError | null>(null);
  const [said, setSaid] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const changed = FIELDS.map(([name]) => [name, numberOf(form.get(name))] as const).filter(
      ([name, value]) => value !== pace[name] && (value !== null || name === 'limit'),
    );
    if (changed.length === 0) return setSaid('Nothing was changed.');
    setFailure(null);
    tell<PaceSettings>(apiOf(job, 'pace'), Object.fromEntries(changed)).then(() => setSaid('Changed.'), setFailure);
  };
  return (
    <form class="pace" onSubmit={submit}>
      {FIELDS.map(([name, label, least]) => (
        <label key={name}>
          {label}
          <input
            key={String(pace[name])}
            type="number"
            name={name}
            min={least}
            max={name === 'concurrency' ? pace.concurrencyMost : undefined}
            placeholder={name === 'limit' ? 'no limit' : ''}
            defaultValue={String(pace[name] ?? '')}
            disabled={isOff}
          />
        </label>
      ))}
      <button type="submit" disabled={isOff}>
        Change pace
      </button>
      <span class="dim" role="status">
        {said}
      </span>
      {failure !== null && <Failure failure={failure} />}
    </form>
  );
}

function numberOf(typed: FormDataEntryValue | null): number | null {
  return typeof typed === 'string' && typed !== '' ? Number(typed) : null;
}
