// The bar above a table or above results: what is asked for, and how many there are.

import type { ComponentChildren } from 'preact';
import { useTyped } from './typed.ts';

interface SearchBarProps {
  readonly label: string;
  readonly placeholder: string;
  /** What is asked for now. */
  readonly q: string;
  /** Is called when the typing rests. */
  readonly onAsk: (q: string) => void;
  /** How many were found. */
  readonly found: string;
  /** More controls, behind the field. */
  readonly children?: ComponentChildren;
}

export function SearchBar({ label, placeholder, q, onAsk, found, children }: SearchBarProps) {
  const [typed, setTyped] = useTyped(q, onAsk);
  return (
    <search class="bar">
      <input
        type="search"
        class="filter"
        data-key="/"
        aria-label={label}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {children}
      <span class="right" role="status">
        {found}
      </span>
    </search>
  );
}
