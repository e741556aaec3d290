package dev.belfry.examples.fenced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.Agent;
import dev.belfry.agent.fence.StaleWriterException;
import dev.belfry.core.job.Job;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FencedWriterTest {

    @Test
    void exampleShowsThatTheStaleWriterIsRefused() throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            FencedWriter.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("the successor has written 250", "token 7340033 is stale", "the balance is 250");
    }

    @Test
    void attemptOfARealAgentIsRefusedOnceItsSuccessorHasWritten(@TempDir Path directory) throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:real;DB_CLOSE_DELAY=-1");
        FencedWriter writer = new FencedWriter(database);
        AtomicLong first = new AtomicLong();
        CountDownLatch twice = new CountDownLatch(2);
        try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start(directory);
                Agent agent = Agent.builder()
                        .zookeeper(zookeeper.connectString())
                        .handler("settle", context -> {
                            first.compareAndSet(0, context.fencingToken());
                            writer.run(context);
                            twice.countDown();
                        })
                        .job(Job.named("settle").every(Duration.ofSeconds(1)))
                        .start()) {
            assertThat(twice.await(60, TimeUnit.SECONDS)).as(agent.id()).isTrue();
        }
        assertThatThrownBy(() -> writer.settle(0, first.get(), 1)).isInstanceOf(StaleWriterException.class);
        assertThat(writer.balance(0)).isZero();
    }
}
