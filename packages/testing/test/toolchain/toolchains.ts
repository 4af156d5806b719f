// The ways in which users compile their entities. Each turns the TypeScript files of a folder into ES modules in `out`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '@oriel/testing/type-test'
import { transform as swcTransform } from '@swc/core'
import { transform as esbuildTransform } from 'esbuild'
import { root } from './scratch.ts'

/** What differs between two compilations of one program. */
export interface Settings {
  readonly decorators: 'legacy' | 'standard'
  /** Do declared fields become own properties, as the language standard says? */
  readonly useDefineForClassFields: boolean
}

/** A way to compile; `hasMetadata` when it tells decorators the types of properties. */
export interface Toolchain {
  readonly name: string
  readonly decorators: Settings['decorators']
  readonly hasMetadata: boolean
  /** Compiles `files` of `directory` into `directory/out`; rejects with what the compiler said. */
  compile(directory: string, files: readonly string[], settings: Settings): Promise<void>
}

type CompileOne = (source: string, path: string, settings: Settings) => Promise<string>

/** For compilers that look at one file at a time. */
function eachFile(compileOne: CompileOne): Toolchain['compile'] {
  return async (directory, files, settings) => {
    mkdirSync(join(directory, 'out'), { recursive: true })
    writeFileSync(join(directory, 'out/package.json'), '{ "type": "module" }\n')
    for (const file of files) {
      const code = await compileOne(readFileSync(join(directory, file), 'utf8'), join(directory, file), settings)
      writeFileSync(join(directory, 'out', file.replace(/\.ts$/, '.js')), code)
    }
  }
}

function tsc(folder: string): Toolchain['compile'] {
  return async (directory, files, { decorators, useDefineForClassFields }) => {
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n')
    const isLegacy = decorators === 'legacy'
    const options = {
      noEmit: false,
      allowImportingTsExtensions: false,
      outDir: 'out',
      rootDir: '.',
      useDefineForClassFields,
      experimentalDecorators: isLegacy,
      emitDecoratorMetadata: isLegacy,
    }
    const result = await compile({
      tsc: join(root, 'node_modules', folder, 'bin/tsc'),
      directory,
      files: files.map((file) => join(directory, file)),
      options,
    })
    if (result.exitCode !== 0) throw new Error(result.output)
  }
}

const swc = eachFile(async (source, filename, { decorators, useDefineForClassFields }) => {
  const isLegacy = decorators === 'legacy'
  const kind = isLegacy ? { legacyDecorator: true, decoratorMetadata: true } : { decoratorVersion: '2022-03' as const }
  const { code } = await swcTransform(source, {
    filename,
    swcrc: false,
    configFile: false,
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { useDefineForClassFields, ...kind },
    },
  })
  return code
})

const esbuild = eachFile(async (source, sourcefile, { decorators, useDefineForClassFields }) => {
  const compilerOptions = { experimentalDecorators: decorators === 'legacy', useDefineForClassFields }
  const { code } = await esbuildTransform(source, {
    sourcefile,
    loader: 'ts',
    format: 'esm',
    target: 'es2022',
    tsconfigRaw: { compilerOptions },
  })
  return code
})

export const toolchains: readonly Toolchain[] = [
  { name: 'TypeScript 7, legacy decorators', decorators: 'legacy', hasMetadata: true, compile: tsc('typescript') },
  {
    name: 'TypeScript 5.9, legacy decorators',
    decorators: 'legacy',
    hasMetadata: true,
    compile: tsc('typescript-5.9'),
  },
  { name: 'SWC, legacy decorators', decorators: 'legacy', hasMetadata: true, compile: swc },
  { name: 'SWC, standard decorators', decorators: 'standard', hasMetadata: false, compile: swc },
  { name: 'TypeScript 7, standard decorators', decorators: 'standard', hasMetadata: false, compile: tsc('typescript') },
  {
    name: 'TypeScript 5.9, standard decorators',
    decorators: 'standard',
    hasMetadata: false,
    compile: tsc('typescript-5.9'),
  },
  { name: 'esbuild, legacy decorators', decorators: 'legacy', hasMetadata: false, compile: esbuild },
  { name: 'esbuild, standard decorators', decorators: 'standard', hasMetadata: false, compile: esbuild },
]

/** The file names of the user's program. */
export const programs = join(import.meta.dirname, 'programs')
export const programFiles = readdirSync(programs).filter((name) => name.endsWith('.ts'))
