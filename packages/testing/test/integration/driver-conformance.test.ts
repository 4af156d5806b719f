import { driverConformance, laneName, openLane } from '@oriel/testing'

driverConformance({ name: laneName(), open: () => openLane() })
