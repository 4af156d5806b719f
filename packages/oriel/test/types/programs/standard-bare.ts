// Standard decorators carry no types, so a bare @Column says what to write.
import { Column } from 'oriel'

export class Bare {
  // error: standard decorators carry no types: write the column type, as in @Column(t.text())
  @Column() email!: string
}
