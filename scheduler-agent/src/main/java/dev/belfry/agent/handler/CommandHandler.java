package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.JobHandler;
import dev.belfry.core.job.CommandParameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The handler {@code command}: runs an executable of a directory that the agent's owner has named, never a shell.
 *
 * <p>Parameters: {@code command}, the name of a file in the directory; its arguments as {@code args}, a JSON array of
 * texts, or as {@code arg.0}, {@code arg.1} and so on. Any other parameter reaches the command as
 * {@code BELFRY_PARAM_<NAME>}. Beside these its environment holds {@code BELFRY_JOB}, {@code BELFRY_RUN_ID},
 * {@code BELFRY_SHARD}, {@code BELFRY_SHARD_COUNT}, {@code BELFRY_SHARD_PARAMETER}, {@code BELFRY_SCHEDULED_TIME},
 * {@code BELFRY_ATTEMPT}, {@code BELFRY_FENCING_TOKEN} and a short {@code PATH}, and nothing of the agent's own. Its input
 * is empty.
 *
 * <p>An exit code other than 0 is a failure, recorded with the code and the end of the output, up to 700 bytes on one
 * line; so is the end of the output of a command that was told to stop. The last
 * 16 KiB of the output go to the job's log: at level info if the command succeeded, else at level debug. When the
 * attempt is told to stop, the command and its children are asked to end, and killed when the interrupt comes. A process that has left its parents cannot be found, and stays.
 *
 * <p>Thread-safe.
 */
public final class CommandHandler implements JobHandler {
    /** The name under which definitions ask for it. */
    public static final String NAME = CommandParameters.HANDLER;

    private static final long OUTPUT_WAIT_SECONDS = 1;
    private static final long KILL_WAIT_SECONDS = 5;

    private final AllowedCommands allowed;

    /**
     * A handler for the executables of {@code directory} itself, not of those below it.
     *
     * @throws IllegalArgumentException if it is no directory, or everyone may write to it
     */
    public CommandHandler(Path directory) {
        this.allowed = new AllowedCommands(directory);
    }

    @Override
    public void run(JobContext context) throws Exception {
        CommandLine line = CommandLine.of(context, allowed);
        ProcessBuilder builder = new ProcessBuilder(line.words()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(line.environment());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IOException("cannot run " + line.words().get(0) + ": " + e.getMessage(), e);
        }
        OutputTail output = new OutputTail();
        Thread reader = reader(context, process, output);
        try {
            process.getOutputStream().close();
            context.onCancel(() -> ProcessTree.end(process));
            int code = process.waitFor();
            reader.join(TimeUnit.SECONDS.toMillis(OUTPUT_WAIT_SECONDS));
            report(context, line, code, output, reader.isAlive());
        } catch (InterruptedException e) {
            // It did not end when it was asked to. What it has said until now is kept; the interrupt is answered.
            throw FailedCallException.with(line.name() + " did not end in time and was killed", output.text());
        } finally {
            // Whatever brought us here, an interrupt above all: nothing of it may go on.
            ProcessTree.kill(process, KILL_WAIT_SECONDS);
        }
    }

    private static Thread reader(JobContext context, Process process, OutputTail output) {
        Thread reader = new Thread(
                () -> {
                    byte[] buffer = new byte[8 * 1024];
                    try (InputStream in = process.getInputStream()) {
                        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                            output.write(buffer, 0, count);
                        }
                    } catch (IOException closed) {
                        // The process was killed: what came until then is what there is.
                        return;
                    }
                },
                Thread.currentThread().getName() + "-output " + context.job());
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    private static void report(JobContext context, CommandLine line, int code, OutputTail output, boolean open)
            throws FailedCallException {
        String text = output.text();
        List<String> words = line.words();
        if (open) {
            context.logger().warn("{} has ended but left a process behind that holds its output open", words.get(0));
        }
        String log = "{} ended with exit code {}; output{}:\n{}";
        String cut = output.dropped() > 0 ? " without its first " + output.dropped() + " bytes" : "";
        if (code == 0 && !context.isCancelled()) {
            context.logger().info(log, words.get(0), code, cut, text);
            return;
        }
        context.logger().debug(log, words.get(0), code, cut, text);
        throw FailedCallException.with("exit code " + code + " of " + line.name(), text);
    }
}
