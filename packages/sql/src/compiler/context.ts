// (being written)
export interface CompileContext {
  readonly text: string
}
