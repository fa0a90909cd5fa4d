CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.changes (
    id bigint NOT NULL,
    execution_id text NOT NULL COLLATE pg_catalog."C",
    before text,
    status text NOT NULL,
    at bigint NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    started_at bigint,
    deadline bigint,
    ended_at bigint,
    exit_code integer,
    announced boolean DEFAULT false NOT NULL
);
CREATE SEQUENCE public.changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.changes_id_seq OWNED BY public.changes.id;
CREATE TABLE public.crons (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    next_due bigint,
    version integer NOT NULL,
    revision bigint NOT NULL,
    pause text,
    deleted boolean DEFAULT false NOT NULL,
    stored integer DEFAULT 0 NOT NULL,
    registration text,
    unsettled boolean DEFAULT false NOT NULL
);
CREATE TABLE public.definitions (
    cron_id text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    definition text NOT NULL,
    source text NOT NULL
);
CREATE TABLE public.executions (
    id text NOT NULL COLLATE pg_catalog."C",
    cron_id text NOT NULL COLLATE pg_catalog."C",
    cron_name text NOT NULL COLLATE pg_catalog."C",
    cron_version integer NOT NULL,
    slot bigint NOT NULL,
    manual boolean NOT NULL,
    status text NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    start_by bigint NOT NULL,
    attempt integer NOT NULL,
    holder text NOT NULL COLLATE pg_catalog."C",
    lease_until bigint,
    started_at bigint,
    deadline bigint,
    ended_at bigint,
    exit_code integer,
    stop_asked_at bigint,
    stop_reason text NOT NULL COLLATE pg_catalog."C",
    overrides text,
    handle text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY public.changes ALTER COLUMN id SET DEFAULT nextval('public.changes_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.changes VALUES (1, '04d23762-ecaa-52cb-b5a8-403da17c2d3c', NULL, 'MISSED', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, 1795435200000000, NULL, true);
INSERT INTO public.changes VALUES (2, 'a87bbd40-19bc-55dd-aa40-70a49e4b7a38', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (3, 'a87bbd40-19bc-55dd-aa40-70a49e4b7a38', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (4, 'f1aca114-3a3a-5392-8126-7ac79904d65a', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (5, 'f1aca114-3a3a-5392-8126-7ac79904d65a', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (6, 'f1aca114-3a3a-5392-8126-7ac79904d65a', 'STARTING', 'RUNNING', 1795435260000000, 'why', 1795435200000000, 1795435260000000, NULL, 3, true);
INSERT INTO public.changes VALUES (7, '8a2e00fc-022f-5130-a6cb-740531b759cf', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (8, '8a2e00fc-022f-5130-a6cb-740531b759cf', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (9, '8a2e00fc-022f-5130-a6cb-740531b759cf', 'STARTING', 'SUCCESS', 1795435260000000, 'being started', NULL, NULL, 1795435260000000, 0, true);
INSERT INTO public.changes VALUES (10, '7109ff6e-93bf-5f47-98f4-58ca357ccefe', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (11, '7109ff6e-93bf-5f47-98f4-58ca357ccefe', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (12, '7109ff6e-93bf-5f47-98f4-58ca357ccefe', 'STARTING', 'FAILED', 1795435260000000, 'why', 1795435200000000, 1795435260000000, 1795435260000000, 3, true);
INSERT INTO public.changes VALUES (13, '738d4a21-b9e4-5907-aa07-ff8fce9825c1', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (14, '738d4a21-b9e4-5907-aa07-ff8fce9825c1', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (15, '738d4a21-b9e4-5907-aa07-ff8fce9825c1', 'STARTING', 'TIMEOUT', 1795435260000000, 'why', 1795435200000000, 1795435260000000, 1795435260000000, 3, true);
INSERT INTO public.changes VALUES (16, 'be6cb161-63dd-508d-86b9-346e40afa33c', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (17, 'be6cb161-63dd-508d-86b9-346e40afa33c', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (18, 'be6cb161-63dd-508d-86b9-346e40afa33c', 'STARTING', 'STOPPED', 1795435260000000, 'why', 1795435200000000, 1795435260000000, 1795435260000000, 3, true);
INSERT INTO public.changes VALUES (19, '31a43579-6456-583c-b298-0017f43a201d', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (20, '31a43579-6456-583c-b298-0017f43a201d', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (21, '31a43579-6456-583c-b298-0017f43a201d', 'STARTING', 'ERROR', 1795435260000000, 'why', 1795435200000000, 1795435260000000, 1795435260000000, 3, true);
INSERT INTO public.changes VALUES (22, 'e5939443-3a99-57e8-bb5e-6dc5937143fe', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (23, 'e5939443-3a99-57e8-bb5e-6dc5937143fe', 'PENDING', 'STARTING', 1795435200000000, 'being started', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (24, 'e5939443-3a99-57e8-bb5e-6dc5937143fe', 'STARTING', 'LOST', 1795435260000000, 'why', 1795435200000000, 1795435260000000, 1795435260000000, 3, true);
INSERT INTO public.changes VALUES (25, 'd43b2261-b1e4-51ff-9fbf-09c3c4cb5abc', NULL, 'SKIPPED', 1795435200000000, 'why', NULL, NULL, 1795435200000000, NULL, true);
INSERT INTO public.changes VALUES (26, '0e0b2c15-32ed-56ef-ada3-b02df0a88909', NULL, 'MISSED', 1795435200000000, 'why', NULL, NULL, 1795435200000000, NULL, true);
INSERT INTO public.changes VALUES (27, '4fd4d1ee-4006-518f-87fd-aac1545a8e06', NULL, 'PENDING', 1795435200000000, 'due, waits for its turn (the oldest slot starts first)', NULL, NULL, NULL, NULL, true);
INSERT INTO public.changes VALUES (28, '30be314b-74cb-50c1-9bc3-12555cbf0b66', NULL, 'MISSED', 1795438800000000, 'untold', NULL, NULL, 1795438800000000, NULL, false);
INSERT INTO public.crons VALUES ('adb823bc-47d2-5264-9dd7-a9ae8bf28301', 'paused', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, '{"since":"2026-11-23T12:00:00Z","until":"2026-11-23T13:00:00Z","reason":"ü"}', false, 0, NULL, false);
INSERT INTO public.crons VALUES ('51f1960d-3a00-5fa6-86d7-18e27c084117', 'gone', 1795348800000000, 1795348800000000, NULL, 1, 2, NULL, true, 1, NULL, false);
INSERT INTO public.crons VALUES ('8263cb55-bc37-59f4-8e6a-814072a2580f', 'starting', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('c32c56a2-01d4-50dc-8e7d-59f31eb2c40b', 'running', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('7731ab59-7d82-5a2e-a46e-628c4311c2fe', 'success', 1795348800000000, 1795348800000000, 1795435200000000, 2, 2, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('502c09c8-feb4-574b-85c3-2a18fabd2ed5', 'failed', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('caac77e5-8733-596e-8f6c-6e4a4b0ada27', 'timeout', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('4e7db7a2-e225-5495-8c22-bc1e4972f1b4', 'stopped', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('30470194-2a69-5e5f-9cb8-9441ad99e38b', 'error', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('2f71c3d8-316c-5fc6-b06d-dd4b1867bde6', 'lost', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('6717b808-aac9-54d8-b2b1-583e208dc8b8', 'skipped', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('22be509f-ab1c-53a9-a05f-34d2affd780e', 'pending', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 1, NULL, false);
INSERT INTO public.crons VALUES ('8678f5f9-210a-567b-9ad4-7b1105f94459', 'missed', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 2, NULL, false);
INSERT INTO public.crons VALUES ('e92f9250-ef63-50d6-9119-b2ddf3954b07', 'outside', 1795348800000000, 1795348800000000, 1795435200000000, 1, 1, NULL, false, 0, '{"settled":false,"leaving":false,"parts":{"rule":"arn"},"problem":"slow"}', true);
INSERT INTO public.definitions VALUES ('adb823bc-47d2-5264-9dd7-a9ae8bf28301', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', 'schedule: ''*/10 * * * *''
');
INSERT INTO public.definitions VALUES ('51f1960d-3a00-5fa6-86d7-18e27c084117', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', 'schedule: ''*/10 * * * *''
');
INSERT INTO public.definitions VALUES ('8263cb55-bc37-59f4-8e6a-814072a2580f', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# STARTING
');
INSERT INTO public.definitions VALUES ('c32c56a2-01d4-50dc-8e7d-59f31eb2c40b', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# RUNNING
');
INSERT INTO public.definitions VALUES ('7731ab59-7d82-5a2e-a46e-628c4311c2fe', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# SUCCESS
');
INSERT INTO public.definitions VALUES ('7731ab59-7d82-5a2e-a46e-628c4311c2fe', 2, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', 'new');
INSERT INTO public.definitions VALUES ('502c09c8-feb4-574b-85c3-2a18fabd2ed5', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# FAILED
');
INSERT INTO public.definitions VALUES ('caac77e5-8733-596e-8f6c-6e4a4b0ada27', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# TIMEOUT
');
INSERT INTO public.definitions VALUES ('4e7db7a2-e225-5495-8c22-bc1e4972f1b4', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# STOPPED
');
INSERT INTO public.definitions VALUES ('30470194-2a69-5e5f-9cb8-9441ad99e38b', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# ERROR
');
INSERT INTO public.definitions VALUES ('2f71c3d8-316c-5fc6-b06d-dd4b1867bde6', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# LOST
');
INSERT INTO public.definitions VALUES ('6717b808-aac9-54d8-b2b1-583e208dc8b8', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# SKIPPED
');
INSERT INTO public.definitions VALUES ('8678f5f9-210a-567b-9ad4-7b1105f94459', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# MISSED
');
INSERT INTO public.definitions VALUES ('22be509f-ab1c-53a9-a05f-34d2affd780e', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', '# PENDING
');
INSERT INTO public.definitions VALUES ('e92f9250-ef63-50d6-9119-b2ddf3954b07', 1, '{"schedule":"*/10 * * * *","timezone":"UTC","timeout":"PT1H","start_within":null,"overlap":"skip","description":{"image":null,"arguments":["echo","hello"],"env":{},"cpu":null,"memory":null,"user":null,"working_directory":null,"stop_grace":"PT10S"},"notifications":{"failed":null,"ran_longer_than":null,"not_started_within":null,"skipped":null,"no_success_for":null,"channels":[]},"labels":{}}', 'schedule: ''*/10 * * * *''
');
INSERT INTO public.executions VALUES ('04d23762-ecaa-52cb-b5a8-403da17c2d3c', '51f1960d-3a00-5fa6-86d7-18e27c084117', 'gone', 1, 1795435200000000, false, 'MISSED', 'due, waits for its turn (the oldest slot starts first)', 1795435200000000, 1795435500000000, 0, '', NULL, NULL, NULL, 1795435200000000, NULL, NULL, '', NULL, '');
INSERT INTO public.executions VALUES ('a87bbd40-19bc-55dd-aa40-70a49e4b7a38', '8263cb55-bc37-59f4-8e6a-814072a2580f', 'starting', 1, 1795435200000000, true, 'STARTING', 'being started', 1795435200000000, 1795435500000000, 1, '', 1795435230000000, NULL, NULL, NULL, NULL, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', '');
INSERT INTO public.executions VALUES ('f1aca114-3a3a-5392-8126-7ac79904d65a', 'c32c56a2-01d4-50dc-8e7d-59f31eb2c40b', 'running', 1, 1795435200000000, true, 'RUNNING', 'why', 1795435200000000, 1795435500000000, 1, '', NULL, 1795435200000000, 1795435260000000, NULL, 3, 1795435200000000, 'enough', '{"arguments":["a"],"env":{"B":"c"}}', 'arn');
INSERT INTO public.executions VALUES ('8a2e00fc-022f-5130-a6cb-740531b759cf', '7731ab59-7d82-5a2e-a46e-628c4311c2fe', 'success', 1, 1795435200000000, true, 'SUCCESS', 'being started', 1795435200000000, 1795435500000000, 1, '', NULL, NULL, NULL, 1795435260000000, 0, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', '');
INSERT INTO public.executions VALUES ('7109ff6e-93bf-5f47-98f4-58ca357ccefe', '502c09c8-feb4-574b-85c3-2a18fabd2ed5', 'failed', 1, 1795435200000000, true, 'FAILED', 'why', 1795435200000000, 1795435500000000, 1, '', NULL, 1795435200000000, 1795435260000000, 1795435260000000, 3, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', 'arn');
INSERT INTO public.executions VALUES ('738d4a21-b9e4-5907-aa07-ff8fce9825c1', 'caac77e5-8733-596e-8f6c-6e4a4b0ada27', 'timeout', 1, 1795435200000000, true, 'TIMEOUT', 'why', 1795435200000000, 1795435500000000, 1, '', NULL, 1795435200000000, 1795435260000000, 1795435260000000, 3, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', 'arn');
INSERT INTO public.executions VALUES ('be6cb161-63dd-508d-86b9-346e40afa33c', '4e7db7a2-e225-5495-8c22-bc1e4972f1b4', 'stopped', 1, 1795435200000000, true, 'STOPPED', 'why', 1795435200000000, 1795435500000000, 1, '', NULL, 1795435200000000, 1795435260000000, 1795435260000000, 3, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', 'arn');
INSERT INTO public.executions VALUES ('31a43579-6456-583c-b298-0017f43a201d', '30470194-2a69-5e5f-9cb8-9441ad99e38b', 'error', 1, 1795435200000000, true, 'ERROR', 'why', 1795435200000000, 1795435500000000, 1, '', NULL, 1795435200000000, 1795435260000000, 1795435260000000, 3, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', 'arn');
INSERT INTO public.executions VALUES ('e5939443-3a99-57e8-bb5e-6dc5937143fe', '2f71c3d8-316c-5fc6-b06d-dd4b1867bde6', 'lost', 1, 1795435200000000, true, 'LOST', 'why', 1795435200000000, 1795435500000000, 1, '', NULL, 1795435200000000, 1795435260000000, 1795435260000000, 3, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', 'arn');
INSERT INTO public.executions VALUES ('d43b2261-b1e4-51ff-9fbf-09c3c4cb5abc', '6717b808-aac9-54d8-b2b1-583e208dc8b8', 'skipped', 1, 1795435200000000, false, 'SKIPPED', 'why', 1795435200000000, 1795435500000000, 0, '', NULL, NULL, NULL, 1795435200000000, NULL, NULL, '', NULL, '');
INSERT INTO public.executions VALUES ('0e0b2c15-32ed-56ef-ada3-b02df0a88909', '8678f5f9-210a-567b-9ad4-7b1105f94459', 'missed', 1, 1795435200000000, false, 'MISSED', 'why', 1795435200000000, 1795435500000000, 0, '', NULL, NULL, NULL, 1795435200000000, NULL, NULL, '', NULL, '');
INSERT INTO public.executions VALUES ('4fd4d1ee-4006-518f-87fd-aac1545a8e06', '22be509f-ab1c-53a9-a05f-34d2affd780e', 'pending', 1, 1795435200000000, true, 'PENDING', 'due, waits for its turn (the oldest slot starts first)', 1795435200000000, 1795435500000000, 0, '', NULL, NULL, NULL, NULL, NULL, NULL, '', '{"arguments":["a"],"env":{"B":"c"}}', '');
INSERT INTO public.executions VALUES ('30be314b-74cb-50c1-9bc3-12555cbf0b66', '8678f5f9-210a-567b-9ad4-7b1105f94459', 'missed', 1, 1795438800000000, false, 'MISSED', 'untold', 1795438800000000, 1795435500000000, 0, '', NULL, NULL, NULL, 1795438800000000, NULL, NULL, '', NULL, '');
SELECT pg_catalog.setval('public.changes_id_seq', 28, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.crons
    ADD CONSTRAINT crons_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.definitions
    ADD CONSTRAINT definitions_pkey PRIMARY KEY (cron_id, version);
ALTER TABLE ONLY public.executions
    ADD CONSTRAINT executions_pkey PRIMARY KEY (id);
CREATE INDEX ix_changes_outbox ON public.changes USING btree (id) WHERE (announced = false);
CREATE INDEX ix_crons_deleted ON public.crons USING btree (id) WHERE (deleted = true);
CREATE INDEX ix_crons_next_due ON public.crons USING btree (next_due, id) WHERE (next_due IS NOT NULL);
CREATE INDEX ix_crons_unsettled ON public.crons USING btree (id) WHERE (unsettled = true);
CREATE INDEX ix_executions_age ON public.executions USING btree (slot);
CREATE INDEX ix_executions_lease ON public.executions USING btree (holder, lease_until) WHERE (status = 'STARTING'::text);
CREATE INDEX ix_executions_pending ON public.executions USING btree (slot, id) WHERE (status = 'PENDING'::text);
CREATE UNIQUE INDEX uq_changes_step ON public.changes USING btree (execution_id, status);
CREATE UNIQUE INDEX uq_crons_name ON public.crons USING btree (name) WHERE (deleted = false);
CREATE UNIQUE INDEX uq_executions_active ON public.executions USING btree (cron_id) WHERE (status = ANY (ARRAY['PENDING'::text, 'RUNNING'::text, 'STARTING'::text]));
CREATE UNIQUE INDEX uq_executions_slot ON public.executions USING btree (cron_id, slot);
ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES public.executions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.definitions
    ADD CONSTRAINT definitions_cron_id_fkey FOREIGN KEY (cron_id) REFERENCES public.crons(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.executions
    ADD CONSTRAINT executions_cron_id_cron_version_fkey FOREIGN KEY (cron_id, cron_version) REFERENCES public.definitions(cron_id, version);
