import { describe, expect, it } from '@jest/globals'
import { claimProcess, thisCopy } from '../../../src/registry/package-copy.ts'

describe('a second copy of the package', () => {
  it('is refused with both paths and versions', () => {
    const process = {}
    claimProcess({ version: '1.0.0', path: '/app/node_modules/@oriel/orm/dist/' }, process)
    expect(() => claimProcess({ version: '1.1.0', path: '/lib/node_modules/@oriel/orm/dist/' }, process)).toThrow(
      'Two copies of @oriel/orm are loaded: 1.0.0 from /app/node_modules/@oriel/orm/dist/, and 1.1.0 from /lib/node_modules/@oriel/orm/dist/. Install one version for the whole application',
    )
  })

  it('is not the same file loaded anew', () => {
    const process = {}
    claimProcess(thisCopy, process)
    expect(() => claimProcess({ ...thisCopy }, process)).not.toThrow()
    expect(thisCopy.path).toMatch(/packages\/orm\/(src|dist)\/$/)
  })
})
