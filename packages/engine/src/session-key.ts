// The doors of an engine and its connections that are the mapper's, not the user's: methods under keys that only `./internal` exports.

/** `engine[lend]`: borrows a connection that is no leak out of the session's own transaction. */
export const lend: unique symbol = Symbol('lend')
/** `engine[within]`: runs the callback of a session's transaction, so that what leaves it is noticed. */
export const within: unique symbol = Symbol('within')
/** `engine[warn]`: tells a warning that no statement is the cause of. */
export const warn: unique symbol = Symbol('warn')
/** `connection[giveBack]`: closes without a promise, where it can. */
export const giveBack: unique symbol = Symbol('giveBack')
/** `connection[executeWith]`: executes with entities made by the mapper. */
export const executeWith: unique symbol = Symbol('executeWith')
/** `connection[prepareRows]`: prepares now and sends later, for rows as they come. */
export const prepareRows: unique symbol = Symbol('prepareRows')
/** `connection[openCursor]`: a cursor over a SELECT. */
export const openCursor: unique symbol = Symbol('openCursor')
/** `connection[hasCursor]`: does the driver have a cursor that needs no transaction? */
export const hasCursor: unique symbol = Symbol('hasCursor')
/** `connection[run]`: sends what has been prepared already. */
export const run: unique symbol = Symbol('run')
