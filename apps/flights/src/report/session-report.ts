// A report that works with objects: it is given a session, and what was sent meanwhile is written down from the engine's events.
import { type Session, sessionFactory } from 'oriel'
import { registry } from '../registry.ts'
import type { Report, ReportOptions, Statement } from './report.ts'

interface Definition<R> extends Pick<Report, 'name' | 'title'> {
  /** The session is closed behind it, and with it is undone what was not committed. */
  readonly work: (session: Session, options: ReportOptions) => Promise<R>
  readonly print: (result: R, options: ReportOptions) => string
}

/** A report whose printer is checked against what its work gives back. It ends with the number of statements that were sent. */
export function sessionReport<R>({ name, title, work, print }: Definition<R>): Report {
  return {
    name,
    title,
    run: async (engine, options) => {
      const statements: Statement[] = []
      const stopListening = engine.on('beforeExecute', ({ text, params }) => statements.push({ text, params }))
      try {
        const result = await inSession()
        return { printed: `${print(result, options)}\nStatements sent: ${statements.length}`, statements }
      } finally {
        stopListening()
      }

      async function inSession(): Promise<R> {
        await using session = sessionFactory(engine, { registry }).open()
        return await work(session, options)
      }
    },
  }
}
