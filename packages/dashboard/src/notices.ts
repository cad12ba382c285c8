import { signal } from '@preact/signals';
import { ApiError } from 'busbar/client';

export interface Notice {
  id: number;
  good: boolean;
  text: string;
}

export const notices = signal<readonly Notice[]>([]);

/** How long good news is shown, ms; bad news stays until it is closed. */
const shownMs = 6000;
let lastId = 0;

export function notify({ good, text }: Omit<Notice, 'id'>): void {
  lastId += 1;
  const id = lastId;
  notices.value = [...notices.value.slice(-3), { id, good, text }];
  if (good) setTimeout(() => dismiss(id), shownMs);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function toSentence(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
