// What the user can do something about, as opposed to a bug: main.ts prints the message and no stack.

/** An error of the example in words, with what to do about it on a second line. */
export class Failure extends Error {
  constructor(message: string, hint: string) {
    super(`${message}\n  ${hint}`)
    this.name = 'Failure'
  }
}
