// Relationships of mapped classes as SQL: many-to-many over a table and over an entity, composite keys, one-to-one, self-reference.
import { describe, expect, it } from '@jest/globals'
import { aliased, deleteFrom, entity, func, insert, not, postgres, select, update } from 'oriel'
import { createStatements } from '../../../orm/src/schema/create-all.ts'
import {
  Category,
  Country,
  Customer,
  Offer,
  Order,
  OrderLine,
  Parcel,
  Player,
  Product,
  Profile,
  shop,
  Tag,
  Team,
} from '../../../orm/test/fixture/shop.ts'
import { goldens } from '../../../sql/test/golden.ts'

const id = '11111111-2222-4333-8444-555555555555'
shop.configure()
const golden = goldens([
  ...createStatements({ registry: shop }).map((statement) => statement.toSQL(postgres()).text),
  "insert into countries (code, name) values ('CH', 'x')",
  "insert into products (sku) values ('a')",
  `insert into customers (id, email) values ('${id}', 'x')`,
  `insert into orders (customer_id, amount) values ('${id}', 1)`,
])
const [product, tag, line, parcel, player, offer, country, customer, order, team] = [
  entity(Product),
  entity(Tag),
  entity(OrderLine),
  entity(Parcel),
  entity(Player),
  entity(Offer),
  entity(Country),
  entity(Customer),
  entity(Order),
  entity(Team),
]

describe('many-to-many', () => {
  golden(
    'joins by way of the association table',
    () => select(product.sku, tag.id).join(product.tags),
    'select products.sku, tags.id from products join product_tags on product_tags.product_sku = products.sku join tags on product_tags.tag_id = tags.id',
  )
  golden(
    'joins by way of an association entity',
    () => select(product.sku, country.name).leftJoin(product.countries),
    'select products.sku, countries.name from products left join offers on offers.sku = products.sku left join countries on offers.country_code = countries.code',
  )
  golden(
    'any',
    () => select(product.sku).where(product.tags.any((x) => x.id.gt(1))),
    'select sku from products where exists (select 1 from tags join product_tags on product_tags.tag_id = tags.id where product_tags.product_sku = products.sku and tags.id > $1)',
    [1],
  )
  golden(
    'none at all',
    () => select(tag.id).where(not(tag.products.any())),
    'select id from tags where not exists (select 1 from products join product_tags on product_tags.product_sku = products.sku where product_tags.tag_id = tags.id)',
  )
  golden(
    'contains',
    () => select(product.sku).where(product.tags.contains(Object.assign(new Tag(), { id: 7 }))),
    'select sku from products where exists (select 1 from tags join product_tags on product_tags.tag_id = tags.id where product_tags.product_sku = products.sku and tags.id = $1)',
    [7],
  )
  golden(
    'from a class to itself',
    () => select(player.id).where(player.rivals.any((x) => x.teamId.eq(3))),
    'select id from players where exists (select 1 from players as players_rivals join rivals on rivals.rivals_id = players_rivals.id where rivals.player_id = players.id and players_rivals.team_id = $1)',
    [3],
  )
})

describe('composite keys', () => {
  golden(
    'join by both columns',
    () => select(parcel.id, line.productSku).join(parcel.line),
    'select parcel.id, order_lines.product_sku from parcel join order_lines on parcel.order_id = order_lines.order_id and parcel.line_number = order_lines.line',
  )
  golden(
    'join by the only foreign key',
    () => select(parcel.id).join(OrderLine),
    'select parcel.id from parcel join order_lines on parcel.order_id = order_lines.order_id and parcel.line_number = order_lines.line',
  )
  golden(
    'is',
    () => select(parcel.id).where(not(parcel.line.is(Object.assign(new OrderLine(), { orderId: 1, line: 2 })))),
    'select id from parcel where not (order_id = $1 and line_number = $2)',
    [1, 2],
  )
  golden(
    'isNull',
    () => select(parcel.id).where(parcel.line.isNull(), parcel.orderId.gt(1)),
    'select id from parcel where (order_id is null or line_number is null) and order_id > $1',
    [1],
  )
  golden(
    'isNull where the other side holds the key',
    () => select(customer.id).where(customer.profile.isNull()),
    'select id from customers where not exists (select 1 from profiles where customers.id = profiles.customer_id)',
  )
  golden(
    'has and any',
    () =>
      select(line.line).where(
        line.parcels.any(),
        line.order.has((x) => x.status.eq('new')),
      ),
    'select line from order_lines where exists (select 1 from parcel where order_lines.order_id = parcel.order_id and order_lines.line = parcel.line_number) and exists (select 1 from orders where order_lines.order_id = orders.id and orders.status = $1)',
    ['new'],
  )
  golden(
    'an upsert by the whole key',
    () =>
      insert(OrderLine)
        .values({ orderId: 1, line: 1, productSku: 'a' })
        .onConflictDoNothing([line.orderId, line.line])
        .allow(),
    'insert into order_lines (order_id, line, product_sku) values ($1, $2, $3) on conflict (order_id, line) do nothing',
    [1, 1, 'a'],
  )
})

