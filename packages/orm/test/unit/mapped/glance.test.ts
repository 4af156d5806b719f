// The quick look at an object's columns: generated code and its loop give the same answers, and yes is never wrong.
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { generateGlance } from '../../../src/mapped/codegen.ts'
import { glanceAt, loopGlance } from '../../../src/mapped/glance.ts'

const names = ['id', 'a "quoted" name', '__proto__', 'note']
const columns = names.map((name, index) => ({
  name,
  index,
  holds: (value: unknown, text: string) => value === text || value === Number(text),
}))

class Base {}
// What is not the object's own is not asked: such an accessor throws where a property is not loaded.
for (const name of names)
  Object.defineProperty(Base.prototype, name, {
    get() {
      throw new RangeError(`${name} was read`)
    },
  })

const value = fc.constantFrom(null, undefined, '1', 1, 2)
const text = fc.constantFrom(null, undefined, '1', '2')

describe('a glance at the columns of an object', () => {
  it('gives the same answers by generated code and by the loop', () => {
    const generated = generateGlance(columns)
    const loop = loopGlance(columns)
    expect(generated).not.toBeNull()
    fc.assert(
      fc.property(
        fc.array(fc.option(value, { nil: 'missing' }), { minLength: 4, maxLength: 4 }),
        fc.array(text, { minLength: 4, maxLength: 4 }),
        (values, row) => {
          const object = new Base()
          values.forEach((each, i) => {
            if (each === 'missing') return
            Object.defineProperty(object, names[i] ?? '', { value: each, configurable: true, writable: true })
          })
          const expected = values.every((each, i) => {
            const known = row[i]
            if (each === 'missing' || known === undefined) return each === 'missing' && known === undefined
            return known === null ? each === null : each === known || each === Number(known)
          })
          expect(loop(object, row)).toBe(expected)
          expect(generated?.(object, row)).toBe(expected)
        },
      ),
    )
  })

  it('leaves columns of types without a quick look to a closer one', () => {
    const plain = { decode: (found: string) => found, encode: String }
    const glance = glanceAt([{ name: 'note', index: 0, codec: plain }])
    expect(glance({ note: 'a' }, ['a'])).toBe(false)
    expect(glance({ note: null }, [null])).toBe(true)
    expect(glance({}, [undefined])).toBe(true)
  })
})
