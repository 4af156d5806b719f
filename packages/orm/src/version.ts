// The version of this package, for the error about two copies of it. A unit test holds it equal to package.json.

/** The version of @oriel/orm. */
export const version = '0.1.0'
