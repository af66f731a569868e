// An archived page in a frame. It comes from another origin and reaches nothing outside. Its scripts run only if the
// reader wants that, and then without any origin.

import { useState } from 'preact/hooks';
import { now } from '../clock.ts';
import { time } from '../figures.ts';
import { shown } from '../foreign.ts';

interface ArchivedPageProps {
  readonly viewUrl: string;
  readonly url: string;
  /** ISO 8601. */
  readonly capturedAt: string | null;
}

export function ArchivedPage({ viewUrl, url, capturedAt }: ArchivedPageProps) {
  const [isNarrow, setNarrow] = useState(false);
  const [hasScripts, setScripts] = useState(false);
  const source = hasScripts ? viewUrl.replace(/\/v\/([^/]*)$/, '/s/$1') : viewUrl;
  return (
    <section class="archived" aria-label="archived page">
      <div class="bar">
        <h2>Archived page</h2>
        {/* A picture or a file has no banner that tells it. */}
        {capturedAt !== null && <span class="dim">captured {time(Date.parse(capturedAt), now())}</span>}
        <label>
          <input type="checkbox" checked={isNarrow} onChange={() => setNarrow(!isNarrow)} /> as on a phone
        </label>
        <label>
          <input type="checkbox" checked={hasScripts} onChange={() => setScripts(!hasScripts)} /> with its scripts
        </label>
        <a class="right" href={source} target="_blank" rel="noreferrer">
          Open alone
        </a>
      </div>
      <iframe
        key={source}
        class={isNarrow ? 'narrow' : undefined}
        title={`archived copy of ${shown(url)}`}
        src={source}
        sandbox={hasScripts ? 'allow-scripts' : ''}
        referrerpolicy="no-referrer"
      />
    </section>
  );
}
