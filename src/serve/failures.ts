// What an answer of the API says when there is none: a status, a word that stays the same, and a sentence.

import { GossamerError, JobError } from '../base/errors.ts';
import { QuestionError } from '../search/question.ts';
import type { ErrorAnswer } from './api/jobs.ts';
import { FilterError } from './table/filter.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly at: number | null;

  constructor(status: number, code: string, message: string, at: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.at = at;
  }
}

/** What passes between threads. */
export interface SentFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly at: number | null;
}

export function failureOf(error: unknown): SentFailure {
  if (error instanceof ApiError) {
    const { status, code, message, at } = error;
    return { status, code, message, at };
  }
  if (error instanceof FilterError) return { status: 400, code: 'bad-filter', message: sentence(error), at: error.at };
  if (error instanceof QuestionError)
    return { status: 400, code: 'bad-question', message: sentence(error), at: error.at };
  if (error instanceof JobError) {
    const isGone = error.code === 'missing';
    return { status: isGone ? 404 : 409, code: isGone ? 'no-job' : error.code, message: error.message, at: null };
  }
  if (error instanceof GossamerError) return { status: 400, code: error.code, message: error.message, at: null };
  return { status: 500, code: 'failed', message: error instanceof Error ? error.message : String(error), at: null };
}

export function errorDocument({ code, message, at }: SentFailure): ErrorAnswer {
  return { error: { code, message, at } };
}

function sentence({ message }: Error): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
