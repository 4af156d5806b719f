// What an error says, whoever threw it.

/** What an error says, also an error of another realm (a socket's, under a test runner). */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const message: unknown = Reflect.get(error, 'message')
  return typeof message === 'string' ? message : String(error)
}
