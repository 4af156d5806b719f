// What `execute` gives: the promise of a Result, with the Result's consumers on it as shorthands.
// Each shorthand is an async function that awaits this one, so an error's stack leads through it to the caller's line.
import type { Picked, Result, ScalarOf } from './result.ts'

/** The promise of a Result. The statement has been sent already, once, whatever is called here. */
export class Execution<R> extends Promise<Result<R>> {
  /** The execution that a running piece of work stands for. */
  static of<R>(running: Promise<Result<R>>): Execution<R> {
    // Linked by `then` at once: resolving with the promise would link a tick later, and an early error would lose its callers.
    return new Execution((resolve, reject) => running.then(resolve, reject))
  }

  /** Every row. */
  async all(): Promise<R[]> {
    return (await this).all()
  }

  /** The first row, or null. */
  async first(): Promise<R | null> {
    return (await this).first()
  }

  /** The only row. Rejects with NoResultFoundError or MultipleResultsFoundError. */
  async one(): Promise<R> {
    return (await this).one()
  }

  /** The only row, or null. Rejects with MultipleResultsFoundError. */
  async oneOrNone(): Promise<R | null> {
    return (await this).oneOrNone()
  }

  /** The value of each row. Rejects with ArgumentError where a row has more than one. */
  scalars(): Execution<ScalarOf<R>> {
    return Execution.of(scalarsOf(this))
  }

  /** The rows without repetitions. */
  unique(): Execution<R> {
    return Execution.of(uniqueOf(this))
  }

  /** The rows with these columns only. Rejects with ArgumentError for a column that is not there. */
  columns<const K extends readonly (keyof R)[]>(...columns: K): Execution<Picked<R, K>> {
    return Execution.of(columnsOf(this, columns))
  }
}

// `await` takes a promise whose constructor is Promise as it is, and links the callers to it at once; and what `then` makes is a
// plain promise, which no longer stands for a Result.
Object.defineProperty(Execution.prototype, 'constructor', { value: Promise, writable: true, configurable: true })

async function scalarsOf<R>(execution: Execution<R>): Promise<Result<ScalarOf<R>>> {
  return (await execution).scalars()
}

async function uniqueOf<R>(execution: Execution<R>): Promise<Result<R>> {
  return (await execution).unique()
}

async function columnsOf<R, const K extends readonly (keyof R)[]>(
  execution: Execution<R>,
  columns: K,
): Promise<Result<Picked<R, K>>> {
  return (await execution).columns(...columns)
}
