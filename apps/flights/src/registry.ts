// The registry of the example: its tables live in a schema of their own, so a server's other tables are never touched.
import { Registry } from 'oriel'

export const schema = 'oriel_flights'

export const registry = new Registry({ schema })
