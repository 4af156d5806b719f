// Legacy decorators only: a bare @Column takes its type from reflect-metadata.
import 'reflect-metadata'
import { Column } from 'oriel'

export class Bare {
  @Column() email!: string
  @Column() on!: boolean
  @Column() at!: Date
  @Column() big!: bigint
  @Column({ unique: true }) bytes!: Buffer
}

export class Wrong {
  // error: a number may be t.integer() or t.double(): say which
  @Column() n!: number
  // error: unions, null, interfaces and aliases leave no type behind
  @Column() u!: string | null
}
