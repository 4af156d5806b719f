// An airport of airports.csv. Its key is a natural one: the code that everybody uses.
import { Column, Entity, type Many, OneToMany, PrimaryKey, types as t } from 'oriel'
import { registry } from '../registry.ts'
import { Flight } from './flight.ts'

@Entity({ registry, table: 'airports' })
export class Airport {
  @PrimaryKey(t.text()) iata!: string
  @Column(t.text()) name!: string
  @Column(t.text().nullable()) city!: string | null
  @Column(t.text().nullable()) state!: string | null
  @Column(t.text()) country!: string
  @Column(t.double()) latitude!: number
  @Column(t.double()) longitude!: number
  // A flight is nothing without its two airports: a session that deletes one of them deletes the flight.
  @OneToMany(() => Flight, 'origin', { cascade: ['save-update', 'merge', 'delete'] }) departures!: Many<Flight>
  @OneToMany(() => Flight, 'destination', { cascade: ['save-update', 'merge', 'delete'] }) arrivals!: Many<Flight>
}
