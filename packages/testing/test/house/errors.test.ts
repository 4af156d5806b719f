// Every error class that leaves a package can be told apart by its code.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import * as engine from '@oriel/engine'
import * as orm from '@oriel/orm'
import * as postgres from '@oriel/postgres'
import * as sql from '@oriel/sql'
import ts from 'typescript-5.9'
import { parse, visit } from './source-file.ts'
import { packages, root, sources } from './workspace.ts'

const faces: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { sql, postgres, engine, orm }

/** An exported class below OrielError, with the code that its source gives it. */
interface ErrorClass {
  readonly name: string
  readonly code: string | undefined
}

/** Not errors for users: a driver throws them at the engine, which rethrows by meaning. */
const carriers = new Set(['DriverError'])

/** The `code` written in each class whose name ends in Error. */
function errorClasses(): ErrorClass[] {
  const found: ErrorClass[] = []
  for (const path of packages.flatMap(sources))
    visit(parse(path), (node) => {
      if (!ts.isClassDeclaration(node) || !node.name?.text.endsWith('Error')) return
      if (carriers.has(node.name.text)) return
      const code = node.members.find((member) => ts.isPropertyDeclaration(member) && member.name.getText() === 'code')
      const value =
        code && ts.isPropertyDeclaration(code) && code.initializer && ts.isStringLiteral(code.initializer)
          ? code.initializer.text
          : undefined
      found.push({ name: node.name.text, code: value })
    })
  return found
}

/** The file of a code's page. */
const pageOf = (code: string) => `${code.replace('ORIEL_', '').toLowerCase().replaceAll('_', '-')}.md`

describe('errors', () => {
  const classes = errorClasses()

  it('all have a code of their own', () => {
    expect(classes.filter(({ code }) => code === undefined).map(({ name }) => name)).toEqual([])
    const codes = classes.map(({ code }) => code)
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([])
  })

  it('have a code that says the name', () => {
    const expected = (name: string) =>
      `ORIEL_${name
        .replace(/Error$/, '')
        .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
        .toUpperCase()}`
    const odd = classes.filter(({ name, code }) => name !== 'OrielError' && code !== expected(name))
    expect(odd).toEqual([])
  })

  it('extend OrielError and can be imported from their package', () => {
    const exported = new Set(
      Object.values(faces)
        .flatMap((face) => Object.entries(face))
        .flatMap(([name, value]) =>
          typeof value === 'function' && (value === sql.OrielError || value.prototype instanceof sql.OrielError)
            ? [name]
            : [],
        ),
    )
    expect(classes.filter(({ name }) => !exported.has(name)).map(({ name }) => name)).toEqual([])
  })

  it('have a page of their own under docs/errors, with the class, the code, why and the ways out', () => {
    const pages = readdirSync(join(root, 'docs/errors'))
    expect([...pages].sort()).toEqual(classes.map(({ code = '' }) => pageOf(code)).sort())
    for (const { name, code = '' } of classes) {
      const text = readFileSync(join(root, 'docs/errors', pageOf(code)), 'utf8')
      expect(text).toMatch(new RegExp(`^# ${name}\n\n\`${code}\`, extends `))
      expect(text).toMatch(/\n## Why\n\n.+\n\n## Ways out\n\n- /)
    }
  })

  it('have a row in docs/errors.md, with the code, what it means and a way out', () => {
    const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter((cells) => cells.length === 6)
    const missing = classes.filter(
      ({ name, code = '' }) =>
        !rows.some(
          ([, shown = '', shownCode, meaning, wayOut]) =>
            shown.replace(/^(– )+/, '') === `\`${name}\`` &&
            shownCode === `[\`${code}\`](errors/${pageOf(code)})` &&
            meaning &&
            wayOut,
        ),
    )
    expect(missing).toEqual([])
  })
})
