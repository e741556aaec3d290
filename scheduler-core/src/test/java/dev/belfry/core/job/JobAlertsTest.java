package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobAlertsTest {
    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    private static JobAlerts alerts(String section) {
        String file = "apiVersion: belfry/v1\njobs:\n  - name: a\n    trigger: {every: 1h}\n" + section;
        return Definitions.parse("a.yaml", file).jobsOrThrow().get(0).alerts();
    }

    @Test
    void jobThatSaysNothingIsToldOfAsTheAgentsSay() {
        assertThat(alerts("")).isEqualTo(JobAlerts.USUAL).isEqualTo(alerts("    alerts: {silence: false}\n"));
        assertThat(JobAlerts.USUAL.silent(Instant.MIN)).isFalse();
        assertThat(JobAlerts.USUAL.silent(NOON)).isFalse();
    }

    @Test
    void silenceHoldsForEverOrUntilItsInstant() {
        assertThat(alerts("    alerts: {silence: true}\n").silent(Instant.parse("2099-01-01T00:00:00Z")))
                .isTrue();
        JobAlerts until = alerts("    alerts: {silence: 2026-12-01T13:00:00+01:00}\n");
        assertThat(until.silent(NOON.minusMillis(1))).isTrue();
        assertThat(until.silent(NOON)).isFalse();
    }

    @Test
    void jobDeclaredInCodeNamesTheSameReceivers() {
        JobAlerts code = JobAlerts.USUAL
                .withWebhook(URI.create("https://hooks.example.com/team"))
                .withMail(List.of("night@example.com"));
        assertThat(alerts("    alerts: {webhook: \"https://hooks.example.com/team\", mail: night@example.com}\n"))
                .isEqualTo(code);
        assertThat(Job.named("a").manual().alerts(code).build().alerts()).isEqualTo(code);
    }
}
