import { describe, expect, it } from '@jest/globals'
import { excerpt } from '../../../src/error/excerpt.ts'

/** The character of the excerpt's line above the caret. */
function pointedAt(text: string, position: number): string | undefined {
  const [line = '', caret = ''] = excerpt(text, position).split('\n')
  return Array.from(line)[Array.from(caret).length - 1]
}

describe('excerpt', () => {
  it('shows the line of the position alone', () => {
    expect(excerpt('select a\nfrom nope\nwhere true', 15)).toBe('from nope\n     ^')
  })

  it('cuts a long line around the position', () => {
    const text = `select ${'x, '.repeat(500)}@ ${', y'.repeat(500)}`
    const shown = excerpt(text, text.indexOf('@') + 1)
    expect(shown.split('\n').every((line) => line.length <= 104)).toBe(true)
    expect(shown).toMatch(/^… .*@.* …\n +\^$/)
    expect(pointedAt(text, text.indexOf('@') + 1)).toBe('@')
  })

  it('counts characters, not UTF-16 units', () => {
    const text = `select '👩👩', @`
    expect(pointedAt(text, Array.from(text).indexOf('@') + 1)).toBe('@')
  })

  it('keeps tabs', () => {
    expect(excerpt('\tselect @', 9)).toBe('\tselect @\n\t       ^')
  })

  it.each([
    ['', 1, '\n^'],
    ['select', 7, 'select\n      ^'],
    ['select', 99, 'select\n      ^'],
    ['a\nb', 1, 'a\n^'],
    ['a\nb', 3, 'b\n^'],
    ['a\nb', 2, 'a\n ^'],
  ])('%j at %i', (text, position, shown) => {
    expect(excerpt(text, position)).toBe(shown)
  })
})
