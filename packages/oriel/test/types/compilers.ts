// The two compilers that users have: the last one written in JavaScript, and the present one.
import { join } from 'node:path'

/** A TypeScript version and its command. */
export interface Compiler {
  readonly name: string
  readonly tsc: string
}

const modules = join(import.meta.dirname, '../../../../node_modules')

export const compilers: readonly Compiler[] = [
  { name: '5.9', tsc: join(modules, 'typescript-5.9/bin/tsc') },
  { name: '7', tsc: join(modules, 'typescript/bin/tsc') },
]
