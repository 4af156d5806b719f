// Errors after which a connection is not trusted again, though the statement was answered.

/** The server is going away or has changed its role: every connection that was open is of the past. */
const serverGone: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03'])
const readOnlyServer = '25006'

/** True where all connections that are open now must be replaced. A write refused in a transaction that is read-only by wish is none. */
export function isEvicting(sqlState: string, isReadOnlyByWish: boolean): boolean {
  return serverGone.has(sqlState) || (sqlState === readOnlyServer && !isReadOnlyByWish)
}
