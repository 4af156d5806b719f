// A flight of flights-20k.json. The database makes its key; a second unique key says what a flight is: when, from where, to where.
import { Column, Entity, type Generated, Index, ManyToOne, type One, PrimaryKey, types as t, Unique } from 'oriel'
import { registry } from '../registry.ts'
import { Airport } from './airport.ts'

@Entity({ registry, table: 'flights' })
@Unique<Flight>((f) => [f.flownAt, f.originIata, f.destinationIata])
@Index<Flight>((f) => [f.originIata, f.flownAt, f.id])
export class Flight {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  /** Where the flight stands in the file, from 1. */
  @Column(t.integer()) sourceRow!: number
  /** The airport's own clock. The file names no zone, so this is no instant, and no Date. */
  @Column(t.timestamp()) flownAt!: string
  /** In minutes; negative is early. */
  @Column(t.integer()) delay!: number
  /** In miles. */
  @Column(t.integer()) distance!: number
  @Column(t.text()) originIata!: string
  @Column(t.text(), { index: true }) destinationIata!: string
  @ManyToOne(() => Airport, 'originIata') origin!: One<Airport, 'originIata'>
  @ManyToOne(() => Airport, 'destinationIata') destination!: One<Airport, 'destinationIata'>
}
