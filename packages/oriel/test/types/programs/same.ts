// Pins a type exactly: `is<Wanted>()(value)` does not compile when the value's type is another one.
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export declare function is<Wanted>(): <Got>(
  value: Got,
  ...same: Same<Got, Wanted> extends true ? [] : ['is not', Wanted]
) => void
