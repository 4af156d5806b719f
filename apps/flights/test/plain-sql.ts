// What each report must print, asked for in SQL written by hand: without windows, ordered sets and LATERAL wherever it can be said without.
import type { ReportOptions } from '../src/report/report.ts'

/** One query per report. Its columns are those of the printed table, in order, bars left out. */
export const plainSql: Readonly<Record<string, (options: ReportOptions) => string>> = {
  duplicates: ({ limit }) => `
    select f.flown_at, f.origin_iata, f.destination_iata, f.source_row, f.delay, r.source_row as refused_row, r.delay as refused_delay
    from oriel_flights.refused_flights r, oriel_flights.flights f
    where (f.flown_at, f.origin_iata, f.destination_iata) = (r.flown_at, r.origin_iata, r.destination_iata)
    order by r.source_row limit ${limit}`,

  'busiest-airports': ({ limit }) => `
    with n as (${departuresPerAirport}),
    ranked as (select x.*, 1 + (select count(*)::int from n y where y.state = x.state and y.departures > x.departures) as rank,
                 (select sum(y.departures) from n y where y.state = x.state) as total from n x)
    select state, rank, iata, city, departures from ranked where rank < 4
    order by total desc, state, rank, iata limit ${limit}`,

  'state-share': ({ limit }) => `
    with n as (${departuresPerAirport}),
    states as (select state, sum(departures)::int as total from n group by state)
    select n.iata, n.city, n.state, n.departures, states.total, (100.0 * n.departures / states.total)::float8 as share
    from n join states on states.state = n.state
    order by n.departures desc, n.iata limit ${limit}`,

  'busiest-routes': ({ limit }) => `
    select o.iata || coalesce(' ' || o.city, '') as origin, d.iata || coalesce(' ' || d.city, '') as destination, max(f.distance) as miles, count(*)::int as flights
    from oriel_flights.flights f
    join oriel_flights.airports o on o.iata = f.origin_iata
    join oriel_flights.airports d on d.iata = f.destination_iata
    group by o.iata, d.iata
    order by count(*) desc, o.iata, d.iata limit ${limit}`,

  'delay-history': ({ airport, limit }) => `
    select f.flown_at, f.destination_iata, f.delay,
      (select sum(g.delay)::int from oriel_flights.flights g
       where g.origin_iata = '${airport}' and (g.flown_at, g.id) <= (f.flown_at, f.id)) as total,
      (select avg(seven.delay)::float8 from (
         select g.delay from oriel_flights.flights g
         where g.origin_iata = '${airport}' and (g.flown_at, g.id) <= (f.flown_at, f.id)
         order by g.flown_at desc, g.id desc limit 7) seven) as average
    from oriel_flights.flights f where f.origin_iata = '${airport}'
    order by f.flown_at desc, f.id desc limit ${limit}`,

  'delay-change': ({ airport, limit }) => `
    select flown_at, destination_iata, before, delay, delay - before as change from (
      select f.*, (select g.delay from oriel_flights.flights g
        where g.origin_iata = '${airport}' and (g.flown_at, g.id) < (f.flown_at, f.id)
        order by g.flown_at desc, g.id desc limit 1) as before
      from oriel_flights.flights f where f.origin_iata = '${airport}') x
    order by delay - before desc nulls last, id limit ${limit}`,

  // The first n % 4 quarters have one row more than the others.
  'delay-quartiles': ({ airport }) => `
    with mine as (select id, delay from oriel_flights.flights where origin_iata = '${airport}'),
    placed as (select delay, (select count(*)::int from mine y where (y.delay, y.id) < (x.delay, x.id)) as place,
                 (select count(*)::int from mine) / 4 as size, (select count(*)::int from mine) % 4 as larger from mine x),
    quarters as (select delay, 1 + case when place < larger * (size + 1) then place / (size + 1)
                   else larger + (place - larger * (size + 1)) / size end as quarter from placed)
    select quarter, count(*)::int as flights, min(delay) as lowest, max(delay) as highest, avg(delay)::float8 as average
    from quarters group by quarter order by quarter`,

  'delay-percentiles': ({ limit }) => `
    with sorted as (select origin_iata, count(*)::int as n, array_agg(delay order by delay) as d
                    from oriel_flights.flights group by origin_iata having count(*) >= 100)
    select origin_iata, n, ${percentile(0.5)} as p50, ${percentile(0.9)} as p90, ${percentile(0.99)} as p99
    from sorted order by p90 desc, origin_iata limit ${limit}`,

  'reachable-airports': ({ airport }) => `
    with r as (select distinct origin_iata as o, destination_iata as d from oriel_flights.flights),
    ways as (
      select '${airport}' as iata, 0 as hops, array['${airport}'] as path
      union all select d, 1, array[o, d] from r where o = '${airport}'
      union all select b.d, 2, array[a.o, a.d, b.d] from r a join r b on b.o = a.d where a.o = '${airport}'
      union all select c.d, 3, array[a.o, a.d, b.d, c.d] from r a join r b on b.o = a.d join r c on c.o = b.d where a.o = '${airport}'),
    nearest as (select iata, min(hops) as hops from ways group by iata),
    chosen as (select nearest.iata, nearest.hops, array_to_string(min(ways.path), ' > ') as path
               from nearest join ways on ways.iata = nearest.iata and ways.hops = nearest.hops group by nearest.iata, nearest.hops)
    select hops, count(*)::int as airports, array_to_string((array_agg(path order by iata))[1:2], ', ') as examples
    from chosen group by hops order by hops`,

  'latest-flights': ({ limit }) => `
    select iata, city, flown_at, destination_iata, delay from (
      select distinct on (a.iata) a.iata, a.city, f.flown_at, f.destination_iata, f.delay
      from oriel_flights.airports a, oriel_flights.flights f where f.origin_iata = a.iata
      order by a.iata, f.flown_at desc, f.id desc) x
    order by flown_at desc, iata limit ${limit}`,

  graph: ({ airport, limit }) => `
    select d.iata, d.city, count(*)::int as departures, max(f.flown_at) as latest, avg(f.delay)::float8 as average
    from oriel_flights.flights f join oriel_flights.airports d on d.iata = f.destination_iata
    where f.origin_iata = '${airport}' group by d.iata
    order by count(*) desc, d.iata collate "C" limit ${limit}`,

  edit: ({ airport }) => `
    with latest as (select delay from oriel_flights.flights where origin_iata = '${airport}' order by flown_at desc, id desc limit 1)
    select step, delay + in_object as in_object, delay + in_row as in_row, 'persistent' as state,
      case when in_object <> in_row then delay + in_row || ' → ' || delay + in_object end as change
    from latest, (values (1, 'loaded', 0, 0), (2, 'assigned', 60, 0), (3, 'flushed', 60, 60), (4, 'rolled back', 0, 0))
      as steps(place, step, in_object, in_row) order by place`,

  cascade: ({ airport }) => `
    with n as (select
      (select count(*)::int from oriel_flights.airports) as airports,
      (select count(*)::int from oriel_flights.flights) as flights,
      (select count(*)::int from oriel_flights.flights where '${airport}' in (origin_iata, destination_iata)) as touching,
      (select count(*)::int from oriel_flights.flights where origin_iata = '${airport}') as departures)
    select 'before' as step, airports, flights, 'persistent' as state, departures as persistent, 0 as deleted from n
    union all select 'in the savepoint', airports - 1, flights - touching, 'deleted', 0, departures from n
    union all select 'taken back', airports, flights, 'persistent', departures, 0 from n`,
}

const departuresPerAirport = `
  select a.state, a.iata, a.city, (select count(*)::int from oriel_flights.flights f where f.origin_iata = a.iata) as departures
  from oriel_flights.airports a
  where a.state is not null and a.iata in (select origin_iata from oriel_flights.flights)`

/** Between the two values around the place, in proportion; in double precision, as equal percentiles decide the order. */
function percentile(fraction: number): string {
  const place = `(${fraction}::float8 * (n - 1))`
  const below = `d[1 + floor(${place})::int]`
  return `(${below} + (${place} - floor(${place})) * (d[1 + ceil(${place})::int] - ${below}))`
}
