// Tells the tests of this lane which driver they run over; they read it from ORIEL_LANE.
process.env.ORIEL_LANE = 'pg'
