package dev.belfry.agent.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.JobAlerts;
import dev.belfry.core.overdue.OverdueEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlertsTest {

    /** Takes events in, once it is let. */
    private static final class Slow implements AlertListener {
        final BlockingQueue<OverdueEvent> told = new LinkedBlockingQueue<>();
        final CountDownLatch let = new CountDownLatch(1);
        final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void overdue(OverdueEvent event) throws InterruptedException {
            let.await();
            told.add(event);
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void slowListenerHoldsUpNeitherTheCallerNorTheOthers() throws Exception {
        Slow slow = new Slow();
        BlockingQueue<OverdueEvent> prompt = new LinkedBlockingQueue<>();
        try (Alerts alerts = new Alerts("a", List.of(slow, prompt::add))) {
            for (int i = 0; i < Alerts.WAITING + 50; i++) {
                alerts.raise(Events.of(i));
                assertThat(prompt.poll(5, TimeUnit.SECONDS)).isEqualTo(Events.of(i));
            }
            assertThat(alerts.fires()).isEqualTo(Alerts.WAITING + 50);
            slow.let.countDown();
            for (int i = 0; i < Alerts.WAITING; i++) {
                assertThat(slow.told.poll(5, TimeUnit.SECONDS)).isEqualTo(Events.of(i));
            }
        }
    }

    @Test
    void listenerThatThrowsIsToldOfTheNextEvent() throws Exception {
        BlockingQueue<OverdueEvent> told = new LinkedBlockingQueue<>();
        AlertListener throwing = event -> {
            told.add(event);
            throw new IllegalStateException("no");
        };
        try (Alerts alerts = new Alerts("a", List.of(throwing))) {
            alerts.raise(Events.of(0));
            alerts.raise(Events.of(1));
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(Events.of(0));
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(Events.of(1));
        }
    }

    @Test
    void silencedJobIsCountedAndNobodyIsTold() throws Exception {
        BlockingQueue<OverdueEvent> told = new LinkedBlockingQueue<>();
        Instant found = Events.of(0).at();
        try (Alerts alerts = new Alerts("a", List.of(told::add))) {
            alerts.raise(Events.of(0, JobAlerts.USUAL.silentUntil(Instant.MAX)));
            alerts.raise(Events.of(0, JobAlerts.USUAL.silentUntil(found.plusMillis(1))));
            OverdueEvent over = Events.of(0, JobAlerts.USUAL.silentUntil(found));
            alerts.raise(over);
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(over);
            assertThat(alerts.fires()).isEqualTo(3);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void whatWaitsIsPassedOnBeforeTheListenerIsClosed() throws Exception {
        Slow listener = new Slow();
        Alerts alerts = new Alerts("a", List.of(listener));
        alerts.raise(Events.of(0));
        alerts.raise(Events.of(1));
        listener.let.countDown();
        alerts.close(Duration.ofSeconds(5));
        assertThat(listener.told).containsExactly(Events.of(0), Events.of(1));
        assertThat(listener.closed.await(5, TimeUnit.SECONDS)).isTrue();
        alerts.raise(Events.of(2));
        assertThat(listener.told).hasSize(2);
    }

    @Test
    void listenerThatHangsDoesNotHoldUpTheClose() throws Exception {
        Slow listener = new Slow();
        Alerts alerts = new Alerts("a", List.of(listener));
        alerts.raise(Events.of(0));
        alerts.close(Duration.ofMillis(50));
        assertThat(listener.closed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(listener.told).isEmpty();
    }
}
