package dev.belfry.core.version;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobRecordTest {
    private static final Author NOBODY = new Author(Origin.OPERATOR, "test", "");

    private static Instant at(long seconds) {
        return Instant.ofEpochSecond(seconds);
    }

    private static JobVersion version(int number, long from) {
        JobDefinition definition =
                Job.named("work").every(Duration.ofSeconds(1)).shards(number).build();
        return new JobVersion(number, at(from), at(from), number, definition, false, NOBODY);
    }

    private static JobRecord job(JobVersion... versions) {
        return new JobRecord("work", "work~1", List.of(versions), List.of(), Optional.empty());
    }

    private static List<Integer> unsettled(JobRecord job, long now) {
        return job.unsettled(at(now)).stream().map(JobVersion::layout).toList();
    }

    @Test
    void layoutEndsWhereTheNextOneComesIntoForce() {
        JobRecord job = job(version(1, 0), version(2, 100), version(3, 200));
        assertThat(job.endOfLayout(1)).contains(at(100));
        assertThat(job.endOfLayout(2)).contains(at(200));
        assertThat(job.endOfLayout(3)).isEmpty();
        assertThat(unsettled(job, 99)).isEmpty();
        assertThat(unsettled(job, 100)).containsExactly(1);
    }

    @Test
    void layoutEndsWithItsJobIfThatComesFirst() {
        JobRecord job = job(version(1, 0), version(2, 100)).deletedAt(at(50));
        assertThat(job.endOfLayout(1)).contains(at(50));
        assertThat(job.endOfLayout(2)).contains(at(50));
        assertThat(unsettled(job, 49)).isEmpty();
        assertThat(unsettled(job, 50)).as("the older one first").containsExactly(1, 2);
        assertThat(job.withSettled(1).closed()).isFalse();
        assertThat(job.withSettled(2).closed()).isTrue();
    }

    @Test
    void deletionThatComesLaterEndsOnlyTheLayoutThatIsThenInForce() {
        JobRecord job = job(version(1, 0), version(2, 100)).deletedAt(at(150));
        assertThat(job.endOfLayout(1)).contains(at(100));
        assertThat(job.endOfLayout(2)).contains(at(150));
    }
}
