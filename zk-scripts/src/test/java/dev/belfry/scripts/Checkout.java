package dev.belfry.scripts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A checkout with the real launchers, in which a stand-in for Maven makes stand-ins for the programs: they say which
 * build they are of, wait for a line, and only then load a class of another jar, the example's.
 */
final class Checkout {
    private static final Path REAL = Path.of("").toAbsolutePath();
    private static final List<String> MODULES = List.of("scheduler-console", "examples/code-search", "zk-scripts");

    final Path home;
    private final Path made;
    private int builds;

    Checkout(Path directory) throws IOException {
        this.home = Files.createDirectories(directory.resolve("checkout"));
        this.made = Files.createDirectories(directory.resolve("made"));
        copy("../belfry", "belfry");
        copy("dump", "zk-scripts/dump");
        copy("lib/common.sh", "zk-scripts/lib/common.sh");
        for (String module : MODULES) {
            Files.createDirectories(home.resolve(module + "/src/main"));
            Files.createDirectories(home.resolve(module + "/target"));
            Files.writeString(home.resolve(module + "/pom.xml"), "");
        }
        // Like Maven it removes and writes what is in the target folders; the last argument is the phase.
        Path maven = directory.resolve("mvn");
        Files.writeString(maven, """
                #!/bin/sh
                set -e
                echo "$*" >> "%1$s/calls"
                [ ! -e "%1$s/fails" ] || { echo "it does not compile"; exit 1; }
                mkdir -p scheduler-console/target/lib
                cp "%1$s/stand-in.jar" scheduler-console/target/lib/stand-in.jar
                for module in scheduler-console examples/code-search zk-scripts; do
                    cp "%1$s/empty.jar" "$module/target/${module##*/}-9.jar"
                done
                cp "%1$s/later.jar" examples/code-search/target/code-search-9.jar
                """.formatted(made));
        if (!maven.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + maven + " executable");
        }
        pack("empty.jar", List.of());
        change();
    }

    private void copy(String from, String to) throws IOException {
        Path target = home.resolve(to);
        Files.createDirectories(target.getParent());
        Files.copy(REAL.resolve(from), target, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Changes the sources: the next build has the next number. */
    void change() throws IOException {
        builds++;
        Path sources = Files.createDirectories(made.resolve("sources-" + builds));
        Path classes = Files.createDirectories(made.resolve("classes-" + builds));
        Path later = sources.resolve("Later.java");
        Files.writeString(later, "class Later { static String text() { return \"later " + builds + "\"; } }");
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), later.toString()));
        for (String name : List.of("dev.belfry.console.cli.Belfry", "dev.belfry.scripts.Dump")) {
            String simple = name.substring(name.lastIndexOf('.') + 1);
            Path file = Files.createDirectories(sources.resolve(simple)).resolve(simple + ".java");
            Files.writeString(file, """
                    package %s;
                    public final class %s {
                        public static void main(String[] arguments) throws Exception {
                            System.out.println("build %d");
                            if (System.in.read() >= 0) {
                                Class<?> later = Class.forName("Later");
                                var text = later.getDeclaredMethod("text");
                                text.setAccessible(true);
                                System.out.println(text.invoke(null));
                            }
                        }
                    }
                    """.formatted(name.substring(0, name.lastIndexOf('.')), simple, builds));
            arguments.add(file.toString());
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new AssertionError("the stand-ins do not compile");
        }
        try (Stream<Path> files = Files.walk(classes)) {
            Map<Boolean, List<Path>> parts = files.filter(Files::isRegularFile)
                    .collect(Collectors.partitioningBy(file -> file.endsWith("Later.class")));
            pack("later.jar", parts.get(true));
            pack("stand-in.jar", parts.get(false));
        }
        Files.writeString(home.resolve("scheduler-console/src/main/Source.java"), "build " + builds);
    }

    private void pack(String jar, List<Path> classes) throws IOException {
        Path root = made.resolve("classes-" + builds);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(made.resolve(jar)))) {
            for (Path file : classes) {
                out.putNextEntry(new JarEntry(root.relativize(file).toString()));
                out.write(Files.readAllBytes(file));
            }
        }
    }

    /** From now on builds fail. */
    void spoil() throws IOException {
        Files.writeString(made.resolve("fails"), "");
    }

    /** How often Maven was called, and with what. */
    List<String> mavenCalls() throws IOException {
        return Files.exists(made.resolve("calls")) ? Files.readAllLines(made.resolve("calls")) : List.of();
    }

    /** Names of the snapshots that there are, oldest first. */
    List<String> snapshots() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(".belfry"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("build-") && !name.endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    /** Makes all snapshots as old as if they had last been used an hour ago. */
    void age() throws IOException {
        for (String name : snapshots()) {
            Path snapshot = home.resolve(".belfry").resolve(name);
            for (String mark : List.of("used", "built")) {
                Files.setLastModifiedTime(
                        snapshot.resolve(mark), FileTime.from(Instant.now().minusSeconds(3_600)));
            }
        }
    }

    /** Starts {@code script}; it runs until {@link Running#goOn} or {@link Running#end}. */
    Running start(String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(home.resolve(script).toString()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("BELFRY_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("MVN", home.resolveSibling("mvn").toString());
        return new Running(builder.start());
    }

    /** A program of the checkout that was started. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;

        private Running(Process process) {
            this.process = process;
            this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next line that it prints which does not speak of a build under way; empty at its end. */
        String line() {
            try {
                String line;
                do {
                    line = out.readLine();
                } while (line != null && line.contains("building"));
                return line == null ? "" : line;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Has it load the class of the other jar; what it says then. */
        String goOn() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            return line();
        }

        int end() throws IOException, InterruptedException {
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("it did not end within a minute");
            }
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
