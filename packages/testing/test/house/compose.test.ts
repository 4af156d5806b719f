// docker/compose.yaml offers each PostgreSQL version on a port of its own. Docker reads it where there is docker.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { root } from './workspace.ts'

const file = join(root, 'docker/compose.yaml')

interface Service {
  /** Of those that are built here there is none. */
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly ports: readonly (string | { readonly published: string; readonly target: number })[]
  readonly environment?: Readonly<Record<string, string>>
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
}

/** As docker understands it, where `docker compose` is there; else as YAML says it. */
function read(): Compose {
  const docker = spawnSync('docker', ['compose', '-f', file, 'config', '--format', 'json'], { encoding: 'utf8' })
  const isThere = spawnSync('docker', ['compose', 'version']).status === 0
  if (isThere && docker.status !== 0) throw new Error(docker.stderr)
  return isThere ? JSON.parse(docker.stdout) : parse(readFileSync(file, 'utf8'), { merge: true })
}

describe('docker/compose.yaml', () => {
  const { services } = read()
  const servers = Object.values(services).filter(({ image }) => image !== undefined)

  it('offers PostgreSQL 15 to 18', () => {
    expect(servers.map(({ image }) => image)).toEqual(['postgres:15', 'postgres:16', 'postgres:17', 'postgres:18'])
  })

  it('gives each version a port of its own, and the same credentials', () => {
    const published = servers.flatMap(({ ports }) =>
      ports.map((port) => (typeof port === 'string' ? port : `${port.published}:${port.target}`)),
    )
    expect(published).toEqual(['5415:5432', '5416:5432', '5417:5432', '5418:5432'])
    expect(new Set(servers.map(({ environment }) => environment?.POSTGRES_PASSWORD)).size).toBe(1)
  })

  it('serves the API from an image whose parts are there', () => {
    const { build, command = [] } = services.api ?? {}
    const dockerfile = resolve(dirname(file), build?.context ?? '', build?.dockerfile ?? '')
    const text = readFileSync(dockerfile, 'utf8')
    const copied = [...text.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '))
    expect(copied).toContain('apps/api')
    expect(copied.filter((source) => !existsSync(join(root, source)))).toEqual([])
    const [, main = ''] = /ENTRYPOINT .*"([^"]+\.ts)"/.exec(text) ?? []
    expect(existsSync(join(root, 'apps/api', main))).toBe(true)
    expect(text).toContain(/pnpm@[\d.]+/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[0])
    const cli = readFileSync(join(root, 'apps/api/src/cli.ts'), 'utf8')
    for (const option of command.filter((part) => part.startsWith('--'))) expect(cli).toContain(`'${option} `)
  })
})
