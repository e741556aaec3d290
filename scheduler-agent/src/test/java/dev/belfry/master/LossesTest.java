package dev.belfry.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Change;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.ProofOfLife;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LossesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration TIMEOUT = Duration.ofSeconds(6);
    private static final ShardKey SHARD = new ShardKey("work~1", 1, 0);
    private static final Incarnation LEAVER = Incarnation.of("a1", 7);
    private static final Change GRANT = new Change.Grant(SHARD, Incarnation.of("a1", 8));

    private final Restarts restarts = new Restarts();

    private Optional<Instant> doubt(Generation since, Optional<Instant> before) {
        ProofOfLife life = new ProofOfLife();
        life.registered(LEAVER.name(), TIMEOUT);
        life.gone(LEAVER.name(), 0);
        Losses losses = new Losses(
                NOW,
                Duration.ofSeconds(20).toNanos(),
                name -> false,
                Set.of(),
                (owner, shard, tenancy) -> restarts.hasLetGo(owner, tenancy),
                life,
                TIMEOUT,
                shard -> OptionalLong.empty());
        return losses.doubt(GRANT, Optional.of(new Tenancy(LEAVER, since, new Successor.Unplanned(), before)));
    }

    @Test
    void whoeverOnlyAnnouncedItsRestartMayHaveRunWhatIsNotRecorded() {
        restarts.heard(LEAVER, NOW.minusSeconds(25), 0);
        assertThat(doubt(new Generation(5), Optional.empty())).isPresent();
    }

    @Test
    void whoeverSaidThatAllIsRecordedLeavesNoDoubt() {
        restarts.heard(LEAVER, NOW.minusSeconds(25), 0);
        restarts.heard(LEAVER, NOW.minusSeconds(24), 5);
        restarts.heard(LEAVER, NOW.minusSeconds(23), 0);
        assertThat(doubt(new Generation(5), Optional.empty())).isEmpty();
    }

    @Test
    void whatItWasGivenAfterItHadSaidSoIsInDoubt() {
        restarts.heard(LEAVER, NOW.minusSeconds(24), 5);
        Instant before = NOW.plusSeconds(3);
        assertThat(doubt(new Generation(6), Optional.of(before))).contains(before);
    }
}
