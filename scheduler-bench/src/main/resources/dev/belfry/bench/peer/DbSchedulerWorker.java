package dev.belfry.bench.peer;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belfry.bench.worker.Handlers;
import dev.belfry.bench.worker.WorkerArguments;
import dev.belfry.bench.worker.WorkerLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One agent of db-scheduler. A job is an instance of one custom task, which is put to its next instant, the last one and a
 * period, when it has run: the cron expression for every second loses seconds.
 */
public final class DbSchedulerWorker {
    private static final int THREADS = 50;

    private DbSchedulerWorker() {}

    /** What is more than a second late is left out, so that a backlog of the start does not stay for ever. */
    private static Instant next(Instant due, Duration period) {
        Instant next = due.plus(period);
        Instant tooLate = Instant.now().minusSeconds(1);
        while (next.isBefore(tooLate)) {
            next = next.plus(period);
        }
        return next;
    }

    public static void main(String[] words) throws Exception {
        WorkerArguments arguments = new WorkerArguments(words);
        Handlers handlers = new Handlers(arguments);
        Duration period = Duration.ofSeconds(arguments.period() == 0 ? 365 * 86_400 : arguments.period());
        long began = System.nanoTime();
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(arguments.store());
        pool.setMaximumPoolSize(THREADS + 10);
        HikariDataSource source = new HikariDataSource(pool);
        CustomTask<Void> task = Tasks.custom("bench", Void.class).execute((instance, context) -> {
            int job = Handlers.number(instance.getId());
            // One that was revived after the loss of its agent has the instant of its revival.
            Instant due = arguments.lastDue(job, context.getExecution().executionTime);
            handlers.fire(due, job, 0);
            return (CompletionHandler<Void>) (complete, operations) -> operations.reschedule(complete, next(due, period));
        });
        SchedulerBuilder builder = Scheduler.create(source, task)
                .schedulerName(new SchedulerName.Fixed(arguments.agent()))
                .threads(THREADS)
                .pollUsingLockAndFetch(0.5, 4.0)
                .pollingInterval(Duration.ofMillis(100));
        if (!arguments.session().isZero()) {
            // The fewest heartbeats that it lets be missed.
            builder.heartbeatInterval(arguments.session().dividedBy(4)).missedHeartbeatsLimit(4);
        }
        Scheduler scheduler = builder.build();
        if (arguments.registers()) {
            Instant now = Instant.now();
            List<SchedulableInstance<?>> jobs = new ArrayList<>();
            for (int i = 0; i < arguments.jobs(); i++) {
                TaskInstance<Void> instance = task.instance("job-" + i);
                jobs.add(SchedulableInstance.of(
                        instance, arguments.period() == 0 ? now.plus(period) : arguments.firstDue(i, now)));
            }
            scheduler.scheduleBatch(jobs);
        }
        scheduler.start();
        WorkerLoop.serve(
                () -> {
                    scheduler.stop();
                    source.close();
                },
                began);
    }
}
