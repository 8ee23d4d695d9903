-- What PostGraphile is shown: views with their keys said in smart comments, and the catalogue as a
-- function: the statement that all servers share, its limit inside so that it is planned well once for all.
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE VIEW bench.topic AS SELECT code, name, for_elders FROM item_topic;
COMMENT ON VIEW bench.topic IS '@primaryKey code';
CREATE VIEW bench.item AS
    SELECT code, name, summary, kind, agency, instant, declared_trips, sample, life_events[1] AS topic_code, regions, target
    FROM item WHERE current_id IS NOT NULL;
COMMENT ON VIEW bench.item IS E'@primaryKey code\n@foreignKey (topic_code) references bench.topic (code)|@fieldName topic';
CREATE VIEW bench.matter AS SELECT id, party_id, number, state, title, opened_at, outcome, code FROM case_file;
COMMENT ON VIEW bench.matter IS E'@primaryKey id\n@foreignKey (code) references bench.item (code)|@fieldName item';
CREATE VIEW bench.inbox AS SELECT id, party_id, title, told_at FROM notice;
COMMENT ON VIEW bench.inbox IS '@primaryKey id';
CREATE VIEW bench.viewer AS SELECT id, name, level FROM bench_person;
COMMENT ON VIEW bench.viewer IS '@primaryKey id';
CREATE FUNCTION bench.catalog(places text[], targets text[], elder boolean) RETURNS SETOF bench.item LANGUAGE sql STABLE AS $$
    SELECT i.* FROM bench.item AS i WHERE i.code IN (
        SELECT o.code FROM item AS o
        WHERE o.current_id IS NOT NULL AND o.regions && places::varchar[] AND o.target = ANY(targets::varchar[])
        AND (NOT elder OR o.life_events[1] = ANY(ARRAY(SELECT code FROM item_topic WHERE for_elders)))
        ORDER BY o.code LIMIT 20
    ) ORDER BY i.code
$$;
GRANT USAGE ON SCHEMA bench TO peer;
GRANT EXECUTE ON FUNCTION bench.catalog TO peer;
GRANT SELECT ON ALL TABLES IN SCHEMA bench TO peer;
