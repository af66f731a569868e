// An archived page in a frame. It comes from another origin, its scripts do not run, and it reaches nothing outside.

import { useState } from 'preact/hooks';
import { shown } from '../foreign.ts';

export function ArchivedPage({ viewUrl, url }: { viewUrl: string; url: string }) {
  const [isNarrow, setNarrow] = useState(false);
  return (
    <section class="archived" aria-label="archived page">
      <div class="bar">
        <h2>Archived page</h2>
        <label>
          <input type="checkbox" checked={isNarrow} onChange={() => setNarrow(!isNarrow)} /> as on a phone
        </label>
        <a class="right" href={viewUrl} target="_blank" rel="noreferrer">
          Open alone
        </a>
      </div>
      <iframe
        key={viewUrl}
        class={isNarrow ? 'narrow' : undefined}
        title={`archived copy of ${shown(url)}`}
        src={viewUrl}
        sandbox=""
        referrerpolicy="no-referrer"
      />
    </section>
  );
}
