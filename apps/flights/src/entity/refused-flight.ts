// A row of flights-20k.json that the unique key of Flight refused, because an earlier row has the same one.
import { Column, Entity, PrimaryKey, types as t } from 'oriel'
import { registry } from '../registry.ts'

@Entity({ registry, table: 'refused_flights' })
export class RefusedFlight {
  @PrimaryKey(t.integer()) sourceRow!: number
  @Column(t.timestamp()) flownAt!: string
  @Column(t.integer()) delay!: number
  @Column(t.integer()) distance!: number
  @Column(t.text()) originIata!: string
  @Column(t.text()) destinationIata!: string
}
