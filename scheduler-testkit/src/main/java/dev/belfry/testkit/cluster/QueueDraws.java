package dev.belfry.testkit.cluster;

import dev.belfry.agent.submit.Pressure;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Queued jobs, and what is submitted of them and done meanwhile: in a third of the seeds. */
final class QueueDraws {
    /** So many of an agent's hundred that queued tasks contend for them. */
    private static final int[] SLOTS = {1, 20, 40, 100};

    private static final List<Command.Kind> ORDERS =
            List.of(Command.Kind.PAUSE, Command.Kind.RESUME, Command.Kind.TRIGGER, Command.Kind.DELETE);

    private final SplittableRandom random;
    /** Draws what came later, so that a seed stays what it is. */
    private final SplittableRandom more;

    private QueueDraws(SplittableRandom random, SplittableRandom more) {
        this.random = random;
        this.more = more;
    }

    /** Adds the queue's part of a seed, if it has any, to what it is otherwise. */
    static void add(
            long seed, Duration peace, Duration trouble, List<JobDefinition> jobs, List<Scenario.Timed> faults) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x9e0e_5eed_9e0eL);
        if (random.nextInt(3) == 0) {
            new QueueDraws(random, new SplittableRandom(seed ^ 0xbac_5eed_bacL)).add(peace, trouble, jobs, faults);
        }
    }

    private void add(Duration peace, Duration trouble, List<JobDefinition> jobs, List<Scenario.Timed> faults) {
        List<JobDefinition> queued = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            queued.add(job("queued" + i));
        }
        jobs.addAll(queued);
        int bursts = 2 + random.nextInt(4);
        int troubles = random.nextInt(4);
        for (int i = 0; i < bursts + troubles; i++) {
            long at = peace.toMillis() + random.nextLong(trouble.toMillis());
            JobDefinition job = queued.get(random.nextInt(count));
            Fault fault = i < bursts ? burst(job.name()) : trouble(job);
            faults.add(new Scenario.Timed(Duration.ofMillis(at), fault));
        }
    }

    private JobDefinition job(String name) {
        Job job = Job.named(name)
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .shards(1 + random.nextInt(3))
                .slots(SLOTS[random.nextInt(SLOTS.length)])
                .recovery(random.nextInt(3) == 0 ? Recovery.SKIP : Recovery.RERUN)
                .priority(random.nextInt(10));
        if (random.nextBoolean()) {
            int lost = random.nextInt(3) == 0 ? random.nextInt(3) : 10;
            job.retry(new Retry(3, Duration.ofMillis(200), 2.0, Duration.ofSeconds(2), 0.2, List.of(), lost));
        }
        if (random.nextBoolean()) {
            Duration grace = Duration.ofMillis(500);
            job.timeouts(new Timeouts(
                    limit(500, 8_000), limit(8_000, 30_000), null, limit(1_000, 30_000), TimeoutAction.CANCEL, grace));
        }
        if (job.build().recovery() == Recovery.RERUN && more.nextBoolean()) {
            job.backupAfter(
                    more.nextInt(4) == 0
                            ? new BackupAfter.Share(50 + more.nextInt(50))
                            : new BackupAfter.Fixed(Duration.ofMillis(more.nextLong(200, 4_000))));
        }
        return job.build();
    }

    private @Nullable Duration limit(int from, int to) {
        return random.nextBoolean() ? null : Duration.ofMillis(random.nextLong(from, to));
    }

    private String submitter() {
        return "client" + random.nextInt(2);
    }

    private Submitting.Burst burst(String job) {
        List<SubmitOptions> wishes = new ArrayList<>();
        int runs = 1 + random.nextInt(6);
        for (int i = 0; i < runs; i++) {
            SubmitOptions wish = SubmitOptions.usual().by("ada");
            if (random.nextInt(3) == 0) {
                wish = wish.key("key" + random.nextInt(4));
            }
            if (random.nextInt(4) == 0) {
                wish = wish.delay(Duration.ofMillis(random.nextLong(100, 15_000)));
            }
            if (random.nextInt(4) == 0) {
                wish = wish.priority(random.nextInt(10));
            }
            if (random.nextInt(8) == 0) {
                wish = wish.whenFull(Pressure.REFUSE);
            }
            wishes.add(wish);
        }
        return new Submitting.Burst(submitter(), job, wishes);
    }

    private Fault trouble(JobDefinition job) {
        Fault.Blow[] blows = Fault.Blow.values();
        return switch (random.nextInt(5)) {
            case 0, 1 ->
                new Submitting.Trouble(
                        submitter(),
                        blows[random.nextInt(blows.length)],
                        Duration.ofMillis(random.nextLong(100, 12_000)));
            case 2, 3 -> new Submitting.Cancel(random.nextInt(1 << 20));
            default -> new Fault.Order(ORDERS.get(random.nextInt(ORDERS.size())), job.name());
        };
    }
}
