package dev.belfry.console.query;

import static dev.belfry.console.query.ClusterScene.index;
import static dev.belfry.console.query.ClusterScene.minutely;

import dev.belfry.core.assign.Wait;
import dev.belfry.core.command.Command.Kind;
import dev.belfry.core.job.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What keeps a shard from having an owner, or a job from being due, each brought about by running the product. */
final class Waits {
    private Waits() {}

    /** By kind, why a shard has no owner. */
    static Map<Wait, Supplier<ClusterScene>> ofShards() {
        Map<Wait, Supplier<ClusterScene>> scenes = new EnumMap<>(Wait.class);
        scenes.put(
                Wait.NO_AGENT,
                () -> ClusterScene.of("a").apply(index()).kill("a").after(20));
        scenes.put(
                Wait.REFUSED,
                () -> ClusterScene.of("a").command(Kind.DRAIN, "a").apply(index()));
        scenes.put(
                Wait.GROUP,
                () -> ClusterScene.of("a")
                        .apply(minutely("other").exclusive("g"))
                        .apply(index().exclusive("g")));
        scenes.put(Wait.SPREAD, Waits::fullSpread);
        scenes.put(
                Wait.ROOM,
                () -> ClusterScene.of("a", "b")
                        .apply(minutely("other").shards(2).exclusive("g"))
                        .runsLong()
                        .apply(index().exclusive("g")));
        scenes.put(
                Wait.LAYOUT,
                () -> ClusterScene.of("a").apply(index()).runsLong().apply(index().shards(2)));
        scenes.put(Wait.REJOIN, () -> returning("a", "b").restartOwner().after(8));
        scenes.put(Wait.LOST_ROWS, Waits::lostRows);
        return scenes;
    }

    /** A move that waits for an attempt holds two places; when another owner is lost, no third is left. */
    private static ClusterScene fullSpread() {
        ClusterScene scene = ClusterScene.of("a", "b", "c")
                .apply(index().shards(2).spread("agent"))
                .runsLong();
        String first = owner(scene, 0);
        String second = owner(scene, 1);
        return scene.command(Kind.DRAIN, first)
                .command(Kind.UNDRAIN, first)
                .kill(second)
                .after(12);
    }

    private static String owner(ClusterScene scene, int shard) {
        return scene.cluster.rows().entrySet().stream()
                .filter(row -> row.getKey().shard() == shard)
                .map(row -> row.getValue().owner().agentId())
                .findFirst()
                .orElseThrow();
    }

    private static ClusterScene returning(String... agents) {
        return ClusterScene.of(agents)
                .apply(index().rejoinGrace(Duration.ofMinutes(3)))
                .after(60);
    }

    private static ClusterScene lostRows() {
        ClusterScene scene =
                ClusterScene.of("a", "b", "c").apply(index()).after(60).loseRows();
        scene.cluster.runUntil(
                Duration.ofMinutes(1), () -> !scene.snapshot().emptied().isEmpty());
        return scene;
    }

    /** What else keeps a fire waiting, or a job from being due. */
    static Map<String, Supplier<ClusterScene>> others() {
        Map<String, Supplier<ClusterScene>> scenes = new LinkedHashMap<>();
        scenes.put("paused", () -> owned().command(Kind.PAUSE, "index").after(10));
        scenes.put("not enabled", () -> owned().apply(index().enabled(false)).after(10));
        scenes.put("deleted", () -> owned().command(Kind.DELETE, "index").after(10));
        scenes.put(
                "without a schedule",
                () -> ClusterScene.of("a")
                        .apply(Job.named("index").handler("work").manual()));
        scenes.put("a version to come", () -> {
            ClusterScene scene = owned();
            scene.cluster.operator().command(Kind.PAUSE, "index");
            return scene.after(1);
        });
        scenes.put(
                "a fixed delay after a fire that runs",
                () -> ClusterScene.of("a")
                        .attemptsLast()
                        .apply(Job.named("index").handler("work").delay(Duration.ofMinutes(7))));
        scenes.put(
                "an owner that is not heard of",
                () -> owned("a", "b", "c", "d").killOwner().after(5));
        scenes.put(
                "an owner that is gone",
                () -> owned("a", "b", "c").killMaster().killOwner().after(7));
        scenes.put(
                "a hand-over that waits for an attempt",
                () -> owned("a", "b").runsLong().drainOwner());
        scenes.put(
                "an agent that is to restart, and waits for an attempt",
                () -> returning("a", "b").runsLong().restartOwner());
        scenes.put(
                "two shards of three wait for an agent that is to restart",
                () -> ClusterScene.of("a", "b")
                        .apply(index().rejoinGrace(Duration.ofMinutes(3)).shards(3))
                        .runsLong()
                        .restartOwner());
        scenes.put(
                "an agent that does not come back within the grace",
                () -> returning("a", "b").killOthers().restartOwner().after(200));
        return scenes;
    }

    /** What is said of fires that were late, once they are over. */
    static Map<String, Supplier<ClusterScene>> ofThePast() {
        Map<String, Supplier<ClusterScene>> scenes = new LinkedHashMap<>();
        scenes.put("a fire due after its owner was lost", () -> {
            ClusterScene scene = owned("a", "b", "c").untilNextFire(1).killOwner();
            Instant fire = scene.cluster.now().plusSeconds(1);
            return scene.after(40).asked(fire);
        });
        scenes.put("a fire due in a hand-over", () -> {
            ClusterScene scene =
                    owned("a", "b").attemptsLast(70).untilNextFire(-1).drainOwner();
            Instant fire = scene.cluster.now().plusSeconds(57);
            return scene.after(90).asked(fire);
        });
        return scenes;
    }

    private static ClusterScene owned(String... agents) {
        return ClusterScene.of(agents.length == 0 ? new String[] {"a"} : agents)
                .apply(index())
                .after(60);
    }
}
