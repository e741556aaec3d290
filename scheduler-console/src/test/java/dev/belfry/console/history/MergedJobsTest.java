package dev.belfry.console.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.history.MergedJobs.UnseenEnd;
import dev.belfry.core.job.Job;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergedJobsTest {
    private static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");

    private static JobRecord job(String uid, Optional<Instant> deletedAt) {
        JobVersion version = new JobVersion(
                1,
                NOON,
                NOON,
                1,
                Job.named("index").cron("0 0 * * * ?").build(),
                false,
                new Author(Author.Origin.OPERATOR, "anna", ""));
        return new JobRecord("index", uid, List.of(version), List.of(), deletedAt);
    }

    @Test
    void recordThatSomebodyRemovedIsAltered() {
        MergedJobs merged =
                MergedJobs.of(List.of(), List.of(job("index~1", Optional.empty())), job -> Optional.empty());
        assertThat(merged.altered()).singleElement().asString().contains("its record was removed");
        assertThat(merged.notExported()).isEmpty();
        assertThat(merged.jobs().get(0).deleted()).isFalse();
    }

    @Test
    void deletionThatNobodySawIsNotExportedAndEndsTheJobAfterWhatIsRecorded() {
        Instant end = NOON.plusSeconds(7_200);
        MergedJobs merged = MergedJobs.of(
                List.of(job("index~2", Optional.empty())),
                List.of(job("index~1", Optional.empty())),
                job -> Optional.of(new UnseenEnd(end, job.uid() + " was not seen")));
        assertThat(merged.altered()).isEmpty();
        assertThat(merged.notExported()).containsExactly("index~1 was not seen");
        JobRecord head = merged.jobs().get(0);
        assertThat(head.uid()).isEqualTo("index~2");
        assertThat(head.former()).singleElement().satisfies(former -> {
            assertThat(former.deletedAt()).contains(end);
            assertThat(former.closed()).isTrue();
        });
    }

    @Test
    void jobOfWhichZooKeeperOrTheHistoryKnowsTheEndIsNotAskedAbout() {
        MergedJobs merged = MergedJobs.of(
                List.of(job("index~2", Optional.empty())),
                List.of(job("index~1", Optional.of(NOON.plusSeconds(1))), job("index~2", Optional.empty())),
                job -> {
                    throw new AssertionError("asked about " + job.uid());
                });
        assertThat(merged.altered()).isEmpty();
        assertThat(merged.notExported()).isEmpty();
    }
}
