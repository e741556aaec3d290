package dev.belfry.bench.machine;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One JVM of a measurement, with a class path of its own. It is told what to do by lines on its standard input, answers by
 * lines that begin with {@link #ANSWER}, and ends when its input ends, so it never outlives this process.
 *
 * <p>Not thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
    /** Begins every line of the standard output that is an answer; other lines go to the log. */
    public static final String ANSWER = "@bench ";

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final Process process;
    private final Path log;
    private final BufferedWriter input;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        input = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "output-of-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * What to start.
     *
     * @param options for the JVM, such as its heap
     */
    public record Program(List<Path> classPath, List<String> options, String mainClass, List<String> arguments) {
        public Program {
            classPath = List.copyOf(classPath);
            options = List.copyOf(options);
            arguments = List.copyOf(arguments);
        }
    }

    /** Starts a JVM; what it says goes to a file {@code NAME.log} in {@code logs}. */
    public static ChildProcess start(String name, Path logs, Program program) throws IOException {
        Files.createDirectories(logs);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(program.options());
        // For tests, whose JVMs hardly live long enough to compile anything.
        Arrays.stream(System.getProperty("belfry.bench.jvm", "").split(" "))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.add("-cp");
        command.add(String.join(
                System.getProperty("path.separator"),
                program.classPath().stream().map(Path::toString).toList()));
        command.add(program.mainClass());
        command.addAll(program.arguments());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new ChildProcess(name, process, logs.resolve(name + ".log"));
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter file = new PrintWriter(
                        Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ANSWER)) {
                    answers.add(line.substring(ANSWER.length()));
                } else {
                    file.println(line);
                    file.flush();
                }
            }
        } catch (IOException e) {
            // The process has ended in the middle of a line; whoever waits for an answer says so.
            answers.add("");
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Sends one line and returns the answer. */
    public String ask(String question, Duration patience) throws IOException, InterruptedException {
        tell(question);
        return answer(patience);
    }

    /** Sends one line; its {@link #answer} is for later. */
    public void tell(String question) throws IOException {
        input.write(question + "\n");
        input.flush();
    }

    /**
     * The next answer.
     *
     * @throws IOException if the process ends or the time does; the message has the end of its log
     */
    public String answer(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - deadline < 0) {
            String answer = answers.poll(100, TimeUnit.MILLISECONDS);
            if (answer != null) {
                return answer;
            }
            if (!process.isAlive() && answers.isEmpty()) {
                throw new IOException(name + " ended with exit code " + process.exitValue() + "; its log " + log
                        + " ends with:\n" + lastWords());
            }
        }
        throw new IOException(
                name + " has not answered within " + patience + "; its log " + log + " ends with:\n" + lastWords());
    }

    /** Ends it by SIGKILL, and waits until it has ended. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /**
     * Stops it by SIGSTOP until the answer is told to let it go on. Should this program end before, it goes on by itself, and
     * then ends.
     */
    public Stopped stop() throws IOException {
        return new Stopped(process.pid());
    }

    /** A process that is stopped. The shell that will wake it is there beforehand, so waking takes no time. */
    public static final class Stopped implements AutoCloseable {
        private final Process shell;

        private Stopped(long pid) throws IOException {
            shell = new ProcessBuilder("sh", "-c", "kill -STOP " + pid + "; echo; read line; kill -CONT " + pid)
                    .redirectErrorStream(true)
                    .start();
            if (shell.inputReader(StandardCharsets.UTF_8).readLine() == null) {
                throw new IOException("cannot stop process " + pid);
            }
        }

        /** Lets the process go on. */
        @Override
        public void close() throws IOException {
            try {
                shell.getOutputStream().close();
                shell.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }

    /** Asks it to end in good order, waits, and kills it if it does not. */
    @Override
    public void close() {
        try {
            // The end of its input is the request.
            input.close();
            if (process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // It has ended already, or will be ended below.
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
