// A flight of flights-3m.parquet. Its key is its place in the file, so that a second load finds each row that is there already.
import { Column, Entity, PrimaryKey, types as t } from 'oriel'
import { registry } from '../registry.ts'

@Entity({ registry, table: 'archived_flights' })
export class ArchivedFlight {
  /** Where the flight stands in the file, from 1. */
  @PrimaryKey(t.integer()) sourceRow!: number
  /** The airport's own clock. */
  @Column(t.timestamp()) flownAt!: string
  /** In minutes; negative is early. */
  @Column(t.integer()) delay!: number
  /** In miles. */
  @Column(t.integer()) distance!: number
  @Column(t.text()) originIata!: string
  @Column(t.text()) destinationIata!: string
}
