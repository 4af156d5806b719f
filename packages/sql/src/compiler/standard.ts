// The handlers of standard SQL, all in one table. A dialect is this table spread, with its own handlers behind it.
import { dataChangeHandlers } from './data-change.ts'
import { definitionHandlers } from './definition.ts'
import { expressionHandlers } from './expression.ts'
import type { Handlers } from './handlers.ts'
import { selectHandlers } from './select.ts'
import { sourceHandlers } from './source.ts'
import { windowHandlers } from './window.ts'

export const standardHandlers: Handlers = Object.freeze({
  ...expressionHandlers,
  ...windowHandlers,
  ...sourceHandlers,
  ...selectHandlers,
  ...dataChangeHandlers,
  ...definitionHandlers,
})
