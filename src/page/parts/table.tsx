// The one table of the page: a fixed head, columns that can be resized, an order by any column that allows it, and as
// many rows as there are, of which only those in sight are made.

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Rows } from './rows.ts';
import { inSight, ROW_PX, scrollFor } from './scroll.ts';
import { copyWhole } from './words.tsx';

export interface GridColumn<Row> {
  readonly name: string;
  readonly label: string;
  readonly widthPx: number;
  /** Figures stand at the right. */
  readonly isFigure?: boolean;
  readonly isSortable?: boolean;
  show(row: Row): ComponentChildren;
}

/** `name` sorts upwards, `-name` downwards; empty is the order in which the rows were found. */
export type Sort = string;

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  readonly rows: Rows<Row>;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly selected: number | null;
  /** Null gives up the selection. */
  readonly onSelect: (index: number | null) => void;
  /** The row that is selected is to be told in full. */
  readonly onOpen: (row: Row) => void;
}

const HEAD_PX = 32;
const WIDTH_PX_MIN = 48;
const WIDTH_STEP_PX = 16;
/** At first no column takes more of what is in sight. */
const WIDTH_SHARE_MAX = 0.6;

export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, selected, onSelect, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [scrolledPx, setScrolledPx] = useState(0);
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  const sight = useSight(scroller);
  const viewPx = sight.heightPx - HEAD_PX;
  const count = rows.count ?? 0;
  const { first, end, abovePx, belowPx } = inSight(count, scrolledPx, viewPx);
  useEffect(() => rows.need(first, end), [rows, first, end]);

  const bringIntoSight = (index: number): void => {
    const top = scrollFor(index, count, scroller.current!.scrollTop, viewPx);
    if (top !== null) scroller.current!.scrollTop = top;
  };
  const select = (wanted: number): void => {
    const index = Math.max(0, Math.min(wanted, count - 1));
    bringIntoSight(index);
    onSelect(index);
  };
  // The strip above may come later than the rows, and then there is room for fewer of them.
  useLayoutEffect(() => {
    if (selected !== null) bringIntoSight(selected);
  }, [viewPx]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(viewPx / ROW_PX) - 1);
    const open = (): void => {
      const row = selected === null ? undefined : rows.at(selected);
      if (row !== undefined) onOpen(row);
    };
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => select((selected ?? -1) + 1),
      ArrowUp: () => select((selected ?? 1) - 1),
      PageDown: () => select((selected ?? 0) + page),
      PageUp: () => select((selected ?? 0) - page),
      Home: () => select(0),
      End: () => select(count - 1),
      Escape: () => onSelect(null),
      ' ': open,
      Enter: open,
    };
    const act = keys[event.key];
    const isOnGrid = event.target === event.currentTarget;
    if (!isOnGrid || act === undefined || count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  const widthOf = (column: GridColumn<Row>): number =>
    widths[column.name] ?? Math.min(column.widthPx, Math.floor(sight.widthPx * WIDTH_SHARE_MAX));
  const indexes = Array.from({ length: end - first }, (_, at) => first + at);
  const isInSight = selected !== null && selected >= first && selected < end;
  return (
    <div class="table-scroller" ref={scroller} onScroll={() => setScrolledPx(scroller.current!.scrollTop)}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the arrows walk its rows.
        role="grid"
        class="rows"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-activedescendant={isInSight ? `row-${selected}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onCopy={copyWhole}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.name} style={{ width: `${widthOf(column)}px` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head
                key={column.name}
                {...{ column, sort: props.sort, onSort: props.onSort, widthPx: widthOf(column) }}
                onWidth={(px) => setWidths({ ...widths, [column.name]: Math.max(WIDTH_PX_MIN, px) })}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap px={abovePx} columns={columns.length} />
          {indexes.map((index) => (
            <BodyRow
              key={index}
              {...{ index, columns }}
              row={rows.at(index)}
              isSelected={index === selected}
              {...{ onSelect, onOpen }}
            />
          ))}
          <Gap px={belowPx} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function BodyRow<Row>(props: {
  index: number;
  columns: readonly GridColumn<Row>[];
  row: Row | undefined;
  isSelected: boolean;
  onSelect: (index: number) => void;
  onOpen: (row: Row) => void;
}) {
  const { index, columns, row, isSelected, onSelect, onOpen } = props;
  // Made once for each row, and not again while somebody scrolls.
  const cells = useMemo(() => cellsOf(columns, row), [columns, row]);
  return (
    <tr
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      onClick={() => onSelect(index)}
      onDblClick={() => row !== undefined && onOpen(row)}
    >
      {cells}
    </tr>
  );
}

function cellsOf<Row>(columns: readonly GridColumn<Row>[], row: Row | undefined) {
  return columns.map((column) => (
    <td key={column.name} class={column.isFigure === true ? 'figure' : undefined}>
      {row === undefined ? <span class="dim">…</span> : column.show(row)}
    </td>
  ));
}

/** The place of rows that are not made. */
function Gap({ px, columns }: { px: number; columns: number }) {
  if (px <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus.
    <tr class="gap" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${px}px` }} />
    </tr>
  );
}

interface HeadProps<Row> {
  readonly column: GridColumn<Row>;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly widthPx: number;
  readonly onWidth: (px: number) => void;
}

function Head<Row>({ column, sort, onSort, widthPx, onWidth }: HeadProps<Row>) {
  const { name, label, isFigure, isSortable } = column;
  const isUp = sort === name;
  const isDown = sort === `-${name}`;
  const next = isUp ? `-${name}` : isDown ? '' : name;
  const sorted = isUp ? 'ascending' : isDown ? 'descending' : undefined;
  return (
    <th scope="col" class={isFigure === true ? 'figure' : undefined} aria-sort={sorted}>
      {isSortable === true ? (
        <button type="button" onClick={() => onSort(next)}>
          {label}
          <span aria-hidden="true">{isUp ? ' ↑' : isDown ? ' ↓' : ''}</span>
        </button>
      ) : (
        label
      )}
      <Grip {...{ label, widthPx, onWidth }} />
    </th>
  );
}

/** The edge of a column: dragged, or moved with the arrow keys. */
function Grip({ label, widthPx, onWidth }: { label: string; widthPx: number; onWidth: (px: number) => void }) {
  const start = useRef<number | null>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? WIDTH_STEP_PX : event.key === 'ArrowLeft' ? -WIDTH_STEP_PX : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onWidth(widthPx + step);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no rule.
    <span
      role="separator"
      class="grip"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`width of ${label}`}
      aria-valuenow={widthPx}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = event.clientX - widthPx;
      }}
      onPointerMove={(event) => start.current !== null && onWidth(event.clientX - start.current)}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}

interface Sight {
  readonly widthPx: number;
  readonly heightPx: number;
}

function useSight(element: { readonly current: HTMLElement | null }): Sight {
  const [sight, setSight] = useState<Sight>({ widthPx: 1_000, heightPx: 600 });
  useLayoutEffect(() => {
    const { current } = element;
    const measure = (): void => setSight({ widthPx: current!.clientWidth, heightPx: current!.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(current!);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return sight;
}
