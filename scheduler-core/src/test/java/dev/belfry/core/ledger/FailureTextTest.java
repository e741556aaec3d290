package dev.belfry.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.run.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    @Test
    void whateverIsSaidBecomesOneLineWithoutControlCharacters() {
        assertThat(FailureText.of("a\r\nb\tc\033[31m\0\ud800 d\n\n")).isEqualTo("a | b c [31m d");
        assertThat(FailureText.tail("\n one\n two \n", 100)).isEqualTo("one | two");
    }

    @Test
    void noTextExceedsItsBoundAndNoneIsCutThatFits() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(1_500);
            String[] letters = {"a", "\"", "ü", "€", "\ud83d\ude00", " ", "\n"};
            while (text.length() < length) {
                text.append(letters[random.nextInt(letters.length)]);
            }
            String full = FailureText.of(text.toString());
            String brief = FailureText.brief(full);
            String tail = FailureText.tail(text.toString(), 300);
            assertThat(bytes(full)).as("seed %d", seed).isLessThanOrEqualTo(FailureText.MOST_BYTES);
            assertThat(bytes(brief)).as("seed %d", seed).isLessThanOrEqualTo(FailureText.BRIEF_BYTES);
            assertThat(bytes(tail)).as("seed %d", seed).isLessThanOrEqualTo(300);
            assertThat(FailureText.utf8(full)).as("seed %d", seed).isEqualTo(bytes(full));
            if (!full.endsWith("...")) {
                assertThat(full).as("seed %d", seed).endsWith(tail.replaceFirst("^\\.\\.\\.", ""));
                assertThat(brief.equals(full)).as("seed %d", seed).isEqualTo(bytes(full) <= FailureText.BRIEF_BYTES);
            }
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    void aLedgerThatIsFullOfFailuresKeepsItsBound() {
        Instant noon = Instant.parse("2026-11-02T12:00:00Z");
        String reason = FailureText.of("\"".repeat(5_000));
        Mark.Final failed = new Mark.Final(Outcome.FAILED, FailureText.brief(reason));
        List<Span> above = new ArrayList<>();
        List<RequestedRun> requested = new ArrayList<>();
        List<RecentOutcome> recent = new ArrayList<>();
        String writer = "w".repeat(100);
        for (int i = 0; i < 64; i++) {
            above.add(Span.of(noon.plusSeconds(i), failed));
            requested.add(new RequestedRun("r".repeat(80) + i, noon, failed));
        }
        for (int i = 0; i < LedgerRecord.MAX_RECENT; i++) {
            recent.add(new RecentOutcome(noon, 1, "", Outcome.FAILED, reason, 1, noon, noon, writer));
        }
        LedgerRecord full =
                new LedgerRecord(writer, 1, 1, noon, above, requested, recent, Optional.empty(), Optional.empty());
        assertThat(LedgerCodec.encode(full)).hasSizeLessThan(64_000);
    }
}
