CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, height REAL, data BLOB);
INSERT INTO person(name, height, data) VALUES ('Ada', 1.65, x'0102ff'), ('Grace', 1.7, NULL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
  INSERT INTO person(name, height) SELECT printf('person %05d', i), i / 7.0 FROM n;
CREATE INDEX by_name ON person(name);
BEGIN; DELETE FROM person WHERE id % 3 = 0; ROLLBACK;
BEGIN; UPDATE person SET height = height * 2 WHERE id > 4990; COMMIT;
SELECT count(*), sum(height), avg(height), max(name), group_concat(DISTINCT typeof(data)) FROM person;
SELECT id, name, round(height, 3), quote(data) FROM person WHERE name LIKE '%0 0499%' OR id < 3;
SELECT name, row_number() OVER (ORDER BY height DESC) FROM person ORDER BY height DESC LIMIT 3;
SELECT json_extract('{"a":[1,2,{"b":"deep"}]}', '$.a[2].b'), upper('text'), hex(zeroblob(4));
SELECT 1e300 * 1e10, 1.0 / 3, 9223372036854775807 + 1, abs(-5), sqrt(2), pow(2, 0.5);
PRAGMA integrity_check;
SELECT * FROM absent;
VACUUM;
PRAGMA page_count;
