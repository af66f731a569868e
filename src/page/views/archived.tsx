// An archived page in a frame. It comes from another origin and reaches nothing outside. Its scripts run only if the
// reader wants that, and then without any origin.

import { useState } from 'preact/hooks';
import { shown } from '../foreign.ts';

export function ArchivedPage({ viewUrl, url }: { viewUrl: string; url: string }) {
  const [isNarrow, setNarrow] = useState(false);
  const [hasScripts, setScripts] = useState(false);
  const source = hasScripts ? viewUrl.replace(/\/v\/([^/]*)$/, '/s/$1') : viewUrl;
  return (
    <section class="archived" aria-label="archived page">
      <div class="bar">
        <h2>Archived page</h2>
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
