// What a person must act on: broken links with the pages that have them, failures by code, redirect chains, repeated
// contents, and traps.

import type { ComponentChildren } from 'preact';
import type { BrokenAnswer, DuplicatesAnswer, JobAnswer, RedirectsAnswer, TrapsAnswer } from '../../serve/api.ts';
import { apiOf, useAnswer } from '../ask.ts';
import { count, countOf, size } from '../figures.ts';
import { Groups } from '../parts/groups.tsx';
import { Foreign, Shown, Url } from '../parts/words.tsx';
import { linkTo } from '../where.ts';

const LISTED_MAX = 100;

export function Problems({ job: { id, index } }: { job: JobAnswer }) {
  return (
    <>
      <Broken job={id} />
      <Groups job={id} by="error" title="Failures by code" q="state:failed" empty="No URL failed." />
      <Chains job={id} />
      <Duplicates job={id} what="duplicates" title="The same bytes" empty="No two URLs have the same bytes." />
      {index === 'ready' ? (
        <Duplicates
          job={id}
          what="near-duplicates"
          title="Nearly the same words"
          empty="No two pages say nearly the same."
        />
      ) : (
        <section>
          <h2>Nearly the same words</h2>
          <p class="dim">
            This needs the index for searches. <code>gossamer index</code> makes it.
          </p>
        </section>
      )}
      <Traps job={id} />
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly figure?: number;
  /** Where the URLs are that the figure counts. */
  readonly href?: string;
  readonly children: ComponentChildren;
}

function Section({ title, figure, href, children }: SectionProps) {
  return (
    <section>
      <h2>
        {title}{' '}
        {figure !== undefined &&
          (href === undefined ? <span class="dim">{count(figure)}</span> : <a href={href}>{count(figure)}</a>)}
      </h2>
      {children}
    </section>
  );
}

function More({ listed, total }: { listed: number; total: number }) {
  return total > listed ? <p class="dim">and {count(total - listed)} more; gossamer report lists all</p> : null;
}

function Broken({ job }: { job: string }) {
  const answer = useAnswer<BrokenAnswer>(apiOf(job, 'broken'));
  return (
    <Shown answer={answer}>
      {({ total, urls, badLinks, badLinksTotal }) => (
        <>
          <Section title="Broken links" figure={total}>
            {total === 0 && <p class="dim">No link is broken.</p>}
            <ol class="broken">
              {urls.slice(0, LISTED_MAX).map((broken) => (
                <BrokenUrl key={broken.url} job={job} broken={broken} />
              ))}
            </ol>
            <More listed={Math.min(urls.length, LISTED_MAX)} total={total} />
          </Section>
          {badLinksTotal > 0 && (
            <Section title="Links that are no URL" figure={badLinksTotal}>
              <ul class="lines">
                {badLinks.slice(0, LISTED_MAX).map(({ page, href, element }) => (
                  <li key={`${page} ${href} ${element}`}>
                    <Foreign text={href} most={120} /> <span class="dim">in {element} on</span>{' '}
                    <Url url={page} href={linkTo(job, 'url', { url: page })} />
                  </li>
                ))}
              </ul>
              <More listed={Math.min(badLinks.length, LISTED_MAX)} total={badLinksTotal} />
            </Section>
          )}
        </>
      )}
    </Shown>
  );
}

function BrokenUrl({ job, broken }: { job: string; broken: BrokenAnswer['urls'][number] }) {
  const { url, status, error, help, redirectsTo, links, referrers } = broken;
  return (
    <li>
      <p>
        <strong class="red">{error ?? status}</strong> <Url url={url} href={linkTo(job, 'url', { url })} />
      </p>
      {redirectsTo !== null && (
        <p>
          redirects to <Url url={redirectsTo} href={linkTo(job, 'url', { url: redirectsTo })} />
        </p>
      )}
      {help !== null && <p class="help">{help}</p>}
      <p class="dim">{links === 0 ? 'No page links to it.' : `${countOf(links, 'link')} to it, from`}</p>
      <ul>
        {referrers.map((referrer) => (
          <li key={referrer}>
            <Url url={referrer} href={linkTo(job, 'url', { url: referrer })} />
          </li>
        ))}
      </ul>
    </li>
  );
}

function Chains({ job }: { job: string }) {
  const answer = useAnswer<RedirectsAnswer>(apiOf(job, 'redirects'));
  return (
    <Shown answer={answer}>
      {({ chains, chainCount, loops, loopCount }) => (
        <>
          <Section title="Redirects that lead to redirects" figure={chainCount}>
            {chainCount === 0 && <p class="dim">Every redirect leads to its page at once.</p>}
            {chains.slice(0, LISTED_MAX).map(({ urls }) => (
              <Chain key={urls.join(' ')} job={job} urls={urls} />
            ))}
          </Section>
          {loopCount > 0 && (
            <Section title="Redirects in a circle" figure={loopCount}>
              {loops.slice(0, LISTED_MAX).map(({ urls }) => (
                <Chain key={urls.join(' ')} job={job} urls={urls} isLoop />
              ))}
            </Section>
          )}
        </>
      )}
    </Shown>
  );
}

/** Drawn as a chain. */
function Chain({ job, urls, isLoop = false }: { job: string; urls: readonly string[]; isLoop?: boolean }) {
  return (
    <ol class="chain">
      {urls.map((url, at) => (
        <li key={`${at} ${url}`}>
          <Url url={url} href={linkTo(job, 'url', { url })} />
        </li>
      ))}
      {isLoop && <li class="red">and again from the first</li>}
    </ol>
  );
}

interface DuplicatesProps {
  readonly job: string;
  readonly what: 'duplicates' | 'near-duplicates';
  readonly title: string;
  readonly empty: string;
}

function Duplicates({ job, what, title, empty }: DuplicatesProps) {
  const answer = useAnswer<DuplicatesAnswer>(`${apiOf(job, what)}?limit=${LISTED_MAX}`);
  return (
    <Shown answer={answer}>
      {({ groupCount, groups }) => (
        <Section title={title} figure={groupCount}>
          {groupCount === 0 && <p class="dim">{empty}</p>}
          <ul class="lines">
            {groups.map(({ urls, bytes, examples, q }) => (
              <li key={examples[0]}>
                {q === null ? countOf(urls, 'URL') : <a href={linkTo(job, 'urls', { q })}>{countOf(urls, 'URL')}</a>}
                {bytes !== null && ` of ${size(bytes)}`}
                <ul>
                  {examples.map((url) => (
                    <li key={url}>
                      <Url url={url} href={linkTo(job, 'url', { url })} />
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Shown>
  );
}

function Traps({ job }: { job: string }) {
  const answer = useAnswer<TrapsAnswer>(apiOf(job, 'traps'));
  return (
    <Shown answer={answer}>
      {({ urls, traps }) => (
        <Section title="Traps" figure={urls} href={linkTo(job, 'urls', { q: 'reason:trap' })}>
          {traps.length === 0 && <p class="dim">No endless series of pages was found.</p>}
          <ul class="lines">
            {traps.map(({ trap, urls: taken, example }) => (
              <li key={`${trap} ${example}`}>
                <Foreign text={trap} /> <span class="dim">{countOf(taken, 'URL')}, for example</span>{' '}
                <Url url={example} href={linkTo(job, 'url', { url: example })} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Shown>
  );
}
