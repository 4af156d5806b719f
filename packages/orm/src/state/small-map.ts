// A map of very few keys, such as the relationships of one object: a list is smaller and faster than a hash table there.

export class SmallMap<K, V> implements Iterable<[K, V]> {
  readonly #keys: K[]
  readonly #values: V[]

  constructor(other?: SmallMap<K, V> | null) {
    this.#keys = other ? other.#keys.slice() : []
    this.#values = other ? other.#values.slice() : []
  }

  get size(): number {
    return this.#keys.length
  }

  has(key: K): boolean {
    return this.#keys.includes(key)
  }

  get(key: K): V | undefined {
    const at = this.#keys.indexOf(key)
    return at < 0 ? undefined : this.#values[at]
  }

  set(key: K, value: V): this {
    const at = this.#keys.indexOf(key)
    if (at >= 0) this.#values[at] = value
    else {
      this.#keys.push(key)
      this.#values.push(value)
    }
    return this
  }

  delete(key: K): boolean {
    const at = this.#keys.indexOf(key)
    if (at < 0) return false
    this.#keys.splice(at, 1)
    this.#values.splice(at, 1)
    return true
  }

  keys(): readonly K[] {
    return this.#keys
  }

  values(): readonly V[] {
    return this.#values
  }

  *[Symbol.iterator](): Generator<[K, V]> {
    // A copy, so that an entry may be deleted on the way.
    const values = this.#values.slice()
    for (const [i, key] of this.#keys.slice().entries()) {
      const value = values[i]
      if (value !== undefined) yield [key, value]
    }
  }
}
