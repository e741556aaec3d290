-- Restores of the namespace from a copy, and what of the history is of before them: the journal beyond what the copy had.
create table belfry_restore (
    ns          integer                  not null,
    segment     bigint                   not null,
    pos         integer                  not null,
    term        bigint                   not null,
    copied      timestamp with time zone not null,
    restored    timestamp with time zone not null,
    restored_by varchar                  not null,
    generation  bigint                   not null,
    primary key (ns, term)
);
create unique index belfry_restore_segment on belfry_restore (ns, segment, pos);

-- Lines of a writer from this one on were not in the copy: belfry_fire (entry, line) >= (entry, line) here.
create table belfry_restore_cut (
    ns      integer not null,
    segment bigint  not null,
    pos     integer not null,
    term    bigint  not null,
    writer  varchar not null,
    entry   bigint  not null,
    line    bigint  not null,
    primary key (ns, term, writer)
);
create unique index belfry_restore_cut_segment on belfry_restore_cut (ns, segment, pos);

-- Versions of a job above this one, and its deletion unless "deleted", were not in the copy.
create table belfry_restore_job (
    ns      integer not null,
    segment bigint  not null,
    pos     integer not null,
    term    bigint  not null,
    job_uid varchar not null,
    version bigint  not null,
    deleted boolean not null,
    primary key (ns, term, job_uid)
);
create unique index belfry_restore_job_segment on belfry_restore_job (ns, segment, pos);

-- After a restore the number of a version comes again, and so may the end of a job. The tables are made anew, since the two
-- databases name a primary key differently.
create table belfry_job_version_3 (
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
    primary key (ns, job_uid, version, segment)
);
insert into belfry_job_version_3
    select ns, segment, pos, job_uid, version, job_name, layout, effective_from, changed, paused, origin, author, reason,
           definition
    from belfry_job_version;
drop table belfry_job_version;
alter table belfry_job_version_3 rename to belfry_job_version;
create unique index belfry_job_version_segment on belfry_job_version (ns, segment, pos);

create table belfry_job_end_3 (
    ns         integer                  not null,
    segment    bigint                   not null,
    pos        integer                  not null,
    job_uid    varchar                  not null,
    deleted_at timestamp with time zone not null,
    primary key (ns, job_uid, segment)
);
insert into belfry_job_end_3 select ns, segment, pos, job_uid, deleted_at from belfry_job_end;
drop table belfry_job_end;
alter table belfry_job_end_3 rename to belfry_job_end;
create unique index belfry_job_end_segment on belfry_job_end (ns, segment, pos);

create table belfry_job_gone_3 (
    ns      integer                  not null,
    segment bigint                   not null,
    pos     integer                  not null,
    job_uid varchar                  not null,
    seen    timestamp with time zone,
    noticed timestamp with time zone not null,
    primary key (ns, job_uid, segment)
);
insert into belfry_job_gone_3 select ns, segment, pos, job_uid, seen, noticed from belfry_job_gone;
drop table belfry_job_gone;
alter table belfry_job_gone_3 rename to belfry_job_gone;
create unique index belfry_job_gone_segment on belfry_job_gone (ns, segment, pos);
