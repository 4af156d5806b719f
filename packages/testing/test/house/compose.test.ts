// docker/compose.yaml offers each PostgreSQL version on a port of its own. Docker reads it where there is docker.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { root } from './workspace.ts'

const file = join(root, 'docker/compose.yaml')

interface Service {
  readonly image: string
  readonly ports: readonly (string | { readonly published: string; readonly target: number })[]
  readonly environment: Readonly<Record<string, string>>
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

  it('offers PostgreSQL 15 to 18', () => {
    expect(Object.values(services).map(({ image }) => image)).toEqual([
      'postgres:15',
      'postgres:16',
      'postgres:17',
      'postgres:18',
    ])
  })

  it('gives each version a port of its own, and the same credentials', () => {
    const published = Object.values(services).flatMap(({ ports }) =>
      ports.map((port) => (typeof port === 'string' ? port : `${port.published}:${port.target}`)),
    )
    expect(published).toEqual(['5415:5432', '5416:5432', '5417:5432', '5418:5432'])
    expect(new Set(Object.values(services).map(({ environment }) => environment.POSTGRES_PASSWORD)).size).toBe(1)
  })
})
