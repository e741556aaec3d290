-- Jobs whose records had left ZooKeeper when an exporter came back, without anybody having seen how.
create table belfry_job_gone (
    ns      integer                  not null,
    segment bigint                   not null,
    pos     integer                  not null,
    job_uid varchar                  not null,
    seen    timestamp with time zone,
    noticed timestamp with time zone not null,
    primary key (ns, job_uid)
);
create unique index belfry_job_gone_segment on belfry_job_gone (ns, segment, pos);
