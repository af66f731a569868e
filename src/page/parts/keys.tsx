// The keys of the page, shown by `?`.

import { useEffect, useRef } from 'preact/hooks';

const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['/', 'go to the filter or the question'],
  ['↑ ↓', 'walk through the rows of the table; also Page Up, Page Down, Home, End'],
  ['Space', 'tell the story of the chosen row'],
  ['Esc', 'close the story, or give up the choice'],
  ['← →', 'make a column narrower or wider, when its edge has the focus'],
  ['?', 'show these keys'],
];

export function Keys({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current!.showModal();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="facts">
        {KEYS.map(([key, does]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
