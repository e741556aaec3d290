-- One script for PostgreSQL and H2. Tables have a prefix, so that they may live beside a service's own.

create table belfry_namespace (
    ns           integer generated always as identity primary key,
    name         varchar(200) not null unique,
    head_segment bigint       not null,
    head_hash    varchar(64)  not null
);

-- The chain. "digests" holds eight bytes of each row's SHA-256, in the order of "pos": they say which row was touched;
-- "rows_hash" is over the whole digests and says whether any was.
create table belfry_segment (
    ns         integer                  not null references belfry_namespace (ns),
    segment    bigint                   not null,
    kind       varchar(12)              not null,
    written_at timestamp with time zone not null,
    exporter   varchar(200)             not null,
    row_count  integer                  not null,
    digests    bytea                    not null,
    rows_hash  varchar(64)              not null,
    previous   varchar(64)              not null,
    hash       varchar(64)              not null,
    primary key (ns, segment)
);
create index belfry_segment_written on belfry_segment (ns, kind, written_at);

-- How far each journal has been exported.
create table belfry_journal (
    ns       integer      not null references belfry_namespace (ns),
    writer   varchar(200) not null,
    entry    bigint       not null,
    lines    integer      not null,
    floor    bigint       not null,
    counts   varchar      not null,
    revision bigint       not null,
    primary key (ns, writer)
);

create table belfry_fire (
    ns       integer                  not null,
    segment  bigint                   not null,
    pos      integer                  not null,
    writer   varchar                  not null,
    entry    bigint                   not null,
    line     bigint                   not null,
    kind     varchar                  not null,
    job_uid  varchar                  not null,
    job_name varchar                  not null,
    layout   bigint                   not null,
    shard    varchar                  not null,
    due      timestamp with time zone not null,
    last_due timestamp with time zone not null,
    fires    bigint                   not null,
    scheduled boolean                 not null,
    run_id   varchar                  not null,
    attempt  bigint                   not null,
    token    bigint                   not null,
    agent    varchar                  not null,
    started  timestamp with time zone,
    ended    timestamp with time zone,
    outcome  varchar                  not null,
    reason   varchar                  not null,
    primary key (ns, writer, entry, line)
);
create unique index belfry_fire_segment on belfry_fire (ns, segment, pos);
create index belfry_fire_shard on belfry_fire (ns, job_uid, shard, due);
create index belfry_fire_due on belfry_fire (ns, due);

create table belfry_table_version (
    ns          integer                  not null,
    segment     bigint                   not null,
    pos         integer                  not null,
    name        varchar                  not null,
    term        bigint                   not null,
    generation  bigint                   not null,
    incarnation varchar                  not null,
    at          timestamp with time zone not null,
    primary key (ns, name)
);
create unique index belfry_table_version_segment on belfry_table_version (ns, segment, pos);
create index belfry_table_version_at on belfry_table_version (ns, at);

create table belfry_table_change (
    ns      integer not null,
    segment bigint  not null,
    pos     integer not null,
    name    varchar not null,
    line    bigint  not null,
    kind    varchar not null,
    job_uid varchar not null,
    layout  bigint  not null,
    shard   bigint  not null,
    owner   varchar not null,
    next    varchar not null,
    reason  varchar not null,
    primary key (ns, name, line)
);
create unique index belfry_table_change_segment on belfry_table_change (ns, segment, pos);
create index belfry_table_change_shard on belfry_table_change (ns, job_uid, shard);

create table belfry_job_version (
    ns             integer                  not null,
    segment        bigint                   not null,
    pos            integer                  not null,
    job_uid        varchar                  not null,
    version        bigint                   not null,
    job_name       varchar                  not null,
    layout         bigint                   not null,
    effective_from timestamp with time zone not null,
    changed        timestamp with time zone not null,
    paused         boolean                  not null,
    origin         varchar                  not null,
    author         varchar                  not null,
    reason         varchar                  not null,
    definition     varchar                  not null,
    primary key (ns, job_uid, version)
);
create unique index belfry_job_version_segment on belfry_job_version (ns, segment, pos);

create table belfry_job_end (
    ns         integer                  not null,
    segment    bigint                   not null,
    pos        integer                  not null,
    job_uid    varchar                  not null,
    deleted_at timestamp with time zone not null,
    primary key (ns, job_uid)
);
create unique index belfry_job_end_segment on belfry_job_end (ns, segment, pos);

create table belfry_counted (
    ns         integer                  not null,
    segment    bigint                   not null,
    pos        integer                  not null,
    journal    varchar                  not null,
    due_hour   timestamp with time zone,
    last_hour  timestamp with time zone,
    job_uid    varchar                  not null,
    scheduled  boolean                  not null,
    outcome    varchar                  not null,
    fires      bigint                   not null,
    noticed    timestamp with time zone not null,
    primary key (ns, segment, pos)
);
create index belfry_counted_job on belfry_counted (ns, job_uid, due_hour);

create table belfry_retention (
    ns            integer                  not null,
    segment       bigint                   not null,
    pos           integer                  not null,
    up_to         bigint                   not null,
    removed_rows  bigint                   not null,
    written_before timestamp with time zone not null,
    primary key (ns, segment, pos)
);