describe('one-to-one, chains, two tables in a circle', () => {
  golden(
    'from either side',
    () =>
      select(Profile)
        .join(entity(Profile).customer)
        .where(customer.profile.has((x) => x.customerId.eq(id))),
    'select profiles.customer_id from profiles join customers on profiles.customer_id = customers.id where exists (select 1 from profiles as profiles_profile where customers.id = profiles_profile.customer_id and profiles_profile.customer_id = $1)',
    [id],
  )
  golden(
    'through two relationships',
    () =>
      select(customer.email).where(
        customer.orders.any((x) => x.lines.any((y) => y.product.has((z) => z.sku.startsWith('a')))),
      ),
    'select email from customers where exists (select 1 from orders where customers.id = orders.customer_id and exists (select 1 from order_lines where orders.id = order_lines.order_id and exists (select 1 from products where order_lines.product_sku = products.sku and products.sku like $1)))',
    ['a%'],
  )
  golden(
    'named apart where both directions are joined',
    () => {
      const leader = aliased(Player, 'leader')
      return select({ team: team.id, leader: leader.id, n: func.count(player.id) })
        .join(leader, leader.id.eq(team.leaderId))
        .join(team.players)
        .groupBy(team.id, leader.id)
    },
    'select teams.id as team, leader.id as leader, count(players.id) as n from teams join players as leader on leader.id = teams.leader_id join players on teams.id = players.team_id group by teams.id, leader.id',
  )
  golden(
    'in UPDATE and DELETE',
    () =>
      update(Order)
        .set({ status: 'paid' })
        .where((x) => x.customer.has((y) => y.country.has((z) => z.code.eq('CH')))),
    'update orders set status = $1 where exists (select 1 from customers where orders.customer_id = customers.id and exists (select 1 from countries where customers.country_code = countries.code and countries.code = $2))',
    ['paid', 'CH'],
  )
  golden(
    'DELETE by what a relationship holds',
    () => deleteFrom(Product).where((x) => not(x.offers.any())),
    'delete from products where not exists (select 1 from offers where products.sku = offers.sku)',
  )
  golden(
    'a deferred column is read only where it is named',
    () => select(entity(Profile).biography),
    'select biography from profiles',
  )
  golden(
    'an upsert by a unique constraint of two columns',
    () =>
      insert(Offer)
        .values({ sku: 'a', countryCode: 'CH' })
        .onConflictDoUpdate({ target: [offer.sku, offer.countryCode], set: ({ excluded }) => ({ sku: excluded.sku }) }),
    'insert into offers (sku, country_code) values ($1, $2) on conflict (sku, country_code) do update set sku = excluded.sku',
    ['a', 'CH'],
  )
  golden(
    'an enum and an array',
    () =>
      select(order.id)
        .join(Tag, tag.names.contains(['x']))
        .where(order.status.in(['new', 'paid'])),
    'select orders.id from orders join tags on tags.names @> $1 where orders.status = any ($2)',
    [['x'], ['new', 'paid']],
  )
})

describe('what relationships refuse', () => {
  it('an object without its key', () => {
    expect(() => product.tags.contains(new Tag())).toThrow(/Product\.tags: the object has no Tag\.id yet/)
  })
  it('a join by either of two foreign keys', () => {
    expect(() => select(player.id).join(Team).toSQL()).toThrow(
      /any of these foreign keys: .*Player\.teamId.*Team\.leaderId|any of these foreign keys: .*Team\.leaderId.*Player\.teamId/,
    )
    expect(() => select(Category).join(aliased(Category, 'parent')).toSQL()).toThrow(/any of these foreign keys/)
  })
  it('names that the class does not have', () => {
    expect(() => Reflect.get(product, 'tag')).toThrow(/Did you mean 'tags'/)
    expect(() => customer.orders.any((x) => Reflect.get(x, 'lnes'))).toThrow(/Did you mean 'lines'/)
    expect(() => Reflect.get(entity(Country), 'naem')).toThrow(
      /Country has no property 'naem'\.\n\s+Did you mean 'name'/,
    )
  })
})
