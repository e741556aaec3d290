package dev.belfry.testkit.client;

import static dev.belfry.testkit.client.ClientApplyTest.assertMet;
import static dev.belfry.testkit.client.ClientApplyTest.lose;
import static dev.belfry.testkit.client.ClientScene.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.command.Command;
import dev.belfry.core.command.Command.Kind;
import dev.belfry.core.record.Paths;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCommandTest {
    private static final Command.Result DONE = new Command.Result(true, "done", Instant.EPOCH, "run-1");

    private final ClientScene scene = new ClientScene(5);

    private static Command trigger(String id, String job) {
        return new Command(id, Kind.TRIGGER, job, Map.of("day", "1"), "anna", "", Optional.empty());
    }

    @Test
    void commandIsDurableAndItsResultIsAwaited() {
        CompletableFuture<Command> answer = scene.client.send(trigger("k1", "index"), PATIENCE);
        scene.other.consume("k1", DONE);
        assertThat(scene.answer(answer).result()).contains(DONE);
    }

    @Test
    void commandWithoutAMasterStaysDurableAndTheAnswerHasNoResult() {
        Command answer = scene.answer(scene.client.send(trigger("k1", "index"), Duration.ofSeconds(3)));
        assertThat(answer.result()).isEmpty();
        assertThat(scene.other.children(Paths.COMMANDS)).isEqualTo(1);
    }

    @Test
    void sameKeyAgainIsTheSameCommandAndHasTheSameResult() {
        CompletableFuture<Command> first = scene.client.send(trigger("k1", "index"), PATIENCE);
        scene.other.consume("k1", DONE);
        scene.answer(first);
        assertThat(scene.answer(scene.client.send(trigger("k1", "index"), PATIENCE))
                        .result())
                .contains(DONE);
        assertThat(scene.other.children(Paths.COMMANDS)).isEqualTo(1);
    }

    @Test
    void keyOfAnotherCommandIsRefused() {
        scene.answer(scene.client.send(trigger("k1", "index"), Duration.ofSeconds(1)));
        assertThatThrownBy(() -> scene.answer(scene.client.send(trigger("k1", "other"), PATIENCE)))
                .hasMessageContaining("choose another key");
        assertThatThrownBy(() -> scene.answer(scene.client.send(trigger("a/b", "other"), PATIENCE)))
                .hasMessageContaining("not a key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"command-create", "command-read", "command-settle", "command-sync"})
    void requestOrReplyLostLeavesExactlyOneCommand(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            ClientScene fresh = new ClientScene(31);
            fresh.answer(fresh.client.connected(PATIENCE));
            if (site.equals("command-settle")) {
                fresh.ensemble.faults().loseReply("command-create");
            } else if (site.equals("command-sync")) {
                fresh.answer(fresh.client.send(trigger("k1", "index"), Duration.ofSeconds(1)));
            }
            lose(fresh, site, afterCommit);
            CompletableFuture<Command> answer = fresh.client.send(trigger("k1", "index"), PATIENCE);
            fresh.other.consume("k1", DONE);
            assertThat(fresh.answer(answer).result())
                    .as(site + " " + afterCommit)
                    .contains(DONE);
            assertThat(fresh.other.children(Paths.COMMANDS)).isEqualTo(1);
            assertMet(fresh, site, afterCommit);
        }
    }
}
