// How the memory of the process went, in words.
import { written } from './table.ts'

/** `stayed at 707 MB`, `rose from 695 to 707 MB`: from the most that was held, and what of it was new. */
export function memoryText(peak: number, growth: number): string {
  return growth === 0 ? `stayed at ${written(peak)} MB` : `rose from ${written(peak - growth)} to ${written(peak)} MB`
}
