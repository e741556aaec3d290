package dev.belfry.bench.peer;

import dev.belfry.bench.worker.Handlers;
import dev.belfry.bench.worker.WorkerArguments;
import dev.belfry.bench.worker.WorkerLoop;
import java.util.ArrayList;
import java.util.List;
import org.apache.shardingsphere.elasticjob.api.JobConfiguration;
import org.apache.shardingsphere.elasticjob.lite.api.bootstrap.impl.ScheduleJobBootstrap;
import org.apache.shardingsphere.elasticjob.reg.zookeeper.ZookeeperConfiguration;
import org.apache.shardingsphere.elasticjob.reg.zookeeper.ZookeeperRegistryCenter;
import org.apache.shardingsphere.elasticjob.simple.job.SimpleJob;

/** One agent of ElasticJob. Every agent has to declare every job. */
public final class ElasticJobWorker {
    private ElasticJobWorker() {}

    public static void main(String[] words) throws Exception {
        WorkerArguments arguments = new WorkerArguments(words);
        Handlers handlers = new Handlers(arguments);
        SimpleJob job = context ->
                handlers.fire(Handlers.number(context.getJobName()), context.getShardingItem());
        long began = System.nanoTime();
        ZookeeperConfiguration zookeeper = new ZookeeperConfiguration(arguments.store(), "bench");
        boolean losses = !arguments.session().isZero();
        zookeeper.setSessionTimeoutMilliseconds(losses ? (int) arguments.session().toMillis() : 10_000);
        ZookeeperRegistryCenter registry = new ZookeeperRegistryCenter(zookeeper);
        registry.init();
        List<ScheduleJobBootstrap> jobs = new ArrayList<>();
        for (int i = 0; i < arguments.jobs(); i++) {
            ScheduleJobBootstrap made = new ScheduleJobBootstrap(
                    registry,
                    job,
                    JobConfiguration.newBuilder("job-" + i, arguments.shards())
                            .cron(cron(arguments.period()))
                            .failover(losses)
                            .build());
            made.schedule();
            jobs.add(made);
        }
        WorkerLoop.serve(
                () -> {
                    jobs.forEach(ScheduleJobBootstrap::shutdown);
                    registry.close();
                },
                began);
    }

    private static String cron(int period) {
        return switch (period) {
            case 0 -> "0 0 0 1 1 ?";
            case 1 -> "* * * * * ?";
            case 60 -> "0 * * * * ?";
            default -> "0/" + period + " * * * * ?";
        };
    }
}
