package dev.belfry.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.LogLines;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.assign.Wait;
import dev.belfry.core.ownership.ShardKey;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Shards without an owner are told once, however many jobs they are of. */
class UnplacedLogTest {

    @Test
    void thousandsOfJobsThatLackAnOwnerForOneReasonAreOneLine() {
        List<Unplaced> thousands =
                IntStream.range(0, 3_000).mapToObj(i -> unplaced("job" + i)).toList();
        try (LogLines log = new LogLines("dev.belfry.master")) {
            UnplacedLog unplaced = new UnplacedLog();
            unplaced.report(thousands, uid -> uid);
            unplaced.report(thousands, uid -> uid);
            assertThat(log.lines())
                    .containsExactly(
                            "WARN shards without an owner: of 3000 jobs, such as job0, job1, job2; 1 agent drains");
        }
    }

    @Test
    void fewJobsAreNamedEachWithItsShard() {
        try (LogLines log = new LogLines("dev.belfry.master")) {
            new UnplacedLog().report(List.of(unplaced("a"), unplaced("b")), uid -> "the " + uid);
            assertThat(log.lines())
                    .containsExactly(
                            "WARN shard without an owner: job=the a shard=0; 1 agent drains",
                            "WARN shard without an owner: job=the b shard=0; 1 agent drains");
        }
    }

    private static Unplaced unplaced(String job) {
        return Unplaced.because(new ShardKey(job, 1, 0), Wait.REFUSED, "1 agent drains");
    }
}
