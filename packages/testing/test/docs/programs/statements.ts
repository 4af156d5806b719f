// A driver and three statements, for the README of the engine.
import { pglite } from '@oriel/pglite'
import { sql } from 'oriel'

export const driver = pglite()
export const statement = sql<{ n: number }>`select 1 as n`
export const first = sql`create table orders (id integer primary key)`
export const second = sql<{ id: number }>`insert into orders values (1) returning id`
