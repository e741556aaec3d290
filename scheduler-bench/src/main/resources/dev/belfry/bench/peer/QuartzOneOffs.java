package dev.belfry.bench.peer;

import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.worker.Handlers;
import dev.belfry.bench.worker.Intake;
import dev.belfry.bench.worker.IntakeLoop;
import dev.belfry.bench.worker.WorkerArguments;
import dev.belfry.bench.worker.WorkerLoop;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** One process of a Quartz cluster on a JDBC job store that runs triggers that fire once, or makes them. */
public final class QuartzOneOffs {
    private static final JobKey JOB = JobKey.jobKey("one-off");
    private static volatile Handlers handlers;

    private QuartzOneOffs() {}

    /** The job code. */
    public static final class Run implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            String[] words = context.getMergedJobDataMap().getString("run").split(" ");
            handlers.fire(FireLog.instant(Long.parseLong(words[1])), Integer.parseInt(words[0]), 0);
        }
    }

    public static void main(String[] words) throws Exception {
        WorkerArguments arguments = new WorkerArguments(words);
        long began = System.nanoTime();
        Scheduler scheduler = new StdSchedulerFactory(properties(arguments)).getScheduler();
        if (arguments.submits()) {
            // It is never started, so it runs nothing.
            IntakeLoop.serve(new Client(scheduler), began);
            return;
        }
        handlers = new Handlers(arguments);
        scheduler.start();
        WorkerLoop.serve(() -> scheduler.shutdown(false), began);
    }

    private static final class Client implements Intake {
        private final Scheduler scheduler;
        private final JobDetail job = JobBuilder.newJob(Run.class)
                .withIdentity(JOB)
                .storeDurably()
                .requestRecovery()
                .build();

        Client(Scheduler scheduler) throws SchedulerException {
            this.scheduler = scheduler;
            scheduler.addJob(job, true);
        }

        private static Trigger trigger(int run) {
            return TriggerBuilder.newTrigger()
                    .withIdentity("run-" + run)
                    .forJob(JOB)
                    .usingJobData("run", run + " " + FireLog.now())
                    .startNow()
                    .build();
        }

        @Override
        public void submit(int run) throws SchedulerException {
            scheduler.scheduleJob(trigger(run));
        }

        @Override
        public void submitAll(int from, int count) throws SchedulerException {
            Set<Trigger> triggers = new HashSet<>();
            for (int i = 0; i < count; i++) {
                triggers.add(trigger(from + i));
            }
            scheduler.scheduleJobs(Map.of(job, triggers), true);
        }

        @Override
        public void close() {
            try {
                scheduler.shutdown(false);
            } catch (SchedulerException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Properties properties(WorkerArguments arguments) {
        String threads = Integer.toString(Math.max(50, arguments.slots()));
        Properties properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "bench");
        properties.setProperty("org.quartz.scheduler.instanceId", arguments.agent());
        properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.setProperty("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", "50");
        properties.setProperty("org.quartz.scheduler.idleWaitTime", "1000");
        properties.setProperty("org.quartz.threadPool.threadCount", threads);
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
        properties.setProperty(
                "org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
        properties.setProperty("org.quartz.jobStore.isClustered", "true");
        if (!arguments.session().isZero()) {
            // An agent is held for dead 7.5 s after it should have checked in.
            properties.setProperty("org.quartz.jobStore.clusterCheckinInterval", "1000");
        }
        properties.setProperty("org.quartz.jobStore.acquireTriggersWithinLock", "true");
        // Runs that waited for long are no misfires: looking for them leaves less time for the others.
        properties.setProperty("org.quartz.jobStore.misfireThreshold", "86400000");
        properties.setProperty("org.quartz.jobStore.dataSource", "bench");
        properties.setProperty("org.quartz.dataSource.bench.provider", "hikaricp");
        properties.setProperty("org.quartz.dataSource.bench.driver", "org.postgresql.Driver");
        properties.setProperty("org.quartz.dataSource.bench.URL", arguments.store());
        properties.setProperty("org.quartz.dataSource.bench.maxConnections", "60");
        return properties;
    }
}
