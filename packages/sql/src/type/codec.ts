// How a value crosses the wire: always as the database's own text. One codec per type; drivers never decode.

export interface Codec {
  /** The value of a text that the server sent. Never called for NULL. Throws DataError rather than change a value. */
  decode(text: string): unknown
  /** The text to send. Never called for null. Throws ArgumentError naming `subject` when the value does not fit. */
  encode(value: unknown, subject: string): string
  /**
   * As `encode`, for what a column is to hold: refuses what the server would cut, round off or refuse there, and what a condition may
   * still compare with. Missing where the type holds whatever its texts say.
   */
  store?(value: unknown, subject: string): string
  /**
   * Does the value say just what the text says? A quick look, for what is asked of every column of every object again and again:
   * false means that only decoding can tell.
   */
  holds?(value: unknown, text: string): boolean
}

/** What a user gives to hold a column in a class of their own: `t.numeric().as(decimalCodec)`. */
export interface ValueCodec<T> {
  decode(text: string): T
  encode(value: T): string
}

/** Any schema that follows the Standard Schema convention (zod, valibot, arktype). */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly validate?: (value: unknown) => unknown
    readonly types?: { readonly output: T } | undefined
  }
}
