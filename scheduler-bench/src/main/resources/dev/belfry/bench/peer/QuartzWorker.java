package dev.belfry.bench.peer;

import dev.belfry.bench.worker.Handlers;
import dev.belfry.bench.worker.WorkerArguments;
import dev.belfry.bench.worker.WorkerLoop;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** One agent of a Quartz cluster on a JDBC job store. */
public final class QuartzWorker {
    private static volatile Handlers handlers;

    private QuartzWorker() {}

    /** The job code. */
    public static final class Fire implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            // A recovered run has a trigger of its own, which knows when the lost one was due.
            Object lost = context.isRecovering()
                    ? context.getMergedJobDataMap().get(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_SCHEDULED_FIRETIME_IN_MILLISECONDS)
                    : null;
            handlers.fire(
                    lost == null
                            ? context.getScheduledFireTime().toInstant()
                            : Instant.ofEpochMilli(Long.parseLong(lost.toString())),
                    Handlers.number(context.getJobDetail().getKey().getName()),
                    0);
        }
    }

    public static void main(String[] words) throws Exception {
        WorkerArguments arguments = new WorkerArguments(words);
        handlers = new Handlers(arguments);
        long began = System.nanoTime();
        Scheduler scheduler = new StdSchedulerFactory(properties(arguments)).getScheduler();
        if (arguments.registers()) {
            Instant now = Instant.now();
            Map<JobDetail, Set<? extends Trigger>> jobs = new LinkedHashMap<>();
            for (int i = 0; i < arguments.jobs(); i++) {
                jobs.put(
                        JobBuilder.newJob(Fire.class)
                                .withIdentity("job-" + i)
                                .storeDurably()
                                .requestRecovery(!arguments.session().isZero())
                                .build(),
                        Set.of(trigger(arguments, i, now)));
            }
            scheduler.scheduleJobs(jobs, false);
        }
        scheduler.start();
        WorkerLoop.serve(() -> scheduler.shutdown(false), began);
    }

    private static Trigger trigger(WorkerArguments arguments, int job, Instant now) {
        int period = arguments.period() == 0 ? 365 * 86_400 : arguments.period();
        Instant first = arguments.period() == 0 ? now.plusSeconds(period) : arguments.firstDue(job, now);
        return TriggerBuilder.newTrigger()
                .withIdentity("job-" + job)
                .startAt(Date.from(first))
                .withSchedule(SimpleScheduleBuilder.repeatSecondlyForever(period)
                        .withMisfireHandlingInstructionIgnoreMisfires())
                .build();
    }

    private static Properties properties(WorkerArguments arguments) {
        Properties properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "bench");
        properties.setProperty("org.quartz.scheduler.instanceId", arguments.agent());
        properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.setProperty("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", "50");
        properties.setProperty("org.quartz.threadPool.threadCount", "50");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
        properties.setProperty(
                "org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
        properties.setProperty("org.quartz.jobStore.isClustered", "true");
        if (!arguments.session().isZero()) {
            // An agent is held for dead 7.5 s after it should have checked in.
            properties.setProperty("org.quartz.jobStore.clusterCheckinInterval", "1000");
        }
        properties.setProperty("org.quartz.jobStore.acquireTriggersWithinLock", "true");
        properties.setProperty("org.quartz.jobStore.dataSource", "bench");
        properties.setProperty("org.quartz.dataSource.bench.provider", "hikaricp");
        properties.setProperty("org.quartz.dataSource.bench.driver", "org.postgresql.Driver");
        properties.setProperty("org.quartz.dataSource.bench.URL", arguments.store());
        properties.setProperty("org.quartz.dataSource.bench.maxConnections", "60");
        return properties;
    }
}
