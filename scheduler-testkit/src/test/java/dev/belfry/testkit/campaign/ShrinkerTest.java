package dev.belfry.testkit.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.testkit.cluster.Fault;
import dev.belfry.testkit.cluster.Scenario;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    private static final Verdict BROKEN = new Verdict("I1", "I1: twice");
    private static final Verdict OTHER = new Verdict("I2", "I2: never");

    /** One with enough of everything. */
    private static final Scenario WHOLE = bigOne();

    private static Scenario bigOne() {
        for (long seed = 1; ; seed++) {
            Scenario scenario = Scenario.of(seed);
            if (scenario.faults().size() >= 8 && scenario.jobs().size() >= 3 && scenario.agents() >= 4) {
                return scenario;
            }
        }
    }

    private static Optional<Verdict> ifBoth(Scenario scenario, Fault one, Fault other) {
        List<Fault> faults =
                scenario.faults().stream().map(Scenario.Timed::fault).toList();
        return faults.contains(one) && faults.contains(other) ? Optional.of(BROKEN) : Optional.empty();
    }

    @Test
    void leavesExactlyWhatItTakesToBreak() {
        Fault one = WHOLE.faults().get(1).fault();
        Fault other = WHOLE.faults().get(6).fault();
        Shrinker shrinker = new Shrinker(
                WHOLE,
                "I1",
                scenario -> scenario.agents() >= 2
                                && scenario.jobs().contains(WHOLE.jobs().get(2))
                        ? ifBoth(scenario, one, other)
                        : Optional.empty());
        Excerpt part = shrinker.shrink();
        assertThat(part).isEqualTo(new Excerpt(2, List.of(2), List.of(1, 6)));
        assertThat(part).hasToString("agents=2/jobs=2/faults=1,6");
        assertThat(shrinker.trials()).isLessThan(100);
    }

    @Test
    void anotherInvariantThatBreaksOnTheWayDoesNotCount() {
        Fault one = WHOLE.faults().get(0).fault();
        Shrinker shrinker = new Shrinker(
                WHOLE,
                "I1",
                scenario -> scenario.faults().size() > 3 ? ifBoth(scenario, one, one) : Optional.of(OTHER));
        assertThat(shrinker.shrink().faults()).hasSize(4).contains(0);
    }

    @Test
    void wholeIsLeftIfItDoesNotBreakAgain() {
        Shrinker shrinker = new Shrinker(WHOLE, "I1", scenario -> Optional.empty());
        assertThat(shrinker.shrink()).isEqualTo(Excerpt.whole(WHOLE));
    }

    @Test
    void excerptIsReadAsItIsWritten() {
        Excerpt part = new Excerpt(3, List.of(0, 2), List.of());
        assertThat(Excerpt.parse(part.toString())).isEqualTo(part);
        assertThat(Excerpt.whole(WHOLE).of(WHOLE)).isEqualTo(WHOLE);
    }

    @Test
    void excerptThatIsNoneSaysHowOneLooks() {
        for (String text : List.of("", "agents=2", "agents=x/jobs=/faults=", "agents=1/faults=/jobs=")) {
            assertThatThrownBy(() -> Excerpt.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("agents=3/jobs=0,2/faults=1,4,5");
        }
        assertThatThrownBy(() -> Excerpt.parse("agents=1/jobs=99/faults=").of(WHOLE))
                .hasMessageContaining("nothing at place 99");
    }
}
