// Excluding URLs while the crawl runs: what a pattern would take is shown before, and it can be taken back.

import { useEffect, useState } from 'preact/hooks';
import type { Control, ExclusionsAnswer, PreviewAnswer } from '../../serve/api.ts';
import { type AskError, apiOf, tell, useAnswer } from '../ask.ts';
import { after, now } from '../clock.ts';
import { count, countOf, time } from '../figures.ts';
import { Failure, Foreign, Url } from './words.tsx';

const TYPING_MS = 200;

export function Exclusions({ job, control }: { job: string; control: Control }) {
  const [round, setRound] = useState(0);
  const [pattern, setPattern] = useState('');
  const [failure, setFailure] = useState<AskError | null>(null);
  const known = useAnswer<ExclusionsAnswer>(apiOf(job, 'exclusions'), round);
  const preview = usePreview(job, pattern, round);
  const change = (path: string, body: object): void => {
    setFailure(null);
    tell<ExclusionsAnswer>(apiOf(job, path), body).then(() => setRound((before) => before + 1), setFailure);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    change('exclusions', { pattern });
    setPattern('');
  };
  return (
    <section>
      <h2>Leave out while it runs</h2>
      <form class="buttons" onSubmit={submit}>
        <input
          type="text"
          class="filter"
          aria-label="pattern of URLs to leave out"
          placeholder="a regular expression, for example /calendar/"
          spellcheck={false}
          autocomplete="off"
          value={pattern}
          disabled={!control.isPossible}
          onInput={(event) => setPattern(event.currentTarget.value)}
        />
        <button type="submit" disabled={!control.isPossible || pattern === '' || preview.value === null}>
          Leave out
        </button>
        <span role="status" class="dim">
          {pattern !== '' && preview.value !== null && `takes ${countOf(preview.value.queued, 'queued URL')}`}
        </span>
      </form>
      {pattern !== '' && preview.failure !== null && <Failure failure={preview.failure} typed={pattern} />}
      {pattern !== '' && (
        <ul class="lines">
          {preview.value?.examples.map((url) => (
            <li key={url}>
              <Url url={url} />
            </li>
          ))}
        </ul>
      )}
      {failure !== null && <Failure failure={failure} />}
      <ul class="lines">
        {known.value?.exclusions.map(({ id, pattern: excluded, since, setAside }) => (
          <li key={id}>
            <Foreign text={excluded} /> since {time(since, now())}, {count(setAside)} set aside{' '}
            <button type="button" disabled={!control.isPossible} onClick={() => change(`exclusions/${id}/undo`, {})}>
              Undo
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Preview {
  readonly value: PreviewAnswer | null;
  readonly failure: AskError | null;
}

/** What the pattern would take, asked for when the typing rests. */
function usePreview(job: string, pattern: string, round: number): Preview {
  const [preview, setPreview] = useState<Preview>({ value: null, failure: null });
  useEffect(() => {
    setPreview({ value: null, failure: null });
    if (pattern === '') return;
    let isOld = false;
    const show = (told: Preview): void => {
      if (!isOld) setPreview(told);
    };
    const stop = after(TYPING_MS, () => {
      tell<PreviewAnswer>(apiOf(job, 'exclusions/preview'), { pattern }).then(
        (value) => show({ value, failure: null }),
        (failure: AskError) => show({ value: null, failure }),
      );
    });
    return () => {
      isOld = true;
      stop();
    };
  }, [job, pattern, round]);
  return preview;
}
