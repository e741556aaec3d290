package dev.belfry.examples.search.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attempt that may end, or let something else happen, at its n-th step. */
final class ScriptedAttempt implements Attempt {
    /** Thrown where a killed process would have stopped. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final long token;
    private final List<Runnable> interruptions = new ArrayList<>();
    private final List<Integer> steps = new ArrayList<>();
    private byte @Nullable [] checkpoint;
    private int step;
    private int checkpoints;

    ScriptedAttempt(long token) {
        this.token = token;
    }

    ScriptedAttempt killedAt(int atStep) {
        return interruptedAt(atStep, () -> {
            throw new Killed();
        });
    }

    ScriptedAttempt interruptedAt(int atStep, Runnable interruption) {
        steps.add(atStep);
        interruptions.add(interruption);
        return this;
    }

    ScriptedAttempt from(Optional<byte[]> earlier) {
        checkpoint = earlier.orElse(null);
        return this;
    }

    int checkpoints() {
        return checkpoints;
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public void proceed() {
        step++;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) == step) {
                interruptions.get(i).run();
            }
        }
    }

    @Override
    public Optional<byte[]> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    @Override
    public void checkpoint(byte[] data) {
        checkpoint = data.clone();
        checkpoints++;
    }

    @Override
    public void progress(double fraction, String message) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction " + fraction);
        }
    }
}
