// A map of very few keys, such as the relationships of one object. A list of entries takes less room there than a hash table, and a
// session has one such map, or more, for each of its objects.

interface Entry<K, V> {
  readonly key: K
  value: V
  next: Entry<K, V> | null
}

export class SmallMap<K, V> implements Iterable<[K, V]> {
  #first: Entry<K, V> | null = null

  constructor(other?: SmallMap<K, V> | null) {
    let last: Entry<K, V> | null = null
    for (let entry = other ? other.#first : null; entry; entry = entry.next) {
      const copy: Entry<K, V> = { key: entry.key, value: entry.value, next: null }
      if (last) last.next = copy
      else this.#first = copy
      last = copy
    }
  }

  get(key: K): V | undefined {
    for (let entry = this.#first; entry; entry = entry.next) if (entry.key === key) return entry.value
    return undefined
  }

  has(key: K): boolean {
    for (let entry = this.#first; entry; entry = entry.next) if (entry.key === key) return true
    return false
  }

  set(key: K, value: V): this {
    let last: Entry<K, V> | null = null
    for (let entry = this.#first; entry; entry = entry.next) {
      if (entry.key === key) {
        entry.value = value
        return this
      }
      last = entry
    }
    const added: Entry<K, V> = { key, value, next: null }
    if (last) last.next = added
    else this.#first = added
    return this
  }

  delete(key: K): boolean {
    let last: Entry<K, V> | null = null
    for (let entry = this.#first; entry; entry = entry.next) {
      if (entry.key === key) {
        if (last) last.next = entry.next
        else this.#first = entry.next
        return true
      }
      last = entry
    }
    return false
  }

  /** For the hot paths: an iterator makes three objects for each entry. */
  forEach(visit: (value: V, key: K) => void): void {
    for (let entry = this.#first; entry; entry = entry.next) visit(entry.value, entry.key)
  }

  /** The entry that is shown may be deleted meanwhile. */
  *[Symbol.iterator](): Generator<[K, V]> {
    for (let entry = this.#first; entry; entry = entry.next) yield [entry.key, entry.value]
  }
}
