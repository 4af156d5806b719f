// How a session is told to write values: as the dialect's codecs read them.

/** Values are read as the text that these settings give; a role or a database may have others. */
export const sessionStyle = `select set_config('DateStyle', 'ISO', false), set_config('IntervalStyle', 'postgres', false),
  set_config('bytea_output', 'hex', false), set_config('extra_float_digits', '1', false)`
