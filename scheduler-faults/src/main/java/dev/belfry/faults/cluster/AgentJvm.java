package dev.belfry.faults.cluster;

import dev.belfry.faults.machine.Child;
import dev.belfry.faults.machine.Place;
import dev.belfry.faults.machine.Shims;
import dev.belfry.faults.witness.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One agent: a place and an id, and the process that is there at the time. Not thread-safe. */
public final class AgentJvm {
    private final Place place;
    private final Surroundings surroundings;
    private final List<String> manner;
    private Child child;
    private Life life;
    private int lives;

    /**
     * What all agents of a cluster share.
     *
     * @param witnesses is told of each new process
     */
    record Surroundings(
            String zookeeper,
            String namespace,
            Duration session,
            Path directory,
            Shims shims,
            Consumer<Life> witnesses) {}

    /** @param manner what the process is told beside; none for one of the witnesses that are all alike */
    AgentJvm(Place place, Surroundings surroundings, List<String> manner) throws IOException {
        this.place = place;
        this.manner = List.copyOf(manner);
        this.surroundings = surroundings;
        this.life = newLife();
        this.child = launch();
    }

    private Life newLife() {
        lives++;
        return new Life(id(), surroundings.directory().resolve(id() + "-" + lives + ".evidence"));
    }

    private Child launch() throws IOException {
        Files.createDirectories(surroundings.directory());
        surroundings.witnesses().accept(life);
        stepClock(Duration.ZERO);
        List<String> arguments = new ArrayList<>(List.of(
                manner.isEmpty() ? "agent" : "tick",
                surroundings.zookeeper(),
                surroundings.namespace(),
                id(),
                Long.toString(surroundings.session().toMillis()),
                life.file().toString()));
        arguments.addAll(manner);
        return Child.start(
                place,
                Tethered.class.getName(),
                new Child.Order(
                        surroundings.directory().resolve(id() + "-" + lives + ".log"),
                        List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                        surroundings.shims().wallClock(clock()),
                        arguments));
    }

    private Path clock() {
        return surroundings.directory().resolve(id() + ".clock");
    }

    /** Its wall clock is off by so much from now on. */
    public void stepClock(Duration by) throws IOException {
        Path written = surroundings.directory().resolve(id() + ".clock.next");
        Files.writeString(written, Long.toString(by.toMillis()));
        Files.move(written, clock(), StandardCopyOption.ATOMIC_MOVE);
    }

    public String id() {
        return place.name();
    }

    public Place place() {
        return place;
    }

    public Life life() {
        return life;
    }

    public Child process() {
        return child;
    }

    /** Ends the process as a crash would. */
    public void kill() {
        child.kill();
        life.ended(System.nanoTime());
    }

    /** Asks it to hand over and to end. */
    public void askToStop() {
        child.askToStop();
    }

    /** Whether it has ended in good order; if not, it is killed. */
    public boolean stopped(Duration patience) {
        boolean inTime = child.ended(patience);
        kill();
        return inTime;
    }

    /** A new process of the same id, where the one before has ended. */
    public void restart() throws IOException {
        kill();
        life = newLife();
        child = launch();
    }

    @Override
    public String toString() {
        return id();
    }
}
