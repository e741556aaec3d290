package dev.belfry.agent.handler;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process and its children, which do not end by themselves when it does. */
final class ProcessTree {

    private ProcessTree() {}

    /** Asks all of them to end. Does not wait. */
    static void end(Process process) {
        List<ProcessHandle> below = process.descendants().toList();
        // Process.destroy would close its output as well, and what it says last would be lost.
        process.toHandle().destroy();
        below.forEach(ProcessHandle::destroy);
    }

    /** Kills all of them that are left, and waits for the process to be gone; an interrupt is kept for later. */
    static void kill(Process process, long seconds) {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        for (ProcessHandle child : below) {
            // Those that were started since the list was made are below one that is on it.
            List<ProcessHandle> younger = child.descendants().toList();
            child.destroyForcibly();
            younger.forEach(ProcessHandle::destroyForcibly);
        }
        boolean interrupted = Thread.interrupted();
        CompletableFuture<Process> gone = process.onExit();
        try {
            gone.get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "process " + process.pid() + " was killed " + seconds + " s ago and is still there", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
