package dev.belfry.bench.peer;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.worker.Handlers;
import dev.belfry.bench.worker.Intake;
import dev.belfry.bench.worker.IntakeLoop;
import dev.belfry.bench.worker.WorkerArguments;
import dev.belfry.bench.worker.WorkerLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** One process of db-scheduler that runs one-time tasks, or schedules them. */
public final class DbSchedulerOneOffs {
    private static final int THREADS = 50;

    private DbSchedulerOneOffs() {}

    public static void main(String[] words) throws Exception {
        WorkerArguments arguments = new WorkerArguments(words);
        long began = System.nanoTime();
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(arguments.store());
        int threads = arguments.tuned() ? Math.max(THREADS, arguments.slots()) : 10;
        // Those that only wait for their end hold no connection.
        pool.setMaximumPoolSize(arguments.submits() ? 70 : Math.min(60, threads + 10));
        HikariDataSource source = new HikariDataSource(pool);
        if (arguments.submits()) {
            IntakeLoop.serve(new Client(source), began);
            return;
        }
        Handlers handlers = new Handlers(arguments);
        OneTimeTask<Long> task = task((run, at) ->
                handlers.fire(FireLog.instant(at), run, 0));
        SchedulerBuilder builder = Scheduler.create(source, task)
                .schedulerName(new SchedulerName.Fixed(arguments.agent()));
        if (arguments.tuned()) {
            builder.threads(threads).pollUsingLockAndFetch(0.5, 4.0).pollingInterval(Duration.ofMillis(100));
        }
        if (!arguments.session().isZero()) {
            // The fewest heartbeats that it lets be missed.
            builder.heartbeatInterval(arguments.session().dividedBy(4)).missedHeartbeatsLimit(4);
        }
        Scheduler scheduler = builder.build();
        scheduler.start();
        WorkerLoop.serve(
                () -> {
                    scheduler.stop();
                    source.close();
                },
                began);
    }

    private interface Code {
        void run(int run, long at);
    }

    private static OneTimeTask<Long> task(Code code) {
        return Tasks.oneTime("one-off", Long.class)
                .execute((instance, context) -> code.run(Integer.parseInt(instance.getId()), instance.getData()));
    }

    private static final class Client implements Intake {
        private final HikariDataSource source;
        private final OneTimeTask<Long> task = task((run, at) -> {});
        private final SchedulerClient client;

        Client(HikariDataSource source) {
            this.source = source;
            client = SchedulerClient.Builder.create((DataSource) source, task).build();
        }

        @Override
        public void submit(int run) {
            client.scheduleIfNotExists(task.instance(Integer.toString(run), FireLog.now()), Instant.now());
        }

        @Override
        public void submitAll(int from, int count) {
            Instant now = Instant.now();
            List<SchedulableInstance<?>> runs = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                runs.add(SchedulableInstance.of(task.instance(Integer.toString(from + i), FireLog.now()), now));
            }
            client.scheduleBatch(runs);
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
