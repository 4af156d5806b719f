// Authors and books, for the page of errors.
import { pglite } from '@oriel/pglite'
import {
  Column,
  createAll,
  createEngine,
  Entity,
  type Generated,
  insert,
  ManyToOne,
  type One,
  PrimaryKey,
  types as t,
} from 'oriel'

@Entity({ table: 'authors' })
export class Author {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text(), { unique: true }) email!: string
}

@Entity({ table: 'books' })
export class Book {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) authorId!: number
  @Column(t.text()) title!: string
  @ManyToOne(() => Author, 'authorId') author!: One<Author>
}

export const engine = createEngine(pglite())

await createAll(engine)
await engine.execute(insert(Author).values({ email: 'ann@example.org' }))
