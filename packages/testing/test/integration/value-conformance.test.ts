import { laneName, openLane, valueConformance } from '@oriel/testing'

valueConformance({ name: laneName(), open: () => openLane() })
