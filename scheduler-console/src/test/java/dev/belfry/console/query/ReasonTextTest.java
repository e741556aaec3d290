package dev.belfry.console.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every reason that Belfry can record has a text that explains it. */
class ReasonTextTest {
    private static final Path REASONS = Path.of("../scheduler-core/src/main/java/dev/belfry/core/ledger/Reasons.java");
    private static final Path QUEUE_REASONS =
            Path.of("../scheduler-core/src/main/java/dev/belfry/core/queue/QueueReasons.java");
    private static final Pattern CONSTANT = Pattern.compile("public static final String [A-Z_]+ =\\s+\"([^\"]+)\";");

    @Test
    void everyReasonThatIsDeclaredHasAMeaningOfItsOwn() throws IOException {
        List<String> declared = CONSTANT.matcher(Files.readString(REASONS) + Files.readString(QUEUE_REASONS))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        assertThat(declared).hasSizeGreaterThan(20);
        assertThat(ReasonText.all().keySet()).containsExactlyInAnyOrderElementsOf(declared);
        assertThat(ReasonText.all().values()).doesNotHaveDuplicates().noneMatch(declared::contains);
    }

    @Test
    void whatCodeSaidThatWasToldToStopFollowsTheMeaning() {
        assertThat(ReasonText.of("operator: exit code 143 of c: half way"))
                .isEqualTo("an operator asked for it: exit code 143 of c: half way");
    }

    @Test
    void textOfUserCodesOwnStaysAsItIs() {
        assertThat(ReasonText.of("IOException: no route")).isEqualTo("IOException: no route");
    }
}
