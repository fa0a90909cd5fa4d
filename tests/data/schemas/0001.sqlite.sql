BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE changes (
	id INTEGER NOT NULL, 
	execution_id TEXT NOT NULL, 
	"before" TEXT, 
	status TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	started_at BIGINT, 
	deadline BIGINT, 
	ended_at BIGINT, 
	exit_code INTEGER, 
	announced BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(execution_id) REFERENCES executions (id) ON DELETE CASCADE
);
INSERT INTO "changes" VALUES(1,'04d23762-ecaa-52cb-b5a8-403da17c2d3c',NULL,'MISSED',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,1795435200000000,NULL,1);
INSERT INTO "changes" VALUES(2,'a87bbd40-19bc-55dd-aa40-70a49e4b7a38',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(3,'a87bbd40-19bc-55dd-aa40-70a49e4b7a38','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(4,'f1aca114-3a3a-5392-8126-7ac79904d65a',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(5,'f1aca114-3a3a-5392-8126-7ac79904d65a','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(6,'f1aca114-3a3a-5392-8126-7ac79904d65a','STARTING','RUNNING',1795435260000000,'why',1795435200000000,1795435260000000,NULL,3,1);
INSERT INTO "changes" VALUES(7,'8a2e00fc-022f-5130-a6cb-740531b759cf',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(8,'8a2e00fc-022f-5130-a6cb-740531b759cf','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(9,'8a2e00fc-022f-5130-a6cb-740531b759cf','STARTING','SUCCESS',1795435260000000,'being started',NULL,NULL,1795435260000000,0,1);
INSERT INTO "changes" VALUES(10,'7109ff6e-93bf-5f47-98f4-58ca357ccefe',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(11,'7109ff6e-93bf-5f47-98f4-58ca357ccefe','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(12,'7109ff6e-93bf-5f47-98f4-58ca357ccefe','STARTING','FAILED',1795435260000000,'why',1795435200000000,1795435260000000,1795435260000000,3,1);
INSERT INTO "changes" VALUES(13,'738d4a21-b9e4-5907-aa07-ff8fce9825c1',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(14,'738d4a21-b9e4-5907-aa07-ff8fce9825c1','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(15,'738d4a21-b9e4-5907-aa07-ff8fce9825c1','STARTING','TIMEOUT',1795435260000000,'why',1795435200000000,1795435260000000,1795435260000000,3,1);
INSERT INTO "changes" VALUES(16,'be6cb161-63dd-508d-86b9-346e40afa33c',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(17,'be6cb161-63dd-508d-86b9-346e40afa33c','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(18,'be6cb161-63dd-508d-86b9-346e40afa33c','STARTING','STOPPED',1795435260000000,'why',1795435200000000,1795435260000000,1795435260000000,3,1);
INSERT INTO "changes" VALUES(19,'31a43579-6456-583c-b298-0017f43a201d',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(20,'31a43579-6456-583c-b298-0017f43a201d','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(21,'31a43579-6456-583c-b298-0017f43a201d','STARTING','ERROR',1795435260000000,'why',1795435200000000,1795435260000000,1795435260000000,3,1);
INSERT INTO "changes" VALUES(22,'e5939443-3a99-57e8-bb5e-6dc5937143fe',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(23,'e5939443-3a99-57e8-bb5e-6dc5937143fe','PENDING','STARTING',1795435200000000,'being started',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(24,'e5939443-3a99-57e8-bb5e-6dc5937143fe','STARTING','LOST',1795435260000000,'why',1795435200000000,1795435260000000,1795435260000000,3,1);
INSERT INTO "changes" VALUES(25,'d43b2261-b1e4-51ff-9fbf-09c3c4cb5abc',NULL,'SKIPPED',1795435200000000,'why',NULL,NULL,1795435200000000,NULL,1);
INSERT INTO "changes" VALUES(26,'0e0b2c15-32ed-56ef-ada3-b02df0a88909',NULL,'MISSED',1795435200000000,'why',NULL,NULL,1795435200000000,NULL,1);
INSERT INTO "changes" VALUES(27,'4fd4d1ee-4006-518f-87fd-aac1545a8e06',NULL,'PENDING',1795435200000000,'due, waits for its turn (the oldest slot starts first)',NULL,NULL,NULL,NULL,1);
INSERT INTO "changes" VALUES(28,'30be314b-74cb-50c1-9bc3-12555cbf0b66',NULL,'MISSED',1795438800000000,'untold',NULL,NULL,1795438800000000,NULL,0);
CREATE TABLE crons (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	next_due BIGINT, 
	version INTEGER NOT NULL, 
	revision BIGINT NOT NULL, 
	pause TEXT, 
	deleted BOOLEAN DEFAULT 0 NOT NULL, 
	stored INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "crons" VALUES('adb823bc-47d2-5264-9dd7-a9ae8bf28301','paused',1795348800000000,1795348800000000,1795435200000000,1,1,'{"since":"2026-11-23T12:00:00Z","until":"2026-11-23T13:00:00Z","reason":"ü"}',0,0);
INSERT INTO "crons" VALUES('51f1960d-3a00-5fa6-86d7-18e27c084117','gone',1795348800000000,1795348800000000,NULL,1,2,NULL,1,1);
INSERT INTO "crons" VALUES('8263cb55-bc37-59f4-8e6a-814072a2580f','starting',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('c32c56a2-01d4-50dc-8e7d-59f31eb2c40b','running',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('7731ab59-7d82-5a2e-a46e-628c4311c2fe','success',1795348800000000,1795348800000000,1795435200000000,2,2,NULL,0,1);
INSERT INTO "crons" VALUES('502c09c8-feb4-574b-85c3-2a18fabd2ed5','failed',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('caac77e5-8733-596e-8f6c-6e4a4b0ada27','timeout',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('4e7db7a2-e225-5495-8c22-bc1e4972f1b4','stopped',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('30470194-2a69-5e5f-9cb8-9441ad99e38b','error',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('2f71c3d8-316c-5fc6-b06d-dd4b1867bde6','lost',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('6717b808-aac9-54d8-b2b1-583e208dc8b8','skipped',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('8678f5f9-210a-567b-9ad4-7b1105f94459','missed',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,2);
INSERT INTO "crons" VALUES('22be509f-ab1c-53a9-a05f-34d2affd780e','pending',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,1);
INSERT INTO "crons" VALUES('e92f9250-ef63-50d6-9119-b2ddf3954b07','outside',1795348800000000,1795348800000000,1795435200000000,1,1,NULL,0,0);
CREATE TABLE definitions (
	cron_id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	definition TEXT NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (cron_id, version), 
	FOREIGN KEY(cron_id) REFERENCES crons (id) ON DELETE CASCADE
);
INSERT INTO "definitions" VALUES('adb823bc-47d2-5264-9dd7-a9ae8bf28301',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','schedule: ''*/10 * * * *''
');
INSERT INTO "definitions" VALUES('51f1960d-3a00-5fa6-86d7-18e27c084117',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','schedule: ''*/10 * * * *''
');
INSERT INTO "definitions" VALUES('8263cb55-bc37-59f4-8e6a-814072a2580f',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# STARTING
');
INSERT INTO "definitions" VALUES('c32c56a2-01d4-50dc-8e7d-59f31eb2c40b',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# RUNNING
');
INSERT INTO "definitions" VALUES('7731ab59-7d82-5a2e-a46e-628c4311c2fe',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# SUCCESS
');
INSERT INTO "definitions" VALUES('7731ab59-7d82-5a2e-a46e-628c4311c2fe',2,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','new');
INSERT INTO "definitions" VALUES('502c09c8-feb4-574b-85c3-2a18fabd2ed5',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# FAILED
');
INSERT INTO "definitions" VALUES('caac77e5-8733-596e-8f6c-6e4a4b0ada27',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# TIMEOUT
');
INSERT INTO "definitions" VALUES('4e7db7a2-e225-5495-8c22-bc1e4972f1b4',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# STOPPED
');
INSERT INTO "definitions" VALUES('30470194-2a69-5e5f-9cb8-9441ad99e38b',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# ERROR
');
INSERT INTO "definitions" VALUES('2f71c3d8-316c-5fc6-b06d-dd4b1867bde6',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# LOST
');
INSERT INTO "definitions" VALUES('6717b808-aac9-54d8-b2b1-583e208dc8b8',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# SKIPPED
');
INSERT INTO "definitions" VALUES('8678f5f9-210a-567b-9ad4-7b1105f94459',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# MISSED
');
INSERT INTO "definitions" VALUES('22be509f-ab1c-53a9-a05f-34d2affd780e',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','# PENDING
');
INSERT INTO "definitions" VALUES('e92f9250-ef63-50d6-9119-b2ddf3954b07',1,'{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"channels":[]},"labels":{}}','schedule: ''*/10 * * * *''
');
CREATE TABLE executions (
	id TEXT NOT NULL, 
	cron_id TEXT NOT NULL, 
	cron_name TEXT NOT NULL, 
	cron_version INTEGER NOT NULL, 
	slot BIGINT NOT NULL, 
	manual BOOLEAN NOT NULL, 
	status TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	start_by BIGINT NOT NULL, 
	attempt INTEGER NOT NULL, 
	holder TEXT NOT NULL, 
	lease_until BIGINT, 
	started_at BIGINT, 
	deadline BIGINT, 
	ended_at BIGINT, 
	exit_code INTEGER, 
	stop_asked_at BIGINT, 
	stop_reason TEXT NOT NULL, 
	overrides TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(cron_id, cron_version) REFERENCES definitions (cron_id, version)
);
INSERT INTO "executions" VALUES('04d23762-ecaa-52cb-b5a8-403da17c2d3c','51f1960d-3a00-5fa6-86d7-18e27c084117','gone',1,1795435200000000,0,'MISSED','due, waits for its turn (the oldest slot starts first)',1795435200000000,1795435500000000,0,'',NULL,NULL,NULL,1795435200000000,NULL,NULL,'',NULL);
INSERT INTO "executions" VALUES('a87bbd40-19bc-55dd-aa40-70a49e4b7a38','8263cb55-bc37-59f4-8e6a-814072a2580f','starting',1,1795435200000000,1,'STARTING','being started',1795435200000000,1795435500000000,1,'',1795435230000000,NULL,NULL,NULL,NULL,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('f1aca114-3a3a-5392-8126-7ac79904d65a','c32c56a2-01d4-50dc-8e7d-59f31eb2c40b','running',1,1795435200000000,1,'RUNNING','why',1795435200000000,1795435500000000,1,'',NULL,1795435200000000,1795435260000000,NULL,3,1795435200000000,'enough','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('8a2e00fc-022f-5130-a6cb-740531b759cf','7731ab59-7d82-5a2e-a46e-628c4311c2fe','success',1,1795435200000000,1,'SUCCESS','being started',1795435200000000,1795435500000000,1,'',NULL,NULL,NULL,1795435260000000,0,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('7109ff6e-93bf-5f47-98f4-58ca357ccefe','502c09c8-feb4-574b-85c3-2a18fabd2ed5','failed',1,1795435200000000,1,'FAILED','why',1795435200000000,1795435500000000,1,'',NULL,1795435200000000,1795435260000000,1795435260000000,3,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('738d4a21-b9e4-5907-aa07-ff8fce9825c1','caac77e5-8733-596e-8f6c-6e4a4b0ada27','timeout',1,1795435200000000,1,'TIMEOUT','why',1795435200000000,1795435500000000,1,'',NULL,1795435200000000,1795435260000000,1795435260000000,3,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('be6cb161-63dd-508d-86b9-346e40afa33c','4e7db7a2-e225-5495-8c22-bc1e4972f1b4','stopped',1,1795435200000000,1,'STOPPED','why',1795435200000000,1795435500000000,1,'',NULL,1795435200000000,1795435260000000,1795435260000000,3,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('31a43579-6456-583c-b298-0017f43a201d','30470194-2a69-5e5f-9cb8-9441ad99e38b','error',1,1795435200000000,1,'ERROR','why',1795435200000000,1795435500000000,1,'',NULL,1795435200000000,1795435260000000,1795435260000000,3,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('e5939443-3a99-57e8-bb5e-6dc5937143fe','2f71c3d8-316c-5fc6-b06d-dd4b1867bde6','lost',1,1795435200000000,1,'LOST','why',1795435200000000,1795435500000000,1,'',NULL,1795435200000000,1795435260000000,1795435260000000,3,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('d43b2261-b1e4-51ff-9fbf-09c3c4cb5abc','6717b808-aac9-54d8-b2b1-583e208dc8b8','skipped',1,1795435200000000,0,'SKIPPED','why',1795435200000000,1795435500000000,0,'',NULL,NULL,NULL,1795435200000000,NULL,NULL,'',NULL);
INSERT INTO "executions" VALUES('0e0b2c15-32ed-56ef-ada3-b02df0a88909','8678f5f9-210a-567b-9ad4-7b1105f94459','missed',1,1795435200000000,0,'MISSED','why',1795435200000000,1795435500000000,0,'',NULL,NULL,NULL,1795435200000000,NULL,NULL,'',NULL);
INSERT INTO "executions" VALUES('4fd4d1ee-4006-518f-87fd-aac1545a8e06','22be509f-ab1c-53a9-a05f-34d2affd780e','pending',1,1795435200000000,1,'PENDING','due, waits for its turn (the oldest slot starts first)',1795435200000000,1795435500000000,0,'',NULL,NULL,NULL,NULL,NULL,NULL,'','{"arguments":["a"],"env":{"B":"c"}}');
INSERT INTO "executions" VALUES('30be314b-74cb-50c1-9bc3-12555cbf0b66','8678f5f9-210a-567b-9ad4-7b1105f94459','missed',1,1795438800000000,0,'MISSED','untold',1795438800000000,1795435500000000,0,'',NULL,NULL,NULL,1795438800000000,NULL,NULL,'',NULL);
CREATE UNIQUE INDEX uq_crons_name ON crons (name) WHERE deleted = 0;
CREATE INDEX ix_crons_next_due ON crons (next_due, id) WHERE next_due IS NOT NULL;
CREATE INDEX ix_crons_deleted ON crons (id) WHERE deleted = 1;
CREATE UNIQUE INDEX uq_executions_slot ON executions (cron_id, slot);
CREATE UNIQUE INDEX uq_executions_active ON executions (cron_id) WHERE status IN ('PENDING', 'RUNNING', 'STARTING');
CREATE INDEX ix_executions_pending ON executions (slot, id) WHERE status IN ('PENDING');
CREATE INDEX ix_executions_lease ON executions (holder, lease_until) WHERE status IN ('STARTING');
CREATE INDEX ix_executions_age ON executions (slot);
CREATE UNIQUE INDEX uq_changes_step ON changes (execution_id, status);
CREATE INDEX ix_changes_outbox ON changes (id) WHERE announced = 0;
COMMIT;
