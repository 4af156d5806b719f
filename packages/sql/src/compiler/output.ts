// Text with holes for values. Placeholders are numbered at the end, so that parts may be written in any order.
import type { Dialect } from '../dialect.ts'
import type { Bind } from './compiled.ts'

export class Output {
  /** Texts between binds: one more than there are binds. */
  readonly texts: string[] = ['']
  readonly binds: Bind[] = []

  write(text: string): void {
    this.texts[this.texts.length - 1] += text
  }

  bind(bind: Bind): void {
    this.binds.push(bind)
    this.texts.push('')
  }
}

/** Joins outputs into one text. A bind that stands in several places is one placeholder, where the dialect numbers them. */
export function finish(outputs: readonly Output[], dialect: Dialect): { text: string; binds: readonly Bind[] } {
  const positions = new Map<Bind, number>()
  // A placeholder without a number stands for one value each time.
  const isNumbered = dialect.placeholder(1) !== dialect.placeholder(2)
  const binds: Bind[] = []
  let text = ''
  for (const output of outputs) {
    output.texts.forEach((part, i) => {
      text += part
      const bind = output.binds[i]
      if (!bind) return
      let position = isNumbered ? positions.get(bind) : undefined
      if (position === undefined) {
        position = binds.push(bind)
        positions.set(bind, position)
      }
      text += dialect.placeholder(position)
    })
  }
  return { text, binds }
}
