CREATE TABLE measurement (id int PRIMARY KEY, ratio float8, raw bytea, label text, missing int);
INSERT INTO measurement VALUES (258, -0.5, '\x00ff', 'x', NULL);
