// A map of very few keys, such as the relationships of one object. A list of entries takes less room there than a hash table, and a
// session has one such map, or more, for each of its objects. The map is its own first entry: most have no other.

interface Entry<K, V> {
  readonly key: K
  value: V
  next: Entry<K, V> | null
}

/** Keys are never undefined. */
export class SmallMap<K, V> implements Iterable<[K, V]> {
  /** Undefined where the map is empty. */
  #key: K | undefined
  #value!: V
  #more: Entry<K, V> | null = null

  constructor(other?: SmallMap<K, V> | null) {
    if (!other || other.#key === undefined) return
    this.#key = other.#key
    this.#value = other.#value
    let last: Entry<K, V> | null = null
    for (let entry = other.#more; entry; entry = entry.next) {
      const copy: Entry<K, V> = { key: entry.key, value: entry.value, next: null }
      if (last) last.next = copy
      else this.#more = copy
      last = copy
    }
  }

  get(key: K): V | undefined {
    if (this.#key === key) return this.#value
    for (let entry = this.#more; entry; entry = entry.next) if (entry.key === key) return entry.value
    return undefined
  }

  has(key: K): boolean {
    if (this.#key === key) return true
    for (let entry = this.#more; entry; entry = entry.next) if (entry.key === key) return true
    return false
  }

  set(key: K, value: V): this {
    if (this.#key === undefined || this.#key === key) {
      this.#key = key
      this.#value = value
      return this
    }
    let last: Entry<K, V> | null = null
    for (let entry = this.#more; entry; entry = entry.next) {
      if (entry.key === key) {
        entry.value = value
        return this
      }
      last = entry
    }
    const added: Entry<K, V> = { key, value, next: null }
    if (last) last.next = added
    else this.#more = added
    return this
  }

  delete(key: K): boolean {
    if (this.#key === key) {
      const next = this.#more
      this.#key = next?.key
      if (next) this.#value = next.value
      this.#more = next ? next.next : null
      return true
    }
    let last: Entry<K, V> | null = null
    for (let entry = this.#more; entry; entry = entry.next) {
      if (entry.key === key) {
        if (last) last.next = entry.next
        else this.#more = entry.next
        return true
      }
      last = entry
    }
    return false
  }

  /** For the hot paths: an iterator makes three objects for each entry. */
  forEach(visit: (value: V, key: K) => void): void {
    if (this.#key === undefined) return
    let entry = this.#more
    visit(this.#value, this.#key)
    for (; entry; entry = entry.next) visit(entry.value, entry.key)
  }

  /** The entry that is shown may be deleted meanwhile. */
  *[Symbol.iterator](): Generator<[K, V]> {
    if (this.#key === undefined) return
    let entry = this.#more
    yield [this.#key, this.#value]
    for (; entry; entry = entry.next) yield [entry.key, entry.value]
  }
}
