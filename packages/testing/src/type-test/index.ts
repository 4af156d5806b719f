// The public face of `@oriel/testing/type-test`: programs that must, and must not, compile.
export {
  type Compilation,
  type CompilationResult,
  compile,
  type Diagnostic,
  type Finished,
  readDiagnostics,
  run,
} from './compiler.ts'
export { type Expectation, expectations, typeTest } from './type-test.ts'
