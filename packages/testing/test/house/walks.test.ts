// docs/how-data-walks.md is a map: every file on it is there, and every name that it gives to a file stands in that file.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { root } from './workspace.ts'

/** A name in backquotes, and the file that the sentence gives it: `name` (`file`), or `name` in `file`. */
interface Landmark {
  readonly name: string
  readonly file: string
}

const path = /`((?:packages|apps|docs)\/[^`]+)`/g

function files(markdown: string): string[] {
  return [...new Set([...markdown.matchAll(path)].map(([, file = '']) => file))]
}

function landmarks(markdown: string): Landmark[] {
  const pattern = /`([^`]+)`(?:, [a-z ]+)? (?:\(|in )`(packages\/[^`]+\.ts)`/g
  return [...markdown.matchAll(pattern)].map(([, name = '', file = '']) => ({ name, file }))
}

/** The words of a name that must stand in its file: of `Engine.execute` both, of `entity(Order)` the first, of `@Entity` the rest. */
function words(name: string): string[] {
  return (
    name
      .replace(/^@/, '')
      .replace(/\(.*$/, '')
      .match(/[A-Za-z]+/g) ?? []
  )
}

const markdown = readFileSync(join(root, 'docs/how-data-walks.md'), 'utf8')

describe('docs/how-data-walks.md', () => {
  it('names files that exist', () => {
    expect(files(markdown).length).toBeGreaterThan(40)
    expect(files(markdown).filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it('names what stands in them', () => {
    const found = landmarks(markdown)
    expect(found.length).toBeGreaterThan(40)
    const missing = found.filter(({ name, file }) => {
      const text = readFileSync(join(root, file), 'utf8')
      return words(name).some((word) => !new RegExp(`\\b${word}\\b`).test(text))
    })
    expect(missing).toEqual([])
  })

  it('is read as it is written', () => {
    const text = 'By `Engine.execute` (`packages/a.ts`), then `entity(Order)` in `packages/b.ts`; see `packages/c.ts`.'
    expect(files(text)).toEqual(['packages/a.ts', 'packages/b.ts', 'packages/c.ts'])
    expect(landmarks(text)).toEqual([
      { name: 'Engine.execute', file: 'packages/a.ts' },
      { name: 'entity(Order)', file: 'packages/b.ts' },
    ])
    expect(words('Engine.execute')).toEqual(['Engine', 'execute'])
    expect(words('entity(Order)')).toEqual(['entity'])
  })
})
