// Finding pages by their words: one box, results, and facets with counts. Nothing else.

import type { FacetedAnswer, JobAnswer } from '../../serve/api.ts';
import { apiOf, asking, useAnswer } from '../ask.ts';
import { now } from '../clock.ts';
import { count, countOf, span, time } from '../figures.ts';
import { shown } from '../foreign.ts';
import { SearchBar } from '../parts/search-bar.tsx';
import { Empty, Failure, Foreign, Url } from '../parts/words.tsx';
import { goTo, linkTo, type Where } from '../where.ts';

const FACETS = ['host', 'folder', 'type', 'language', 'year'] as const;
type Facet = (typeof FACETS)[number];
const RESULTS_MAX = 20;

interface SearchProps {
  readonly job: JobAnswer;
  readonly asked: Where['asked'];
}

export function Search({ job, asked }: SearchProps) {
  const { q = '', from = '', ...chosen } = asked;
  const go = (change: Where['asked'], isReplaced = false): void =>
    goTo(linkTo(job.id, 'search', { ...asked, from: '', ...change }), isReplaced);
  const path = q === '' ? null : asking(apiOf(job.id, 'search'), { q, from, limit: RESULTS_MAX, ...chosen });
  const answer = useAnswer<FacetedAnswer>(job.index === 'ready' ? path : null);
  const { value, failure, tookMs } = answer;
  if (job.index === 'renewing')
    return (
      <Empty>
        The index of this crawl was damaged or of another version. It is made again: {count(job.indexedUrls ?? 0)} of{' '}
        {countOf(
          Object.values(job.urls).reduce((sum, urls) => sum + urls),
          'URL',
        )}{' '}
        were looked at. The search is here when it is done.
      </Empty>
    );
  if (job.index !== 'ready')
    return (
      <Empty>
        The pages of this crawl are not searchable yet. <code>gossamer index</code> makes them so; after it, load this
        page again. A crawl with <code>--index</code> does it while it runs.
      </Empty>
    );
  return (
    <>
      <SearchBar
        label="words to find"
        placeholder="words that the page has"
        q={q}
        onAsk={(text) => go({ q: text }, q !== '')}
        found={
          value === null ? '' : `${value.isAtLeast ? 'at least ' : ''}${countOf(value.total, 'page')}, ${span(tookMs)}`
        }
      />
      {failure !== null && <Failure failure={failure} typed={q} />}
      {q === '' && (
        <Empty>
          Type words. <code>"a phrase"</code>, <code>beginning*</code>, <code>-not</code>, <code>site:</code>,{' '}
          <code>path:</code>, <code>type:</code>, <code>lang:</code>, <code>before:</code> and <code>after:</code> work
          too.
        </Empty>
      )}
      {value !== null && q !== '' && <Found {...{ job: job.id, value, asked, go }} from={Number(from)} />}
    </>
  );
}

type Go = (change: Where['asked']) => void;

interface FoundProps {
  readonly job: string;
  readonly value: FacetedAnswer;
  readonly asked: Where['asked'];
  readonly go: Go;
  readonly from: number;
}

function Found({ job, value, asked, go, from }: FoundProps) {
  const { results, suggestion, total } = value;
  return (
    <div class="search">
      <nav class="facets" aria-label="narrow the search">
        {FACETS.map((facet) => (
          <FacetList key={facet} {...{ job, facet, asked }} values={value.facets[facet]} />
        ))}
      </nav>
      <div class="results">
        {suggestion !== null && (
          <p>
            Did you mean <a href={linkTo(job, 'search', { ...asked, q: suggestion })}>{shown(suggestion)}</a>?
          </p>
        )}
        {results.length === 0 && (
          <Empty>No page has these words. Try fewer words, or the beginning of one with *.</Empty>
        )}
        <ol start={from + 1}>
          {results.map((result) => (
            <Result key={result.url} job={job} result={result} />
          ))}
        </ol>
        <p class="buttons">
          {from > 0 && (
            <button type="button" onClick={() => go({ from: String(Math.max(0, from - RESULTS_MAX)) })}>
              Earlier results
            </button>
          )}
          {from + results.length < total && results.length > 0 && (
            <button type="button" onClick={() => go({ from: String(from + RESULTS_MAX) })}>
              More results
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

function Result({ job, result }: { job: string; result: FacetedAnswer['results'][number] }) {
  const { url, title, snippet, fetchedAt, language, alike } = result;
  return (
    <li>
      <h2>
        <a href={linkTo(job, 'url', { url })}>
          <bdi>{shown(title || url, 160)}</bdi>
        </a>
      </h2>
      <p>
        <Url url={url} />
      </p>
      <p dir="auto">
        {snippet.map(({ text, isMatch }, at) =>
          isMatch ? <mark key={`${at}-${text}`}>{shown(text)}</mark> : shown(text, 600),
        )}
      </p>
      <p class="dim">
        {time(fetchedAt, now())}
        {language !== null && language !== '' && `, ${shown(language, 20)}`}
        {alike.length > 0 &&
          `, and ${countOf(alike.length, 'page')} that ${alike.length === 1 ? 'says' : 'say'} nearly the same`}
      </p>
      {alike.length > 0 && (
        <ul class="alike">
          {alike.slice(0, 5).map((other) => (
            <li key={other}>
              <Url url={other} href={linkTo(job, 'url', { url: other })} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

interface FacetListProps {
  readonly job: string;
  readonly facet: Facet;
  readonly asked: Where['asked'];
  readonly values: FacetedAnswer['facets'][Facet];
}

function FacetList({ job, facet, asked, values }: FacetListProps) {
  const chosen = asked[facet] ?? '';
  if (values.length === 0 || (values.length === 1 && chosen === '')) return null;
  return (
    <section>
      <h2>{facet}</h2>
      <ul>
        {values.map(({ value, pages }) => {
          const name = value === '' ? '-' : value;
          const isChosen = name === chosen;
          const link = linkTo(job, 'search', { ...asked, from: '', [facet]: isChosen ? '' : name });
          return (
            <li key={value}>
              <a href={link} aria-current={isChosen ? 'true' : undefined}>
                <Foreign text={value === '' ? 'not told' : value} most={60} />
              </a>{' '}
              <span class="dim">{count(pages)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
